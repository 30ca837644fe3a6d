// What is kept of a stream's past.
#pragma once

#include <annals/log/query.hpp>
#include <annals/model/context.hpp>

#include <cstdint>
#include <limits>

namespace annals {

/// Which events of a stream are dropped: those that any of these names. Versions and positions of the others stay as they are,
/// and what was dropped once does not come back.
struct retention {
    version       before{};                                                   // versions below this one
    timestamp     older_than{std::numeric_limits<std::int64_t>::min()};       // what the log accepted before this time
    std::uint64_t most = unlimited;                                           // all but so many of the last, now and later on
};

}  // namespace annals
