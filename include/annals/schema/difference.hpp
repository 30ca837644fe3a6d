// How an event that a log holds differs from what it is today, and whether that does any harm.
#pragma once

#include <annals/schema/describe.hpp>
#include <annals/schema/description.hpp>
#include <annals/schema/field_kind.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

enum class difference_kind : std::uint8_t {
    field_gone,
    field_new,         // harmless if it has a default
    fields_reordered,  // harmless
    type_changed,
    number_widened,  // harmless: each value is one of the other number too
    made_optional,   // harmless
    type_renamed,    // harmless: a struct or enum within the event
    enumerator_gone,
    enumerator_new,  // harmless
    enumerator_changed,
    alternative_gone,
    alternative_new,  // harmless, for it stands behind the others
    alternative_moved,
};

/// One difference between a stored schema and the current one.
struct schema_difference {
    std::string     path;  // where: `lines[].price`; empty for the event itself
    difference_kind kind{};
    bool            harmless = false;  // what is stored can be read as what there is today
    std::string     sentence;          // for people: `field 'cents' was i64 and is i32`

    friend bool operator==(const schema_difference&, const schema_difference&) = default;
};

[[nodiscard]] inline bool all_harmless(const std::vector<schema_difference>& differences) {
    return std::all_of(differences.begin(), differences.end(), [](const schema_difference& each) { return each.harmless; });
}

/// Answers whether a field has a default: the field at place `field` of the structure at place `structure` of the current
/// description. `default_fields` (annals/schema/default_values.hpp) knows it from the types.
using has_default = std::function<bool(std::size_t structure, std::size_t field)>;

/// True if each value of one number is one of the other.
[[nodiscard]] constexpr bool widens(number_kind from, number_kind to) noexcept {
    if (is_floating(from) || is_floating(to)) return from == number_kind::f32 && to == number_kind::f64;
    return width_of(from) < width_of(to) && (is_unsigned(from) || !is_unsigned(to));
}

namespace detail {

// Pairs of types wait in a row, so that circles and whatever depth need no stack.
class schema_comparison {
public:
    schema_comparison(const description& stored, const description& current, const has_default& defaults)
        : stored_(stored), current_(current), defaults_(defaults) {}

    std::vector<schema_difference> run() {
        meet(0, 0, {});
        for (std::size_t next = 0; next != waiting_.size(); ++next) {
            const pair each = std::move(waiting_[next]);
            compare(each.stored, each.current, each.path);
        }
        return std::move(found_);
    }

private:
    enum class likeness { same, widened, changed };
    struct pair {
        std::size_t stored, current;
        std::string path;
    };

    const description&                            stored_;
    const description&                            current_;
    const has_default&                            defaults_;
    std::vector<pair>                             waiting_;
    std::set<std::pair<std::size_t, std::size_t>> met_;
    std::vector<schema_difference>                found_;

    void meet(std::size_t stored, std::size_t current, std::string path) {
        if (met_.insert({stored, current}).second) waiting_.push_back({stored, current, std::move(path)});
    }
    void add(const std::string& path, difference_kind kind, bool harmless, std::string sentence) {
        found_.push_back({path, kind, harmless, std::move(sentence)});
    }

    static std::string quoted(std::string_view name) { return std::string("'").append(name).append("'"); }
    static std::string field_path(const std::string& path, const std::string& name) {
        return path.empty() ? name : path + "." + name;
    }
    static std::string was_and_is(const std::string& path, const std::string& was, const std::string& is) {
        return "field " + quoted(path) + " was " + was + " and is " + is;
    }
    // What an enum is called in a sentence about its underlying type.
    static std::string spelled(const description& schema, std::size_t place) {
        std::string text = brief_text(schema, place);
        if (schema[place].kind == field_kind::enumeration) text.append(": ").append(to_string(schema[place].number));
        return text;
    }

    // Types as such, whatever they consist of.
    static likeness compare_heads(const described_type& stored, const described_type& current) {
        if (stored.kind != current.kind || stored.count != current.count || stored.ticks != current.ticks ||
            stored.per_second != current.per_second)
            return likeness::changed;
        if (stored.kind == field_kind::tuple && stored.parts.size() != current.parts.size()) return likeness::changed;
        if (stored.number == current.number) return likeness::same;
        const bool may_widen = stored.kind != field_kind::duration && stored.kind != field_kind::time;
        return may_widen && widens(stored.number, current.number) ? likeness::widened : likeness::changed;
    }

    void compare(std::size_t stored, std::size_t current, const std::string& path) {
        std::size_t inner = current;
        if (stored_[stored].kind != field_kind::optional)
            while (current_[inner].kind == field_kind::optional) inner = current_[inner].parts[0].type;
        const likeness alike = compare_heads(stored_[stored], current_[inner]);
        if (alike != likeness::same || inner != current) {
            const auto kind = alike == likeness::changed ? difference_kind::type_changed
                              : inner != current         ? difference_kind::made_optional
                                                         : difference_kind::number_widened;
            add(path, kind, alike != likeness::changed, was_and_is(path, spelled(stored_, stored), spelled(current_, current)));
        }
        if (alike != likeness::changed) compare_parts(stored, inner, path);
    }

    void compare_parts(std::size_t stored, std::size_t current, const std::string& path) {
        const described_type& was = stored_[stored];
        const described_type& is  = current_[current];
        if (was.name != is.name && !path.empty())
            add(path, difference_kind::type_renamed, true,
                "the type of field " + quoted(path) + " was called " + quoted(was.name) + " and is called " + quoted(is.name));
        switch (was.kind) {
            case field_kind::structure: compare_fields(stored, current, path); return;
            case field_kind::enumeration: compare_enumerators(was, is, path); return;
            case field_kind::variant: compare_alternatives(was, is, path); return;
            default: break;
        }
        for (std::size_t i = 0; i < was.parts.size(); ++i) {
            const char* const element = was.kind == field_kind::optional        ? ""
                                        : was.kind == field_kind::map && i == 0 ? "[key]"
                                                                                : "[]";
            meet(was.parts[i].type, is.parts[i].type,
                 path + (was.kind == field_kind::tuple ? "[" + std::to_string(i) + "]" : element));
        }
    }

    void compare_fields(std::size_t stored, std::size_t current, const std::string& path) {
        const described_type&      was = stored_[stored];
        const described_type&      is  = current_[current];
        std::optional<std::size_t> before;
        bool                       in_order = true;
        for (const described_part& field : was.parts) {
            const std::string name = field_path(path, field.name);
            const auto        now  = find_field(is, field.name);
            if (!now) {
                add(name, difference_kind::field_gone, false,
                    "field " + quoted(name + ": " + brief_text(stored_, field.type)) + " is gone" +
                        perhaps_renamed(was, field, is));
                continue;
            }
            in_order = in_order && (!before || *before < *now);
            before   = now;
            meet(field.type, is.parts[*now].type, name);
        }
        if (!in_order)
            add(path, difference_kind::fields_reordered, true,
                path.empty() ? "the fields stand in another order"
                             : "the fields of " + quoted(path) + " stand in another order");
        for (std::size_t i = 0; i < is.parts.size(); ++i) {
            if (find_field(was, is.parts[i].name)) continue;
            const std::string name     = field_path(path, is.parts[i].name);
            const bool        harmless = defaults_ && defaults_(current, i);
            add(name, difference_kind::field_new, harmless,
                "field " + quoted(name + ": " + brief_text(current_, is.parts[i].type)) + " is new and has " +
                    (harmless ? "a default" : "no default"));
        }
    }
    // Another field of the same type that there was not before.
    std::string perhaps_renamed(const described_type& was, const described_part& gone, const described_type& is) const {
        const std::string type = brief_text(stored_, gone.type);
        for (const described_part& each : is.parts)
            if (!find_field(was, each.name) && brief_text(current_, each.type) == type)
                return "; it may have been renamed to " + quoted(each.name);
        return {};
    }

    void compare_enumerators(const described_type& was, const described_type& is, const std::string& path) {
        if (was.enumerators.empty() || is.enumerators.empty()) return;
        const auto named = [](const described_type& type, std::string_view name) {
            return std::find_if(type.enumerators.begin(), type.enumerators.end(),
                                [&](const auto& each) { return each.name == name; });
        };
        const auto sentence = [&](const described_enumerator& each, const std::string& rest) {
            return "enumerator " + quoted(each.name) + " of field " + quoted(path) + rest;
        };
        for (const described_enumerator& each : was.enumerators) {
            const auto now   = named(is, each.name);
            const auto value = enumerator_value_text(was, each.value);
            if (now == is.enumerators.end()) {
                const auto other = std::find_if(is.enumerators.begin(), is.enumerators.end(), [&](const auto& candidate) {
                    return candidate.value == each.value && named(was, candidate.name) == was.enumerators.end();
                });
                add(path, difference_kind::enumerator_gone, false,
                    sentence(each, " is gone") +
                        (other == is.enumerators.end() ? "" : "; it may have been renamed to " + quoted(other->name)));
            } else if (now->value != each.value)
                add(path, difference_kind::enumerator_changed, false,
                    sentence(each, " was " + value + " and is " + enumerator_value_text(is, now->value)));
        }
        for (const described_enumerator& each : is.enumerators)
            if (named(was, each.name) == was.enumerators.end())
                add(path, difference_kind::enumerator_new, true, sentence(each, " is new"));
    }

    // What an alternative is called: its type's name, or else its number.
    static std::string alternative_name(const description& schema, const described_type& variant, std::size_t index) {
        const std::string& name = schema[variant.parts[index].type].name;
        return name.empty() ? std::to_string(index) : name;
    }
    // What is stored is an alternative's number. One that got another number must not be read as the one that has its own now.
    void compare_alternatives(const described_type& was, const described_type& is, const std::string& path) {
        const auto sentence = [&](const std::string& name, const std::string& rest) {
            return "alternative " + quoted(name) + " of field " + quoted(path) + rest;
        };
        for (std::size_t i = 0; i < was.parts.size(); ++i) {
            const std::string name = alternative_name(stored_, was, i);
            std::size_t       now  = i;
            if (i >= is.parts.size() || alternative_name(current_, is, i) != name)
                for (now = 0; now < is.parts.size() && alternative_name(current_, is, now) != name;) ++now;
            if (now < is.parts.size() && now != i)
                add(path, difference_kind::alternative_moved, false,
                    sentence(name, " was number " + std::to_string(i) + " and is number " + std::to_string(now)));
            else if (i >= is.parts.size())
                add(path, difference_kind::alternative_gone, false, sentence(name, " is gone"));
            else
                meet(was.parts[i].type, is.parts[i].type, path + "." + name);
        }
        for (std::size_t i = was.parts.size(); i < is.parts.size(); ++i)
            add(path, difference_kind::alternative_new, true, sentence(alternative_name(current_, is, i), " is new"));
    }
};

}  // namespace detail

/// How the current schema of an event differs from the stored one; nothing if it does not, whatever the event is called. Of a
/// type that comes again within itself, each difference is told once. What is not harmless needs an `upcast`.
[[nodiscard]] inline std::vector<schema_difference> differences_between(const description& stored, const description& current,
                                                                        const has_default& defaults) {
    return detail::schema_comparison(stored, current, defaults).run();
}

}  // namespace annals
