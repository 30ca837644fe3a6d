// What a contestant of the codec benchmarks is. Each one has a file of its own.
#pragma once

#include "shop.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// What a contestant can do, each time with a whole batch. What it cannot do is empty.
template <class E>
struct codec {
    std::function<std::vector<E>()> round_trip;     // encoded and decoded, to see that it can
    std::function<std::size_t()>    encode;         // into room that is there; returns how many bytes
    std::function<std::size_t()>    append;         // into a vector that grows, and whose room is kept
    std::function<void()>           decode;         // each to an event of its own
    std::function<void()>           decode_reused;  // each into the same event
    std::function<std::uint64_t()>  sum;            // reads every field where it lies, and makes no event
};

codec<shop::paid> annals_paid(const std::vector<shop::paid>&);
codec<shop::paid> memcpy_paid(const std::vector<shop::paid>&);
codec<shop::paid> memcpy_unchecked_paid(const std::vector<shop::paid>&);
codec<shop::paid> cereal_paid(const std::vector<shop::paid>&);
codec<shop::paid> boost_paid(const std::vector<shop::paid>&);
codec<shop::paid> flatbuffers_paid(const std::vector<shop::paid>&);
codec<shop::paid> msgpack_paid(const std::vector<shop::paid>&);
codec<shop::paid> protobuf_paid(const std::vector<shop::paid>&);
codec<shop::paid> protobuf_message_paid(const std::vector<shop::paid>&);

codec<shop::ordered> annals_ordered(const std::vector<shop::ordered>&);
codec<shop::ordered> hand_written_ordered(const std::vector<shop::ordered>&);
codec<shop::ordered> cereal_ordered(const std::vector<shop::ordered>&);
codec<shop::ordered> boost_ordered(const std::vector<shop::ordered>&);
codec<shop::ordered> flatbuffers_ordered(const std::vector<shop::ordered>&);
codec<shop::ordered> msgpack_ordered(const std::vector<shop::ordered>&);
codec<shop::ordered> protobuf_ordered(const std::vector<shop::ordered>&);
codec<shop::ordered> protobuf_message_ordered(const std::vector<shop::ordered>&);
