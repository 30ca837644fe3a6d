// What a sketch (schema/sketch.hpp) calls the types of a schema in C++.
#pragma once

#include <annals/schema/describe.hpp>
#include <annals/schema/description.hpp>
#include <annals/schema/field_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// The schema with each struct and enum but once, however often the text repeats it: types of one shape become one, round
/// by round as long as they look alike. If that made another text, as it does where a struct holds another of the very same
/// name and shape, they stay apart.
inline description with_types_once(const description& schema) {
    std::vector<std::size_t> shape(schema.types.size(), 0);
    for (std::size_t shapes = 0, round = 0; round < 128; ++round) {
        std::map<std::string, std::size_t> known;
        std::vector<std::size_t>           next;
        for (const described_type& type : schema.types) {
            std::string key = std::to_string(static_cast<int>(type.kind));
            key.append(" ")
                .append(to_string(type.number))
                .append(" ")
                .append(type.name)
                .append(" ")
                .append(std::to_string(type.count));
            key.append(" ").append(std::to_string(type.ticks)).append("/").append(std::to_string(type.per_second));
            for (const described_part& part : type.parts)
                key.append(" ").append(part.name).append(":").append(std::to_string(shape[part.type]));
            for (const described_enumerator& each : type.enumerators)
                key.append(" ").append(each.name).append("=").append(std::to_string(each.value));
            // The event stays apart: its name is that under which it is stored.
            next.push_back(known.emplace(next.empty() ? "event" : key, known.size()).first->second);
        }
        shape = std::move(next);
        if (std::exchange(shapes, known.size()) == known.size()) break;
    }
    std::map<std::size_t, std::size_t> first_of_shape;
    for (std::size_t i = 0; i < shape.size(); ++i) first_of_shape.emplace(shape[i], i);
    description once = schema;
    for (described_type& type : once.types)
        for (described_part& part : type.parts) part.type = first_of_shape[shape[part.type]];
    return to_text(once) == to_text(schema) ? once : schema;
}

constexpr std::string_view cpp_number(number_kind number) {
    constexpr std::string_view names[] = {"",
                                          "std::int8_t",
                                          "std::int16_t",
                                          "std::int32_t",
                                          "std::int64_t",
                                          "std::uint8_t",
                                          "std::uint16_t",
                                          "std::uint32_t",
                                          "std::uint64_t",
                                          "float",
                                          "double"};
    return names[static_cast<std::size_t>(number)];
}

/// Names for the structs and enums that an event is made of. Each keeps its own; of several with one name, all but the first
/// stand in a namespace of their own.
class sketched_names {
public:
    sketched_names(const description& schema, std::string_view space)
        : schema_(schema), space_(space), names_(schema.types.size()) {
        for (const described_type& type : schema.types)
            for (const described_part& part : type.parts) ambiguous_.insert(part.name);
        give_name(0);
        give_names(0);
    }

    /// What a type is called in C++ whose stored name may be any text.
    [[nodiscard]] static std::string identifier_of(const std::string& name) {
        std::string identifier;
        for (char letter : name) {
            const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '$' ||
                                   static_cast<unsigned char>(letter) >= 0x80;
            const bool is_digit = letter >= '0' && letter <= '9';
            if (is_digit && identifier.empty()) identifier += '_';
            identifier += is_letter || is_digit ? letter : '_';
        }
        return identifier;
    }

    [[nodiscard]] const std::string& space() const { return space_; }
    /// Those that have names, the inner ones first.
    [[nodiscard]] const std::vector<std::size_t>& order() const { return order_; }

    [[nodiscard]] bool               has(std::size_t place) const { return !names_[place].identifier.empty(); }
    [[nodiscard]] const std::string& identifier(std::size_t place) const { return names_[place].identifier; }
    [[nodiscard]] const std::string& scope(std::size_t place) const { return names_[place].scope; }

    /// A type as C++ has it, within the namespace of the sketch or from outside.
    [[nodiscard]] std::string spelled(std::size_t place, bool from_outside = false) const {
        const described_type& type = schema_[place];
        switch (type.kind) {
            case field_kind::boolean: return "bool";
            case field_kind::character: return "char";
            case field_kind::integer:
            case field_kind::floating: return std::string(cpp_number(type.number));
            case field_kind::text: return "std::string";
            case field_kind::uuid: return "annals::uuid";
            case field_kind::optional: return with_parts("std::optional<", type);
            case field_kind::list: return with_parts("std::vector<", type);
            case field_kind::set: return with_parts("std::set<", type);
            case field_kind::map: return with_parts("std::map<", type);
            case field_kind::tuple: return with_parts("std::tuple<", type);
            case field_kind::variant: return with_parts("std::variant<", type);
            case field_kind::array:
                return "std::array<" + spelled(type.parts[0].type) + ", " + std::to_string(type.count) + ">";
            case field_kind::duration: return duration(type);
            case field_kind::time: return "std::chrono::sys_time<" + duration(type) + ">";
            default: return has(place) ? named(place, from_outside) : "std::monostate";
        }
    }

private:
    struct cpp_name {
        std::string identifier;
        std::string scope;
    };

    const description&       schema_;
    std::string              space_;
    std::vector<cpp_name>    names_;
    std::vector<std::size_t> order_;
    std::set<std::string>    used_;
    std::set<std::string>    ambiguous_;  // names that mean something else in some places
    std::set<std::size_t>    seen_;

    std::string unused(const std::string& name) {
        std::size_t number = 1;
        while (!used_.insert(name + "_" + std::to_string(number)).second) ++number;
        return name + "_" + std::to_string(number);
    }
    void give_name(std::size_t place) {
        const described_type& type = schema_[place];
        cpp_name&             name = names_[place];
        if (type.name.empty()) {
            name.identifier = unused("unnamed");
            return;
        }
        name.identifier = identifier_of(type.name);
        if (used_.insert(name.identifier).second) return;
        ambiguous_.insert(name.identifier);
        name.scope = unused("another_" + name.identifier);
    }
    void give_names(std::size_t place) {
        if (!seen_.insert(place).second) return;
        const described_type& type     = schema_[place];
        const bool            is_blank = type.kind == field_kind::structure && type.name == "monostate" && type.parts.empty();
        const bool            is_named =
            (type.kind == field_kind::structure && (place == 0 || !is_blank)) || type.kind == field_kind::enumeration;
        if (is_named && place != 0) give_name(place);
        for (const described_part& part : type.parts) give_names(part.type);
        if (is_named) order_.push_back(place);
    }

    [[nodiscard]] std::string named(std::size_t place, bool from_outside) const {
        const cpp_name& name     = names_[place];
        const bool      is_clear = name.scope.empty() && !ambiguous_.contains(name.identifier);
        std::string     text     = is_clear && !from_outside ? "" : space_ + "::";
        if (!name.scope.empty()) text.append(name.scope).append("::");
        text += name.identifier;
        return schema_[place].name.empty() ? "decltype(" + text + "::value)" : text;
    }
    [[nodiscard]] std::string with_parts(std::string text, const described_type& type) const {
        for (const described_part& part : type.parts) {
            if (&part != &type.parts.front()) text += ", ";
            text += spelled(part.type);
        }
        return text + ">";
    }
    static std::string duration(const described_type& type) {
        struct known_step {
            std::uint64_t    ticks, per_second;
            std::string_view name;
        };
        constexpr known_step known[] = {{1, 1'000'000'000, "nanoseconds"},
                                        {1, 1'000'000, "microseconds"},
                                        {1, 1000, "milliseconds"},
                                        {1, 1, "seconds"},
                                        {60, 1, "minutes"},
                                        {3600, 1, "hours"}};
        if (type.number == number_kind::i64)
            for (const known_step& step : known)
                if (step.ticks == type.ticks && step.per_second == type.per_second)
                    return std::string("std::chrono::").append(step.name);
        std::string text = "std::chrono::duration<";
        text.append(cpp_number(type.number));
        if (type.ticks != 1 || type.per_second != 1) {
            text.append(", std::ratio<").append(std::to_string(type.ticks));
            if (type.per_second != 1) text.append(", ").append(std::to_string(type.per_second));
            text.append(">");
        }
        return text + ">";
    }
};

}  // namespace annals::detail
