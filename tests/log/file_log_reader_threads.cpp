// Who reads a file log may open it at any moment of its writer's life, and sees a log that is whole.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace bank;
using annals::any_version;
using support::bank_log;

namespace {

// Opens the log for reading again and again while `writing` does what it does. Each time all that was acknowledged before is
// there, and appends are whole: they end with what was withdrawn.
void read_while(const std::string& directory, std::atomic<std::uint64_t>& acknowledged, const auto& writing) {
    std::atomic<bool>        is_over{false};
    std::vector<std::string> wrong;
    std::thread              writer([&] {
        try {
            writing();
        } catch (const std::exception& thrown) { wrong.push_back(thrown.what()); }
        is_over = true;
    });
    std::vector<std::string> seen_wrong;
    const auto               look_at = [&](const bank_log& log, std::uint64_t at_least) {
        bool       is_whole = true;
        auto       ends = annals::handlers{[&](const withdrawn&) {}, annals::otherwise([&](const auto&) { is_whole = false; })};
        const auto answer = log.read(annals::stream("a-1").backwards().limit(1), ends);
        if (!answer)
            seen_wrong.push_back(answer.error().message());
        else if (!is_whole || answer->position.value < at_least)
            seen_wrong.push_back("position " + std::to_string(answer->position.value) + ", and not " +
                                               std::to_string(at_least));
    };
    auto follower = bank_log::open_read_only(directory);
    do {
        std::uint64_t before = acknowledged;
        const auto    log    = bank_log::open_read_only(directory);
        if (log)
            look_at(*log, before);
        else
            seen_wrong.push_back(log.error().message());
        before = acknowledged;
        look_at(*follower, before);
    } while (!is_over);
    writer.join();
    CHECK(wrong.empty());
    CHECK(seen_wrong == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("a log is opened for reading at any moment while another thread appends") {
    const support::temporary_directory home;
    auto                               options = support::small_files();
    std::size_t                        size = 0, appends = 0;
    SECTION("a little at a time") { size = 50, appends = 4000, options.segment_size = 1 << 20; }
    SECTION("much at a time") { size = 20'000, appends = 800, options.segment_size = 8 << 20; }
    SECTION("from file to file") { size = 3000, appends = 1500; }
    SECTION("with a thread of its own") { size = 3000, appends = 1500, options.background = true; }
    std::atomic<std::uint64_t> acknowledged{0};
    bank_log                   log = support::opened(home / "log", options);
    read_while(home / "log", acknowledged, [&] {
        for (std::size_t i = 0; i < appends; ++i)
            acknowledged =
                log.append("a-1", any_version, annotated{std::string(size, 'n')}, withdrawn{1}).value().position.value;
    });
}

TEST_CASE("a log is opened for reading at any moment while its writer opens and closes it") {
    const support::temporary_directory home;
    std::atomic<std::uint64_t>         acknowledged{0};
    auto                               options = support::small_files();
    options.segment_size                       = 1 << 20;
    REQUIRE(support::opened(home / "log", options).append("a-1", any_version, withdrawn{1}).has_value());
    read_while(home / "log", acknowledged, [&] {
        for (int i = 0; i < 200; ++i) {
            bank_log log = support::opened(home / "log", options);
            acknowledged =
                log.append("a-1", any_version, annotated{std::string(2000, 'n')}, withdrawn{1}).value().position.value;
            if (!log.close()) throw std::runtime_error("not closed");
        }
    });
}
