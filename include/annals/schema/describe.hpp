// From what a schema says back to text: the canonical one, one with lines for people, and a short name for each type.
#pragma once

#include <annals/schema/description.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

inline std::string enumerator_value_text(const described_type& of_enum, std::int64_t value) {
    return is_unsigned(of_enum.number) ? std::to_string(static_cast<std::uint64_t>(value)) : std::to_string(value);
}

constexpr std::string_view template_name(field_kind kind) {
    switch (kind) {
        case field_kind::optional: return "optional<";
        case field_kind::list: return "list<";
        case field_kind::set: return "set<";
        case field_kind::map: return "map<";
        case field_kind::array: return "array<";
        case field_kind::tuple: return "tuple<";
        case field_kind::variant: return "variant<";
        case field_kind::duration: return "duration<";
        case field_kind::time: return "time<";
        default: return "";
    }
}

enum class schema_style : std::uint8_t {
    canonical,
    spaced,  // with a space behind each comma
    lines,   // with lines that are not too long
    brief,   // structs and enums by their names
};

class schema_printer {
public:
    schema_printer(const description& schema, schema_style style) : schema_(schema), style_(style) {}

    void event() { structure(0, true); }

    void type(std::size_t place) {
        const described_type& type = schema_[place];
        switch (type.kind) {
            case field_kind::boolean: text_ += "bool"; return;
            case field_kind::character: text_ += "char"; return;
            case field_kind::text: text_ += "string"; return;
            case field_kind::uuid: text_ += "uuid"; return;
            case field_kind::structure: structure(place, false); return;
            case field_kind::enumeration: enumeration(place); return;
            case field_kind::duration:
            case field_kind::time:
                text_.append(template_name(type.kind)).append(to_string(type.number));
                comma();
                text_.append(std::to_string(type.ticks)).append("/").append(std::to_string(type.per_second)).append(">");
                return;
            case field_kind::tuple:
            case field_kind::variant: elements(place); return;
            default: break;
        }
        if (type.parts.empty()) {
            text_ += to_string(type.number);
            return;
        }
        text_ += template_name(type.kind);
        for (const described_part& part : type.parts) {
            if (&part != &type.parts.front()) comma();
            this->type(part.type);
        }
        if (type.kind == field_kind::array) {
            comma();
            text_ += std::to_string(type.count);
        }
        text_ += '>';
    }

    [[nodiscard]] std::string take_text() { return std::move(text_); }

private:
    static constexpr std::size_t longest_line = 100;

    const description&       schema_;
    schema_style             style_;
    std::string              text_;
    std::vector<std::size_t> enclosing_;
    std::size_t              indent_ = 0;

    void comma() { text_ += style_ == schema_style::canonical ? "," : ", "; }
    void colon() { text_ += style_ == schema_style::canonical ? ":" : ": "; }
    void line() { text_.append("\n").append(4 * indent_, ' '); }

    // What stands between two brackets: in one line if it fits, and may, else each in a line of its own.
    template <class Each>
    void list(char open, char close, std::size_t count, bool in_lines, Each each) {
        text_ += open;
        const std::size_t before = text_.size();
        if (!in_lines || count == 0) {
            const schema_style style = style_;
            if (style == schema_style::lines) style_ = schema_style::spaced;
            for (std::size_t i = 0; i < count; ++i) {
                if (i != 0) comma();
                each(i);
            }
            text_ += close;
            style_ = style;
            // One more letter for what follows.
            const std::size_t begin_of_line = text_.rfind('\n') + 1;
            if (style != schema_style::lines || count == 0 || text_.size() - begin_of_line < longest_line) return;
            text_.resize(before);
        }
        ++indent_;
        for (std::size_t i = 0; i < count; ++i) {
            if (i != 0) text_ += ',';
            line();
            each(i);
        }
        --indent_;
        line();
        text_ += close;
    }

    void structure(std::size_t place, bool is_event) {
        const described_type& type = schema_[place];
        if (style_ == schema_style::brief) {
            text_.append("struct").append(type.name.empty() ? "" : " ").append(type.name);
            return;
        }
        for (std::size_t i = enclosing_.size(); i-- != 0;)
            if (enclosing_[i] == place) {
                text_.append("^").append(std::to_string(enclosing_.size() - 1 - i));
                return;
            }
        enclosing_.push_back(place);
        text_ += type.name;
        if (style_ != schema_style::canonical && !type.name.empty()) text_ += ' ';
        list('{', '}', type.parts.size(), is_event && style_ == schema_style::lines, [&](std::size_t i) {
            text_ += type.parts[i].name;
            colon();
            this->type(type.parts[i].type);
        });
        enclosing_.pop_back();
    }
    void enumeration(std::size_t place) {
        const described_type& type = schema_[place];
        text_.append("enum ").append(type.name);
        if (style_ == schema_style::brief) return;
        colon();
        text_ += to_string(type.number);
        if (style_ != schema_style::canonical) text_ += ' ';
        list('{', '}', type.enumerators.size(), false, [&](std::size_t i) {
            const described_enumerator& each = type.enumerators[i];
            text_.append(each.name).append(style_ == schema_style::canonical ? "=" : " = ");
            text_ += enumerator_value_text(type, each.value);
        });
    }
    void elements(std::size_t place) {
        const described_type& type = schema_[place];
        text_ += template_name(type.kind);
        text_.pop_back();
        list('<', '>', type.parts.size(), false, [&](std::size_t i) { this->type(type.parts[i].type); });
    }
};

}  // namespace detail

/// The canonical text of a schema, which is `schema_text<E>` if this is the schema of `E`.
[[nodiscard]] inline std::string to_text(const description& schema) {
    detail::schema_printer printer(schema, detail::schema_style::canonical);
    printer.event();
    return printer.take_text();
}

/// The same for people and files under version control: a line for each field of the event, and more where one would be too
/// long. `parse_schema` makes the same schema of it.
[[nodiscard]] inline std::string pretty_text(const description& schema) {
    detail::schema_printer printer(schema, detail::schema_style::lines);
    printer.event();
    return printer.take_text();
}

/// What to call one type of a schema where it is talked about: `i64`, `list<struct line>`, `enum kind`.
[[nodiscard]] inline std::string brief_text(const description& schema, std::size_t place) {
    detail::schema_printer printer(schema, detail::schema_style::brief);
    printer.type(place);
    return printer.take_text();
}

}  // namespace annals
