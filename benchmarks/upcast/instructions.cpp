// Replays one contestant once, for callgrind, which counts what happens inside `measured`:
//     valgrind --tool=callgrind --toggle-collect='measured*' instructions CONTESTANT upcast
#include "contestant.hpp"

#include <cstdio>
#include <string_view>

extern "C" {
[[gnu::noinline]] long long measured_replay(const upcast_replay& replay) { return replay().balance; }
}

int main(int count, char** given) {
    if (count != 3) return 2;
    constexpr std::size_t  event_count = 1'000'000;
    const std::string_view name        = given[1];
    std::printf("%lld\n",
                measured_replay(name == "memory_log" ? upcast_by_memory_log(event_count) : upcast_by_hand(event_count)));
}
