// A time of the system's clock from the ticks that it is stored as. annals/codec/encode.hpp has the way there.
#pragma once

#include <annals/schema/schema_text.hpp>

#include <limits>
#include <ratio>
#include <type_traits>

namespace annals::detail {

/// A time from the ticks that it is stored as. False if it cannot hold them.
template <class Time>
constexpr bool time_from_stored(stored_ticks<typename Time::rep> ticks, Time& time) {
    using rep    = typename Time::rep;
    using tick   = std::ratio_divide<stored_tick<Time>, typename Time::period>;
    using stored = stored_ticks<rep>;
    using limits = std::numeric_limits<stored>;
    using range  = std::numeric_limits<rep>;
    if constexpr (!std::is_same_v<stored_tick<Time>, typename Time::period>) {
        constexpr auto multiply = static_cast<stored>(tick::num);
        constexpr auto divide   = static_cast<stored>(tick::den);
        if (ticks == limits::max() || (limits::is_signed && ticks == limits::min())) {
            time = ticks == limits::max() ? Time::max() : Time::min();
            return true;
        }
        ticks = static_cast<stored>(ticks / divide - (ticks % divide < 0 ? 1 : 0));
        if (ticks > limits::max() / multiply || ticks < limits::min() / multiply) return false;
        ticks = static_cast<stored>(ticks * multiply);
    }
    if (ticks < static_cast<stored>(range::min()) || ticks > static_cast<stored>(range::max())) return false;
    time = Time(typename Time::duration(static_cast<rep>(ticks)));
    return true;
}

}  // namespace annals::detail
