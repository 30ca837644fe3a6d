// Goes through encoded bytes by a schema's description, without having the types.
#pragma once

#include <annals/codec/error.hpp>
#include <annals/codec/layout.hpp>
#include <annals/schema/description.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace annals::detail {

/// A place in encoded bytes, which are not trusted: each step sees to it that its bytes are there.
class byte_walker {
public:
    byte_walker(const description& schema, std::span<const std::byte> bytes) noexcept
        : schema_(&schema), begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

    [[nodiscard]] const std::byte* at() const noexcept { return at_; }
    [[nodiscard]] std::size_t      left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    [[nodiscard]] codec_error      error() const noexcept { return {trouble_, static_cast<std::size_t>(at_ - begin_)}; }

    bool fail(codec_errc code) noexcept {
        trouble_ = code;
        return false;
    }

    /// The next bytes, or null if there are not so many.
    const std::byte* take(std::size_t bytes) noexcept {
        if (left() < bytes) {
            fail(codec_errc::too_short);
            return nullptr;
        }
        return std::exchange(at_, at_ + bytes);
    }

    /// A little-endian number without a sign, of up to eight bytes.
    bool take_number(std::size_t width, std::uint64_t& value) noexcept {
        const std::byte* const bytes = take(width);
        if (!bytes) return false;
        value = 0;
        for (std::size_t i = width; i-- != 0;) value = value << 8U | static_cast<std::uint64_t>(bytes[i]);
        return true;
    }
    /// The flag of an optional, or a bool.
    bool take_flag(bool& flag) noexcept {
        std::uint64_t byte = 0;
        if (!take_number(1, byte)) return false;
        flag = byte != 0;
        return byte <= 1 || fail(codec_errc::no_bool);
    }
    /// The number of a variant's alternative.
    bool take_alternative(const described_type& variant, std::size_t& number) noexcept {
        std::uint64_t byte = 0;
        if (!take_number(1, byte)) return false;
        number = static_cast<std::size_t>(byte);
        return number < variant.parts.size() || fail(codec_errc::no_alternative);
    }
    /// How many elements a text, list, set or map has, each of which takes so many bytes at least.
    bool take_count(std::size_t each, std::size_t& count) noexcept {
        std::uint64_t number = 0;
        if (!take_number(4, number)) return false;
        count = static_cast<std::size_t>(number);
        return count <= left() / each || fail(codec_errc::too_short);
    }
    /// The byte that stands for an element whose encoding has no bytes.
    bool take_filler() noexcept {
        std::uint64_t byte = 0;
        return take_number(1, byte) && (byte == 0 || fail(codec_errc::no_bool));
    }

    /// Enters a container, and leaves it. What contains itself is entered a limited number of times.
    bool enter() noexcept { return depth_ < deepest_nesting ? (++depth_, true) : fail(codec_errc::nested_too_deep); }
    void leave() noexcept { --depth_; }

    /// Calls `element()` for each element of the list, set or map that comes next, as often as its count says.
    template <class Element>
    bool each_element(const described_type& container, std::size_t& count, const Element& element) {
        const bool filled = takes_filler(container);
        if (!take_count(minimum_element(*schema_, container), count) || !enter()) return false;
        for (std::size_t i = 0; i < count; ++i)
            if ((filled && !take_filler()) || !element()) return false;
        leave();
        return true;
    }

    /// True for a container whose elements have no bytes of their own.
    [[nodiscard]] bool takes_filler(const described_type& container) const {
        for (const described_part& part : container.parts)
            if ((*schema_)[part.type].minimum != 0) return false;
        return true;
    }

    /// Passes a value by, if that has an end.
    bool skip(std::size_t place) {
        if (levels_ == most_levels) return fail(codec_errc::nested_too_deep);
        ++levels_;
        const bool good = skip_kind((*schema_)[place]);
        --levels_;
        return good;
    }

private:
    // Optionals and variants may contain themselves too, as far as a schema says.
    static constexpr std::size_t most_levels = 1024;

    bool skip_kind(const described_type& type) {
        switch (type.kind) {
            case field_kind::boolean: {
                bool flag = false;
                return take_flag(flag);
            }
            case field_kind::text: {
                std::size_t count = 0;
                return take_count(1, count) && take(count);
            }
            case field_kind::optional: {
                bool flag = false;
                return take_flag(flag) && (!flag || skip(type.parts[0].type));
            }
            case field_kind::variant: {
                std::size_t number = 0;
                return take_alternative(type, number) && skip(type.parts[number].type);
            }
            case field_kind::list:
            case field_kind::set:
            case field_kind::map: {
                std::size_t count = 0;
                return each_element(type, count, [&] { return skip_parts(type); });
            }
            case field_kind::array:
                for (std::uint64_t i = 0; i < type.count; ++i)
                    if (!skip(type.parts[0].type)) return false;
                return true;
            case field_kind::tuple:
            case field_kind::structure: return skip_parts(type);
            default: return take(type.minimum) != nullptr;
        }
    }
    bool skip_parts(const described_type& type) {
        for (const described_part& part : type.parts)
            if (!skip(part.type)) return false;
        return true;
    }

    const description* schema_;
    const std::byte*   begin_;
    const std::byte*   at_;
    const std::byte*   end_;
    std::size_t        depth_   = 0;
    std::size_t        levels_  = 0;
    codec_errc         trouble_ = codec_errc::too_short;
};

}  // namespace annals::detail
