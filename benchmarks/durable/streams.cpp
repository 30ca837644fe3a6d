// What a log of so many streams keeps in memory, and how long it takes to open: `streams STREAMS ROUNDS [DIRECTORY]`. Each
// stream has one event. A claim's value is bytes of memory for each stream that no file stands behind, and nanoseconds.
#include "contestant.hpp"
#include "fresh_directory.hpp"

#include <chrono>
#include <fstream>

namespace {

using clock_type = std::chrono::steady_clock;

contestant_pointer opened(const std::string& directory) {
    return open_annals({directory, warehouse::event_size::small, purpose::replay});
}

int fill(const std::string& directory, std::uint64_t streams) {
    const contestant_pointer  log = opened(directory);
    warehouse::random_numbers random;
    warehouse::batch          event;
    event.fill(1, [&](std::size_t) { return warehouse::random_small_event(0, random); });
    for (std::uint64_t i = 0; i < streams; ++i)
        if (!log->append({"stream-" + std::to_string(i), i}, 0, event)) give_up("streams", "refused, though the stream is new");
    return 0;
}

double own_memory() {
    std::ifstream status("/proc/self/status");
    std::string   word;
    double        kilobytes = 0;
    while (status >> word)
        if (word == "RssAnon:") status >> kilobytes;
    return kilobytes * 1024;
}

int open_and_tell(const std::string& directory, std::uint64_t streams, int round) {
    const double             before = own_memory();
    const auto               begin  = clock_type::now();
    const contestant_pointer log    = opened(directory);
    const std::chrono::duration<double, std::nano> taken = clock_type::now() - begin;

    const double after = own_memory();
    std::printf("opening_streams\tannals\t%d\t%f\n", round, taken.count());
    std::printf("bytes_of_a_stream\tannals\t%d\t%f\n", round, (after - before) / static_cast<double>(streams));
    return log->count() == streams ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    const auto streams = static_cast<std::uint64_t>(std::atoll(argv[1]));
    const int  rounds  = std::atoi(argv[2]);

    return in_fresh_directory(argc == 4 ? argv[3] : "", [&](const std::string& directory) {
        int result = in_own_process([&] { return fill(directory, streams); });
        settle(directory);
        for (int round = 0; round < rounds && result == 0; ++round)
            result = in_own_process([&] { return open_and_tell(directory, streams, round); });
        return result;
    });
}
