// All contestants of the codec benchmarks, in the order in which they are shown.
#pragma once

#include "contestant.hpp"

template <class E>
struct contestant {
    const char* name;
    codec<E> (*enter)(const std::vector<E>& batch);
};

inline const std::vector<contestant<shop::paid>> paid_contestants = {
    {"memcpy", memcpy_paid},     {"memcpy_unchecked", memcpy_unchecked_paid}, {"annals", annals_paid},
    {"cereal", cereal_paid},     {"boost_serialization", boost_paid},         {"flatbuffers", flatbuffers_paid},
#if ANNALS_BENCHMARK_MSGPACK
    {"msgpack", msgpack_paid},
#endif
    {"protobuf", protobuf_paid}, {"protobuf_message", protobuf_message_paid},
};

inline const std::vector<contestant<shop::ordered>> ordered_contestants = {
    {"annals", annals_ordered},           {"hand_written", hand_written_ordered},
    {"cereal", cereal_ordered},           {"boost_serialization", boost_ordered},
    {"flatbuffers", flatbuffers_ordered},
#if ANNALS_BENCHMARK_MSGPACK
    {"msgpack", msgpack_ordered},
#endif
    {"protobuf", protobuf_ordered},       {"protobuf_message", protobuf_message_ordered},
};
