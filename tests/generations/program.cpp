// The shop's program in one of its generations. `write FILE` writes down what happened, and `read FILE` reads what was written
// down, and says what keeps it from doing so.
#include ANNALS_GENERATION

#include <annals/log/archive.hpp>
#include <annals/log/memory_log.hpp>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

namespace {

// A second passes between two appends.
struct clock {
    annals::timestamp now{1'715'000'000'000'000'000};

    annals::timestamp operator()() {
        now.nanoseconds += 1'000'000'000;
        return now;
    }
};
struct counted_ids {
    std::uint8_t count = 0;

    annals::uuid operator()() {
        annals::uuid id;
        id.bytes[0]  = 0xab;
        id.bytes[15] = ++count;
        return id;
    }
};

std::string stream_of(const story::registered& what) { return "customer-" + what.customer; }
std::string stream_of(const story::viewed& what) { return "shelf-" + what.sku; }
std::string stream_of(const auto& what) { return "order-" + std::to_string(what.number); }

int write(const char* path) {
    annals::memory_log<shop::events, clock, counted_ids> log;
    bool                                                 good = true;
    story::tell([&](const auto& what) {
        shop::record(what, [&](const auto& event) {
            annals::metadata about;
            about.actor  = "clerk";
            about.values = {{"desk", "7"}};
            good         = log.append(stream_of(what), annals::any_version, about, event).has_value() && good;
        });
    });
    std::ofstream file(path, std::ios::binary);
    const auto    written = annals::write_archive(log, file);
    if (!written) std::cerr << written.error().message() << '\n';
    return good && written ? 0 : 1;
}

int read(const char* path) {
    std::ifstream     file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto        log = annals::archive<shop::events>::open(std::as_bytes(std::span(bytes)));
    if (!log) {
        std::cout << log.error().message() << '\n';
        return 1;
    }
    const auto read = log->read(annals::whole_log(), annals::handlers{annals::otherwise([](const auto&) {})});
    if (!read) {
        std::cout << read.error().message() << '\n';
        return 1;
    }
    std::cout << read->count << " events\n";
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count == 3 && std::string_view(words[1]) == "write") return write(words[2]);
    if (count == 3 && std::string_view(words[1]) == "read") return read(words[2]);
    std::cerr << "write FILE | read FILE\n";
    return 2;
}
