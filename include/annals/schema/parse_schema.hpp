// From the text of a schema to what it says. The text may come from anywhere: nothing is taken for granted.
#pragma once

#include <annals/model/expected.hpp>
#include <annals/schema/description.hpp>
#include <annals/schema/schema_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

class schema_parser : schema_reader {
public:
    using schema_reader::at_end;
    using schema_reader::schema_reader;
    using schema_reader::take_error;

    [[nodiscard]] bool event(description& into) {
        schema_ = {};
        places_.clear();
        skip();
        const std::size_t from    = at();
        const std::size_t place   = begin(field_kind::structure);
        schema_.types[place].name = event_word();
        if (schema_.types[place].name.empty()) return fail(from, "expected the name of an event");
        if (!structure(place) || !check_values()) return false;
        into = std::move(schema_);
        return true;
    }

    [[nodiscard]] bool need_nothing() { return at_end() || fail(at(), "there is something behind the schema"); }

private:
    // As deep as what compiles: see field_inspector.
    static constexpr std::size_t deepest = 64;
    // Memory and time stay in proportion, whatever a log says that it holds.
    static constexpr std::size_t most_types               = 65536;
    static constexpr std::size_t most_values_without_byte = 1024;
    static constexpr std::size_t most_alternatives        = 255;

    description              schema_;
    std::vector<std::size_t> places_;     // where each type begins
    std::vector<std::size_t> enclosing_;  // the structs around this place
    std::size_t              depth_ = 0;  // of the type at this place

    // Types.

    std::size_t begin(field_kind kind) {
        schema_.types.emplace_back().kind = kind;
        places_.push_back(at());
        return schema_.types.size() - 1;
    }
    bool part(std::size_t whole, std::string_view name = {}) {
        std::size_t place = 0;
        if (!type(place)) return false;
        schema_.types[whole].parts.push_back({std::string(name), place});
        return true;
    }

    bool type(std::size_t& place) {
        skip();
        if (depth_ == deepest) return fail(at(), "types are nested more than 64 levels deep");
        if (schema_.types.size() >= most_types) return fail(at(), "the schema has more than 65536 types");
        ++depth_;
        const bool sound = take('^') ? back_reference(place) : new_type(place);
        --depth_;
        return sound;
    }
    bool back_reference(std::size_t& place) {
        const std::size_t from  = at() - 1;
        std::uint64_t     steps = 0;
        if (!number(steps)) return false;
        if (steps >= enclosing_.size()) return fail(from, "'^' refers to a struct that there is not");
        place = enclosing_[enclosing_.size() - 1 - static_cast<std::size_t>(steps)];
        return true;
    }
    bool new_type(std::size_t& place) {
        place                       = begin(field_kind::structure);
        const std::size_t      from = at();
        const std::string_view name = word();
        if (next_is('{')) {
            schema_.types[place].name = name;
            return structure(place);
        }
        if (name == "enum") return enumeration(place);
        if (take('<')) return known_template(place, from, name);
        return scalar(place, from, name);
    }

    bool scalar(std::size_t place, std::size_t from, std::string_view name) {
        described_type& type = schema_.types[place];
        type.number          = number_named(name);
        if (type.number != number_kind::none)
            type.kind = is_floating(type.number) ? field_kind::floating : field_kind::integer;
        else if (name == "bool")
            type.kind = field_kind::boolean;
        else if (name == "char")
            type.kind = field_kind::character;
        else if (name == "string")
            type.kind = field_kind::text;
        else if (name == "uuid")
            type.kind = field_kind::uuid;
        else if (name.empty())
            return fail(from, "expected a type");
        else
            return fail(from, unknown_type(name));
        return true;
    }
    static number_kind number_named(std::string_view name) {
        for (auto kind = number_kind::i8; kind <= number_kind::f64; kind = static_cast<number_kind>(static_cast<int>(kind) + 1))
            if (to_string(kind) == name) return kind;
        return number_kind::none;
    }
    static std::string unknown_type(std::string_view name) {
        return "no type is called '" + std::string(name.substr(0, 64)) + "'";
    }

    bool known_template(std::size_t place, std::size_t from, std::string_view name) {
        constexpr std::pair<std::string_view, field_kind> names[] = {
            {"optional", field_kind::optional}, {"list", field_kind::list},         {"set", field_kind::set},
            {"map", field_kind::map},           {"array", field_kind::array},       {"tuple", field_kind::tuple},
            {"variant", field_kind::variant},   {"duration", field_kind::duration}, {"time", field_kind::time}};
        for (const auto& [known, kind] : names) {
            if (known != name) continue;
            schema_.types[place].kind = kind;
            switch (kind) {
                case field_kind::duration:
                case field_kind::time: return steps_of_time(place) && need('>');
                case field_kind::tuple: return take('>') || elements(place);
                case field_kind::variant: return elements(place);
                case field_kind::map: return part(place) && need(',') && part(place) && need('>');
                case field_kind::array: return part(place) && need(',') && number(schema_.types[place].count) && need('>');
                default: return part(place) && need('>');
            }
        }
        return fail(from, unknown_type(name));
    }
    bool elements(std::size_t place) {
        const bool is_variant = schema_.types[place].kind == field_kind::variant;
        do {
            if (is_variant && schema_.types[place].parts.size() == most_alternatives)
                return fail(at(), "a variant has more than 255 alternatives");
            if (!part(place)) return false;
        } while (take(','));
        return need_end('>');
    }
    bool steps_of_time(std::size_t place) {
        skip();
        constexpr auto    highest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        const std::size_t from    = at();
        described_type&   type    = schema_.types[place];
        type.number               = number_named(word());
        if (width_of(type.number) != 8 && type.number != number_kind::f32) return fail(from, "expected i64, u64, f32 or f64");
        if (!need(',')) return false;
        skip();
        const std::size_t ratio = at();
        if (!number(type.ticks, highest) || !need('/') || !number(type.per_second, highest)) return false;
        if (std::gcd(type.ticks, type.per_second) != 1) return fail(ratio, "the ratio is not in its lowest terms");
        return (type.ticks != 0 && type.per_second != 0) || fail(ratio, "the ratio is zero");
    }

    bool structure(std::size_t place) {
        if (!need('{')) return false;
        if (take('}')) return true;
        enclosing_.push_back(place);
        std::set<std::string_view> names;
        do {
            const std::string_view name = word();
            if (name.empty()) return fail(at(), "expected the name of a field");
            if (!names.insert(name).second) return fail(at() - name.size(), "field '" + std::string(name) + "' stands twice");
            if (!need(':') || !part(place, name)) return false;
        } while (take(','));
        enclosing_.pop_back();
        return need_end('}');
    }

    bool enumeration(std::size_t place) {
        schema_.types[place].kind = field_kind::enumeration;
        schema_.types[place].name = word();
        if (!need(':')) return false;
        skip();
        const std::size_t from = at();
        const number_kind kind = number_named(word());
        if (kind == number_kind::none || is_floating(kind)) return fail(from, "expected an integer");
        schema_.types[place].number = kind;
        if (!need('{')) return false;
        if (take('}')) return true;
        std::set<std::string_view> names;
        std::set<std::int64_t>     values;
        do {
            const std::string_view name = word();
            if (name.empty()) return fail(at(), "expected the name of an enumerator");
            if (!names.insert(name).second)
                return fail(at() - name.size(), "enumerator '" + std::string(name) + "' stands twice");
            std::int64_t value = 0;
            if (!need('=') || !enumerator_value(kind, value)) return false;
            if (!values.insert(value).second) return fail(at(), "two enumerators have the same value");
            schema_.types[place].enumerators.push_back({std::string(name), value});
        } while (take(','));
        return need_end('}');
    }
    bool enumerator_value(number_kind kind, std::int64_t& value) {
        const std::size_t   bits     = 8 * width_of(kind) - (is_unsigned(kind) ? 0 : 1);
        const std::uint64_t highest  = std::numeric_limits<std::uint64_t>::max() >> (64 - bits);
        const bool          negative = take('-');
        const std::size_t   from     = at();
        if (negative && is_unsigned(kind)) return fail(from - 1, "the value is negative");
        std::uint64_t amount = 0;
        if (!number(amount, highest + (negative ? 1 : 0))) return false;
        if (negative && amount == 0) return fail(from, "zero has no sign");
        value = static_cast<std::int64_t>(negative ? std::uint64_t{0} - amount : amount);
        return true;
    }

    // Values of each type must end, and take their bytes: a few bytes must not stand for any number of elements.
    bool check_values() {
        find_minima(schema_);
        std::vector<std::size_t> values(schema_.types.size(), 1);  // in a value that has no bytes
        for (std::size_t i = schema_.types.size(); i-- != 0;) {
            const described_type& type = schema_.types[i];
            if (type.minimum == endless)
                return fail(places_[i], "the struct contains itself, so that a value would have no end");
            if (type.minimum != 0) continue;
            for (const described_part& each : type.parts)
                values[i] += type.kind == field_kind::array ? times_bytes(type.count, values[each.type]) : values[each.type];
            if (type.kind == field_kind::array && values[i] > most_values_without_byte)
                return fail(places_[i], "the array has more than 1024 elements without bytes");
        }
        return true;
    }
};

}  // namespace detail

/// What the text of a schema says, or why it is none. White space, line breaks and comments (from `#` to the end of the line)
/// may stand between its words and signs. Takes memory in proportion to the text.
[[nodiscard]] inline expected<description, schema_error> parse_schema(std::string_view text) {
    detail::schema_parser parser(text);
    description           schema;
    if (!parser.event(schema) || !parser.need_nothing()) return unexpected<schema_error>(parser.take_error());
    return schema;
}

/// The schemas in a text that holds any number of them, such as a lock file.
[[nodiscard]] inline expected<std::vector<description>, schema_error> parse_schemas(std::string_view text) {
    detail::schema_parser    parser(text);
    std::vector<description> schemas;
    while (!parser.at_end())
        if (!parser.event(schemas.emplace_back())) return unexpected<schema_error>(parser.take_error());
    return schemas;
}

}  // namespace annals
