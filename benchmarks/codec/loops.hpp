// The loops of the codec benchmarks, the same for all contestants: each says how it encodes and decodes one event.
#pragma once

#include "contestant.hpp"

#include <cstring>
#include <memory>
#include <span>
#include <utility>

using bytes = std::span<const std::byte>;

/// Has the compiler believe that somebody reads the value and what it points to, so that each event is made for itself.
template <class T>
[[gnu::always_inline]] inline void use(const T& value) {
    asm volatile("" : : "r"(&value) : "memory");
}

/// Encodings one behind the other in one block of memory, each at a multiple of eight bytes as a log would keep them.
class records {
public:
    void add(bytes encoding) {
        constexpr std::size_t unit = sizeof(std::uint64_t);
        places_.push_back({block_.size(), encoding.size()});
        block_.resize(block_.size() + (encoding.size() + unit - 1) / unit);
        if (!encoding.empty()) std::memcpy(block_.data() + places_.back().first, encoding.data(), encoding.size());
    }
    std::vector<bytes> all() const {
        std::vector<bytes> found;
        for (const auto& [place, size] : places_) found.push_back(std::as_bytes(std::span(block_)).subspan(place * 8, size));
        return found;
    }

private:
    std::vector<std::uint64_t>                       block_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;
};

/// `Format` has `start()`, called before each batch; `bytes encode(const E&)`; `decode(bytes, sink)`, which makes an event
/// and calls the sink with it; and, where it can, `append(const E&)`, `decode_into(bytes, E&)` and `sum(bytes)`.
template <class Format, class E>
codec<E> codec_of(const std::vector<E>& batch) {
    struct all_of_it {
        std::vector<E>     events;
        records            stored;
        std::vector<bytes> encodings;
        Format             format;
        E                  reused{};
    };
    const auto it = std::make_shared<all_of_it>();
    it->events    = batch;
    it->format.start();
    for (const E& each : it->events) it->stored.add(it->format.encode(each));
    it->encodings = it->stored.all();

    codec<E> made;
    made.round_trip = [it] {
        std::vector<E> decoded;
        for (const bytes encoding : it->encodings)
            it->format.decode(encoding, [&](const auto& event) {
                if constexpr (requires { decoded.push_back(event); }) decoded.push_back(event);
            });
        return decoded;
    };
    made.encode = [it] {
        Format&     format = it->format;
        std::size_t size   = 0;
        format.start();
        for (const E& each : it->events) {
            const bytes encoding = format.encode(each);
            size += encoding.size();
            use(*encoding.data());
        }
        return size;
    };
    if constexpr (requires(Format & format, const E& event) { format.append(event); })
        made.append = [it] {
            Format&     format = it->format;
            std::size_t size   = 0;
            format.start();
            for (const E& each : it->events) {
                const bytes encoding = format.append(each);
                size += encoding.size();
                use(*encoding.data());
            }
            return size;
        };
    made.decode = [it] {
        for (const bytes encoding : it->encodings) it->format.decode(encoding, [](const auto& event) { use(event); });
    };
    if constexpr (requires(Format & format, bytes encoding, E & event) { format.decode_into(encoding, event); })
        made.decode_reused = [it] {
            for (const bytes encoding : it->encodings) {
                it->format.decode_into(encoding, it->reused);
                use(it->reused);
            }
        };
    if constexpr (requires(Format & format, bytes encoding) { format.sum(encoding); })
        made.sum = [it] {
            std::uint64_t sum = 0;
            for (const bytes encoding : it->encodings) sum += it->format.sum(encoding);
            return sum;
        };
    return made;
}
