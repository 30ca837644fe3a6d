// From the schema of what a log holds to the struct that it was, as text to paste into a program that has lost it.
#pragma once

#include <annals/schema/describe.hpp>
#include <annals/schema/description.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/sketched_names.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

// Writes each struct and enum behind those that it holds. Those of which it has but lists, sets or maps may come later.
class schema_sketcher {
public:
    schema_sketcher(const description& stored, std::string_view space)
        : schema_(with_types_once(stored)), names_(schema_, space) {
        is_key_.resize(schema_.types.size());
        written_.resize(schema_.types.size());
        announced_.resize(schema_.types.size());
        for (const described_type& type : schema_.types)
            if (type.kind == field_kind::set || type.kind == field_kind::map) mark_keys(type.parts[0].type);
    }

    std::string run() {
        text_.append("namespace ").append(names_.space()).append(" {\n\n");
        for (std::size_t place : names_.order()) write(place);
        text_.append("\n}  // namespace ").append(names_.space()).append("\n");
        return text_ + ranges_;
    }

private:
    static constexpr std::size_t longest_line  = 100;
    static constexpr std::size_t widest_column = 60;

    description       schema_;
    sketched_names    names_;
    std::vector<bool> is_key_;  // structs that a set or map has to order
    std::vector<bool> written_;
    std::vector<bool> announced_;
    std::string       text_;
    std::string       ranges_;

    void mark_keys(std::size_t place) {
        if (is_key_[place]) return;
        is_key_[place] = true;
        for (const described_part& part : schema_[place].parts) mark_keys(part.type);
    }

    // The structs and enums that a type names: those of which it needs the size, or the others.
    void find_named(std::size_t place, bool sized, bool want_sized, std::vector<std::size_t>& found) const {
        const described_type& type = schema_[place];
        if (names_.has(place)) {
            if ((sized || type.name.empty() || type.kind == field_kind::enumeration) == want_sized) found.push_back(place);
            return;
        }
        const bool in_container = type.kind == field_kind::list || type.kind == field_kind::set || type.kind == field_kind::map;
        for (const described_part& part : type.parts) find_named(part.type, sized && !in_container, want_sized, found);
    }
    [[nodiscard]] std::vector<std::size_t> named_in(std::size_t place, bool want_sized) const {
        std::vector<std::size_t> found;
        for (const described_part& field : schema_[place].parts) find_named(field.type, true, want_sized, found);
        return found;
    }

    void write(std::size_t place) {
        if (written_[place]) return;
        written_[place] = true;
        for (std::size_t held : named_in(place, true)) write(held);
        for (std::size_t listed : named_in(place, false))
            if (!written_[listed] && !announced_[listed]) {
                announced_[listed] = true;
                in_scope(listed, [&] { text_.append("struct ").append(names_.identifier(listed)).append(";\n"); });
            }
        in_scope(place, [&] {
            // A type without a name is that of a field.
            const bool has_name = !schema_[place].name.empty();
            if (!has_name) text_.append("struct ").append(names_.identifier(place)).append(" {\n");
            const std::string indent(has_name ? 0 : 4, ' ');
            if (schema_[place].kind == field_kind::enumeration)
                enumeration(place, indent);
            else
                structure(place, indent);
            text_ += has_name ? ";\n" : " value;\n};\n";
        });
    }
    template <class Write>
    void in_scope(std::size_t place, Write write) {
        const std::string& scope = names_.scope(place);
        if (!scope.empty()) text_.append("namespace ").append(scope).append(" {\n");
        write();
        if (!scope.empty()) text_.append("}  // namespace ").append(scope).append("\n");
    }

    void structure(std::size_t place, const std::string& indent) {
        const described_type& type = schema_[place];
        const std::string     name = type.name.empty() ? "" : names_.identifier(place);
        text_.append(indent).append(name.empty() ? "struct" : "struct ").append(name).append(" {");
        std::vector<std::string> types;
        std::size_t              width = 0;
        for (const described_part& field : type.parts) {
            types.push_back(names_.spelled(field.type));
            if (types.back().size() <= widest_column) width = std::max(width, types.back().size());
        }
        const std::string line = "\n" + indent + "    ";
        if (place == 0 && name != type.name)
            text_.append(line)
                .append("static constexpr std::string_view event_name = ")
                .append(literal(type.name))
                .append(types.empty() ? ";" : ";\n");
        for (std::size_t i = 0; i < types.size(); ++i) {
            types[i].resize(std::max(types[i].size(), width), ' ');
            text_.append(line).append(types[i]).append(" ").append(type.parts[i].name).append(";");
        }
        if (is_key_[place] && !name.empty())
            text_.append(types.empty() ? "" : "\n")
                .append(line)
                .append("friend auto operator<=>(const ")
                .append(name)
                .append("&, const ")
                .append(name)
                .append("&) = default;");
        if (text_.back() != '{') text_.append("\n").append(indent);
        text_ += '}';
    }
    static std::string literal(const std::string& text) {
        std::string quoted = "\"";
        for (char letter : text) {
            if (letter == '"' || letter == '\\') quoted += '\\';
            quoted += letter;
        }
        return quoted + '"';
    }

    void enumeration(std::size_t place, const std::string& indent) {
        const described_type& type  = schema_[place];
        std::string           begin = indent + (type.name.empty() ? "enum" : "enum class " + names_.identifier(place));
        begin.append(" : ").append(cpp_number(type.number)).append(" {");
        std::string in_line;
        for (const described_enumerator& each : type.enumerators)
            in_line.append(in_line.empty() ? " " : ", ").append(each.name).append(" = ").append(value_text(type, each.value));
        if (begin.size() + in_line.size() < longest_line)
            text_.append(begin).append(in_line).append(in_line.empty() ? "}" : " }");
        else {
            text_ += begin;
            for (const described_enumerator& each : type.enumerators)
                text_.append("\n    ")
                    .append(indent)
                    .append(each.name)
                    .append(" = ")
                    .append(value_text(type, each.value))
                    .append(",");
            text_.append("\n").append(indent).append("}");
        }
        add_range(place);
    }
    static std::string value_text(const described_type& type, std::int64_t value) {
        if (!is_unsigned(type.number) && value == std::numeric_limits<std::int64_t>::min()) return "-9223372036854775807 - 1";
        const std::string text = enumerator_value_text(type, value);
        return is_unsigned(type.number) && value < 0 ? text + "u" : text;
    }
    // Where the enumerators would not be found without being told, tells where they are.
    void add_range(std::size_t place) {
        constexpr std::int64_t usual_first = -16, usual_last = 127;
        std::int64_t           first = usual_first, last = usual_last;
        for (const described_enumerator& each : schema_[place].enumerators) {
            if (each.value < std::numeric_limits<int>::min() || each.value > std::numeric_limits<int>::max()) continue;
            const auto bits = static_cast<std::uint64_t>(each.value);
            if ((each.value >= 0 || is_unsigned(schema_[place].number)) && (bits & (bits - 1)) == 0) continue;
            first = std::min(first, each.value);
            last  = std::max(last, each.value);
        }
        if (first == usual_first && last == usual_last) return;
        ranges_.append("\n// Outside of all namespaces:\ntemplate <>\nstruct annals::enumerator_range<")
            .append(names_.spelled(place, true));
        ranges_.append("> {\n    static constexpr int first = ").append(std::to_string(first));
        ranges_.append(", last = ").append(std::to_string(last)).append(";\n};\n");
    }
};

}  // namespace detail

/// The struct that an event was, with the structs and enums in it, in a namespace of its own: under `stored`'s name its schema is
/// the stored one. To be pasted beside today's struct and listed before it, as in `revisions<v1::deposited, deposited>`, with
/// an `upcast` in that namespace. An optional of the struct that it is in becomes a std::optional, which needs a hand.
[[nodiscard]] inline std::string sketch(const description& stored, std::string_view space = "v1") {
    return detail::schema_sketcher(stored, space).run();
}

}  // namespace annals
