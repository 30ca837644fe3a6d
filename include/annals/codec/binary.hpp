// Events to bytes and back. What the bytes are follows from the struct alone; codec/encode.hpp describes it.
#pragma once

#include <annals/codec/decode.hpp>
#include <annals/codec/encode.hpp>
#include <annals/codec/error.hpp>
#include <annals/model/expected.hpp>
#include <annals/schema/storable.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace annals {

namespace detail {

[[gnu::cold]] inline unexpected<codec_error> not_encoded(codec_errc code) {
    return unexpected<codec_error>(codec_error{code, 0});
}

/// Copies an event that is encoded as it lies in memory, if the bytes are one. Not through the reader, for this is all there is.
template <class E>
[[gnu::always_inline]] inline bool copy_event(std::span<const std::byte> bytes, E& event) noexcept {
    if (bytes.size() != sizeof(E) || !byte_reader::bools_hold<E>(bytes.data())) return false;
    std::memcpy(static_cast<void*>(&event), bytes.data(), sizeof(E));
    return true;
}
[[gnu::noinline, gnu::cold]] inline codec_error why_not_copied(std::size_t size, std::size_t wanted) noexcept {
    if (size == wanted) return {codec_errc::no_bool, 0};
    return size < wanted ? codec_error{codec_errc::too_short, 0} : codec_error{codec_errc::left_over, wanted};
}

// Makes room at the end of `out`. Out of line: what does not depend on the event's type is compiled once.
[[gnu::noinline]] inline std::byte* room_behind(std::vector<std::byte>& out, std::size_t bytes) {
    out.resize(out.size() + bytes);
    return out.data() + (out.size() - bytes);
}

// Appends the encodings of values, all or none of them.
struct append_each {
    std::vector<std::byte>& out;
    codec_errc&             trouble;

    template <class... T>
    bool operator()(const T&... field) const {
        encoding_measure measure;
        (measure.add(field), ...);
        trouble = measure.trouble;
        if (measure.failed) return false;
        [[maybe_unused]] std::byte* at = room_behind(out, measure.bytes);
        ((at = put(field, at)), ...);
        return true;
    }
};

}  // namespace detail

/// How many bytes an event is encoded in. Constant for an event of a fixed size, else linear in its texts and containers.
template <class E>
[[nodiscard]] constexpr std::size_t encoded_size(const E& event) {
    constexpr auto verdict          = detail::judge_fields<E>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) {
        detail::encoding_measure measure;
        measure.add(event);
        return measure.bytes;
    } else
        return 0;
}

/// Encodes an event into `room` and answers how many bytes it took. Errors: `too_long` if there is not so much room, or a
/// text or container has more than 2^32 - 1 elements; `no_value`, `out_of_range` and `nested_too_deep` for values that
/// cannot be stored. What is in the room is then not changed. Throws what `stored_as<T>::to` throws.
template <class E>
[[nodiscard]] expected<std::size_t, codec_error> encode_into(const E& event, std::span<std::byte> room) {
    constexpr auto verdict          = detail::judge_fields<E>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) {
        detail::encoding_measure measure;
        measure.add(event);
        if (measure.failed) return detail::not_encoded(measure.trouble);
        if (measure.bytes > room.size()) return detail::not_encoded(codec_errc::too_long);
        detail::put(event, room.data());
        return measure.bytes;
    } else
        return std::size_t{0};
}

/// Appends an event's encoding to `out`. Errors as above; `out` is then not changed.
template <class E>
[[nodiscard]] expected<void, codec_error> encode(const E& event, std::vector<std::byte>& out) {
    constexpr auto verdict          = detail::judge_fields<E>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) {
        if constexpr (detail::layout_of<E>.bitwise) {
            const auto* const bytes = reinterpret_cast<const std::byte*>(&event);
            out.insert(out.end(), bytes, bytes + sizeof(E));
        } else {
            codec_errc trouble{};
            if constexpr (kind_of<E> == field_kind::structure) {
                if (!detail::with_fields(event, detail::append_each{out, trouble})) return detail::not_encoded(trouble);
            } else if (!detail::append_each{out, trouble}(event))
                return detail::not_encoded(trouble);
        }
    }
    return {};
}

/// Decodes an event from all of `bytes` into one that exists, whose texts and containers keep the room that they have.
/// After an error the event holds any values. Allocates no more than in proportion to the bytes. Throws what allocation,
/// `stored_as<T>::from` and a container's hash or comparison throw.
template <class E>
[[nodiscard]] expected<void, codec_error> decode_into(std::span<const std::byte> bytes, E& event) {
    constexpr auto verdict          = detail::judge_fields<E>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return {};
    else if constexpr (detail::layout_of<E>.bitwise) {
        if (!detail::copy_event(bytes, event)) return unexpected<codec_error>(detail::why_not_copied(bytes.size(), sizeof(E)));
    } else {
        detail::byte_reader reader(bytes.data(), bytes.data() + bytes.size());
        if (!reader.get_whole(event)) return unexpected<codec_error>(reader.error());
    }
    return {};
}

/// Decodes an event from all of `bytes`, or answers why they are none.
template <class E>
[[nodiscard]] expected<E, codec_error> decode(std::span<const std::byte> bytes) {
    expected<E, codec_error> event{};
    if (auto done = decode_into(bytes, *event); !done) event = unexpected<codec_error>(done.error());
    return event;
}

/// The event where it lies, without a copy, if it lies in memory as it is encoded; else null: also for a wrong length,
/// an unaligned place, or a bool that is none. `bytes` must be storage that may hold objects (of a std::byte array, an
/// allocation or a mapped file), and outlive the answer.
template <class E>
[[nodiscard]] const E* view_in_place(std::span<const std::byte> bytes) noexcept {
    if constexpr (detail::layout_of<E>.bitwise && std::is_trivially_copyable_v<E>) {
        if (bytes.size() != sizeof(E) || reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(E) != 0 ||
            !detail::byte_reader::bools_hold<E>(bytes.data()))
            return nullptr;
        return reinterpret_cast<const E*>(bytes.data());
    } else
        return nullptr;
}

}  // namespace annals
