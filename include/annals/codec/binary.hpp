// Events to bytes and back. What the bytes are follows from the struct alone; codec/encode.hpp describes it.
#pragma once

#include <annals/codec/decode.hpp>
#include <annals/codec/encode.hpp>
#include <annals/codec/error.hpp>
#include <annals/log/expected.hpp>
#include <annals/schema/storable.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace annals {

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
        if (measure.failed) return unexpected<codec_error>(codec_error{measure.trouble, 0});
        if (measure.bytes > room.size()) return unexpected<codec_error>(codec_error{codec_errc::too_long, 0});
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
            detail::encoding_measure measure;
            measure.add(event);
            if (measure.failed) return unexpected<codec_error>(codec_error{measure.trouble, 0});
            const std::size_t before = out.size();
            out.resize(before + measure.bytes);
            detail::put(event, out.data() + before);
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
    if constexpr (detail::is_sound<decltype(verdict)>) {
        detail::byte_reader reader(bytes.data(), bytes.data() + bytes.size());
        if (!reader.get_whole(event)) return unexpected<codec_error>(reader.error());
    }
    return {};
}

/// Decodes an event from all of `bytes`, or answers why they are none.
template <class E>
[[nodiscard]] expected<E, codec_error> decode(std::span<const std::byte> bytes) {
    expected<E, codec_error> event{};
    if (auto done = decode_into(bytes, *event); !done) return unexpected<codec_error>(done.error());
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
