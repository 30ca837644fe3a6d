// How events lie in a store of keys and values: under their position, with the stream, the version and the type before them.
#pragma once

#include "events.hpp"

#include <array>
#include <cstdint>
#include <cstring>

/// Numbers as keys: their bytes in the order in which they are compared.
template <class... Number>
std::array<char, 8 * sizeof...(Number)> key_of(Number... number) {
    std::array<char, 8 * sizeof...(Number)> key{};
    std::size_t                             at  = 0;
    const auto                              add = [&](std::uint64_t value) {
        for (int shift = 56; shift >= 0; shift -= 8) key[at++] = static_cast<char>(value >> shift);
    };
    (add(number), ...);
    return key;
}

struct value_head {
    std::uint64_t stream;
    std::uint64_t version;
    std::uint64_t type;
};

inline void write_value(void* to, std::uint64_t stream, std::uint64_t version, const warehouse::stored_event& event) {
    const value_head head{stream, version, event.type};
    std::memcpy(to, &head, sizeof head);
    std::memcpy(static_cast<char*>(to) + sizeof head, event.bytes.data(), event.bytes.size());
}

inline void apply_value(warehouse::tally& to, const void* value) {
    value_head head;
    std::memcpy(&head, value, sizeof head);
    apply_stored(to, head.type, static_cast<const std::byte*>(value) + sizeof head);
}
