// The JSON of an event whose type is not known: of its schema, as a log holds it, and its bytes. It is the same JSON as that
// which annals/codec/json.hpp makes of the event itself.
#pragma once

#include <annals/codec/byte_walker.hpp>
#include <annals/codec/error.hpp>
#include <annals/codec/json/scalars.hpp>
#include <annals/model/expected.hpp>
#include <annals/schema/description.hpp>
#include <annals/schema/field_kind.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

class record_printer {
public:
    record_printer(const description& schema, std::span<const std::byte> bytes) : schema_(schema), walker_(schema, bytes) {}

    /// Makes JSON of all the bytes.
    bool put_whole(boost::json::value& out) {
        return put(out, 0) && (walker_.left() == 0 || walker_.fail(codec_errc::left_over));
    }
    [[nodiscard]] codec_error error() const noexcept { return walker_.error(); }

private:
    // Neither the schema nor the bytes are trusted to end.
    static constexpr std::size_t deepest            = 1024;
    static constexpr std::size_t most_without_bytes = 65536;

    bool put(boost::json::value& out, std::size_t place) {
        if (depth_ == deepest) return walker_.fail(codec_errc::nested_too_deep);
        ++depth_;
        const bool good = put_kind(out, schema_[place]);
        --depth_;
        return good;
    }

    bool put_kind(boost::json::value& out, const described_type& type) {
        switch (type.kind) {
            case field_kind::boolean: {
                bool flag = false;
                if (!walker_.take_flag(flag)) return false;
                out.emplace_bool() = flag;
                return true;
            }
            case field_kind::character: {
                std::uint64_t byte = 0;
                if (!walker_.take_number(1, byte)) return false;
                put_character(out, static_cast<char>(byte));
                return true;
            }
            case field_kind::integer:
            case field_kind::floating:
            case field_kind::enumeration:
            case field_kind::duration:
            case field_kind::time: return put_number(out, type);
            case field_kind::text: {
                std::string_view text;
                if (!take_text(text)) return false;
                put_text(out, text);
                return true;
            }
            case field_kind::uuid: {
                const std::byte* const bytes = walker_.take(16);
                if (bytes == nullptr) return false;
                uuid id;
                std::memcpy(id.bytes, bytes, 16);
                put_uuid(out, id);
                return true;
            }
            case field_kind::optional: return put_optional(out, type);
            case field_kind::variant: return put_variant(out, type);
            case field_kind::structure: return put_fields(out, type);
            case field_kind::tuple: return put_tuple(out, type);
            case field_kind::array: return put_array(out, type);
            case field_kind::list:
            case field_kind::set: return put_list(out, type);
            case field_kind::map: return put_map(out, type);
            case field_kind::unsupported:
            case field_kind::another: break;
        }
        return walker_.fail(codec_errc::refused);
    }

    // What is one number in the encoding.
    bool put_number(boost::json::value& out, const described_type& type) {
        std::uint64_t     bits  = 0;
        const std::size_t width = width_of(type.number);
        if (!walker_.take_number(width, bits)) return false;
        if (type.number == number_kind::f32)
            put_floating(out, static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
        else if (type.number == number_kind::f64)
            put_floating(out, std::bit_cast<double>(bits));
        else if (is_unsigned(type.number))
            put_whole_number(out, type, bits);
        else {
            const std::size_t unused = 64 - 8 * width;
            put_whole_number(out, type, static_cast<std::int64_t>(bits << unused) >> unused);
        }
        return true;
    }
    template <class Integer>
    static void put_whole_number(boost::json::value& out, const described_type& type, Integer number) {
        if (type.kind == field_kind::enumeration)
            put_enumerator(out, number, type.enumerators.data(), type.enumerators.data() + type.enumerators.size());
        else if (type.kind == field_kind::time)
            put_time(out, number, type.ticks, type.per_second);
        else
            put_integer(out, number);
    }

    bool take_text(std::string_view& text) {
        std::size_t size = 0;
        if (!walker_.take_count(1, size)) return false;
        text = {reinterpret_cast<const char*>(walker_.take(size)), size};
        return true;
    }

    // An optional in an optional would have two values that are null; the outer one is therefore a list of no or one value.
    [[nodiscard]] bool may_be_null(std::size_t place) const {
        return schema_[place].kind == field_kind::optional && !may_be_null(schema_[place].parts[0].type);
    }
    bool put_optional(boost::json::value& out, const described_type& type) {
        const std::size_t held = type.parts[0].type;
        bool              flag = false;
        if (!walker_.take_flag(flag)) return false;
        if (!may_be_null(held)) return !flag || put(out, held);
        auto& list = out.emplace_array();
        return !flag || put(add_element(list), held);
    }

    // True if the alternatives are structs of different names.
    [[nodiscard]] bool has_names(const described_type& variant) const {
        for (std::size_t i = 0; i < variant.parts.size(); ++i) {
            const described_type& one = schema_[variant.parts[i].type];
            if (one.kind != field_kind::structure || one.name.empty()) return false;
            for (std::size_t j = 0; j < i; ++j)
                if (schema_[variant.parts[j].type].name == one.name) return false;
        }
        return true;
    }
    bool put_variant(boost::json::value& out, const described_type& type) {
        std::size_t number = 0;
        if (!walker_.take_alternative(type, number)) return false;
        const std::size_t held = type.parts[number].type;
        if (has_names(type)) return put(add_member(out.emplace_object(), schema_[held].name), held);
        auto& pair = out.emplace_array();
        pair.reserve(2);
        put_integer(add_element(pair), static_cast<std::uint64_t>(number));
        return put(add_element(pair), held);
    }

    bool put_fields(boost::json::value& out, const described_type& type) {
        auto& object = out.emplace_object();
        object.reserve(type.parts.size());
        for (const described_part& part : type.parts)
            if (!put(add_member(object, part.name), part.type)) return false;
        return true;
    }
    bool put_tuple(boost::json::value& out, const described_type& type) {
        auto& list = out.emplace_array();
        list.reserve(type.parts.size());
        for (const described_part& part : type.parts)
            if (!put(add_element(list), part.type)) return false;
        return true;
    }
    bool put_array(boost::json::value& out, const described_type& type) {
        const std::size_t element = type.parts[0].type;
        auto&             list    = out.emplace_array();
        if (walker_.left() < type.minimum) return walker_.fail(codec_errc::too_short);
        for (std::uint64_t i = 0; i < type.count; ++i) {
            if (schema_[element].minimum == 0 && ++without_bytes_ > most_without_bytes)
                return walker_.fail(codec_errc::too_long);
            if (!put(add_element(list), element)) return false;
        }
        return true;
    }

    bool put_list(boost::json::value& out, const described_type& type) {
        std::vector<std::string_view> keys;
        auto&                         list = out.emplace_array();
        return each_element(
                   type, [&](std::size_t count) { list.reserve(count); },
                   [&] {
                       const std::byte* const from = walker_.at();
                       if (!put(add_element(list), type.parts[0].type)) return false;
                       if (type.kind == field_kind::set) keys.push_back(bytes_from(from));
                       return true;
                   }) &&
               differ(keys);
    }
    bool put_map(boost::json::value& out, const described_type& type) {
        if (has_names_for_keys(type)) return put_members(out, type);
        std::vector<std::string_view> keys;
        auto&                         list = out.emplace_array();
        return each_element(
                   type, [&](std::size_t count) { list.reserve(count); },
                   [&] {
                       auto& pair = add_element(list).emplace_array();
                       pair.reserve(2);
                       const std::byte* const from = walker_.at();
                       if (!put(add_element(pair), type.parts[0].type)) return false;
                       keys.push_back(bytes_from(from));
                       return put(add_element(pair), type.parts[1].type);
                   }) &&
               differ(keys);
    }
    bool put_members(boost::json::value& out, const described_type& type) {
        auto& object = out.emplace_object();
        return each_element(
            type, [&](std::size_t count) { object.reserve(count); },
            [&] {
                std::string_view key;
                if (!take_text(key)) return false;
                const auto [member, is_new] = object.emplace(json_view(key), nullptr);
                return is_new ? put(member->value(), type.parts[1].type) : walker_.fail(codec_errc::duplicate_key);
            });
    }
    // Looks ahead. A map whose bytes are none has what is wrong told by whoever reads it.
    [[nodiscard]] bool has_names_for_keys(const described_type& type) const {
        if (schema_[type.parts[0].type].kind != field_kind::text) return false;
        record_printer ahead(*this);
        bool           named = true;
        ahead.each_element(
            type, [](std::size_t) {},
            [&] {
                std::string_view key;
                return ahead.take_text(key) && (named = is_utf8(key)) && ahead.walker_.skip(type.parts[1].type);
            });
        return named;
    }

    template <class Begin, class Element>
    bool each_element(const described_type& container, const Begin& begin, const Element& element) {
        const bool  filled = walker_.takes_filler(container);
        std::size_t count  = 0;
        if (!walker_.take_count(minimum_element(schema_, container), count) || !walker_.enter()) return false;
        begin(count);
        for (std::size_t i = 0; i < count; ++i)
            if ((filled && !walker_.take_filler()) || !element()) return false;
        walker_.leave();
        return true;
    }

    [[nodiscard]] std::string_view bytes_from(const std::byte* from) const {
        return {reinterpret_cast<const char*>(from), static_cast<std::size_t>(walker_.at() - from)};
    }
    // True if no key stands there twice.
    bool differ(std::vector<std::string_view>& keys) {
        std::sort(keys.begin(), keys.end());
        return std::adjacent_find(keys.begin(), keys.end()) == keys.end() || walker_.fail(codec_errc::duplicate_key);
    }

    const description& schema_;
    byte_walker        walker_;
    std::size_t        depth_         = 0;
    std::size_t        without_bytes_ = 0;
};

}  // namespace detail

/// The JSON of an event from its schema (annals/schema/parse_schema.hpp makes it of the text) and all of its bytes, or why these
/// are none of that schema. Reads nothing beyond the bytes, and allocates in proportion to them.
[[nodiscard]] inline expected<boost::json::value, codec_error> json_of_record(const description&         schema,
                                                                              std::span<const std::byte> bytes,
                                                                              boost::json::storage_ptr   storage = {}) {
    boost::json::value     out(std::move(storage));
    detail::record_printer printer(schema, bytes);
    if (!printer.put_whole(out)) return unexpected<codec_error>(printer.error());
    return out;
}

}  // namespace annals
