// What a contestant of the command benchmarks is. Each one has a file of its own.
#pragma once

#include "account.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

/// How a log is filled: `streams` streams of `length` events each, one event of each stream after the other, as they come
/// in where many accounts are in use.
struct filling {
    std::size_t streams;
    std::size_t length;
};

/// Carries out one command on a stream that it has not yet been called with, which is `length` events long then. True if
/// the command was accepted.
using one_command = std::function<bool(const std::string& id, std::int64_t cents)>;

one_command repository(filling how);                  // load, decide, append
one_command repository_without_clock(filling how);    // the same; times and ids are counted up instead of asked for
one_command append_alone(filling how);                // the log's part of it: the same event at the same version
one_command hand_written_map(filling how);            // a map of vectors of variants

inline std::string id_of(std::size_t number) {
    return std::to_string(number);
}
