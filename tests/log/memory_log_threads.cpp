// Run under ThreadSanitizer too.
#include "catch.hpp"
#include "support/bank.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace bank;

namespace {

// Money moves between two streams in one append, so a reader that saw half of one would find some missing.
struct balance {
    using events = annals::events<deposited, withdrawn>;

    std::int64_t  cents = 0;
    std::uint64_t seen  = 0;

    void apply(const deposited& e) { cents += e.cents, ++seen; }
    void apply(const withdrawn& e) { cents -= e.cents, ++seen; }
};

}  // namespace

TEST_CASE("readers never see half an append") {
    annals::memory_log<bank::events> log;
    std::atomic<bool>                done{false};
    std::atomic<int>                 wrong{0};
    std::atomic<int>                 reads{0};

    std::vector<std::thread> readers;
    for (int reader = 0; reader < 3; ++reader)
        readers.emplace_back([&, reader] {
            std::uint64_t before = 0;
            do {
                const auto whole = annals::replay<balance>(log);
                if (whole->cents != 0 || whole->seen % 2 != 0 || whole->seen < before) ++wrong;
                before = whole->seen;
                const auto stream   = annals::replay<balance>(log, annals::stream("account-" + std::to_string(reader)));
                const auto category = annals::replay<balance>(log, annals::category("account").backwards());
                if (stream->cents != 0 || category->cents != 0) ++wrong;
                const auto backwards = annals::replay<balance>(log, annals::stream("account-0").backwards().limit(2));
                if (backwards->cents != 0) ++wrong;
                ++reads;
            } while (!done);
        });

    for (int i = 0; i < 3000; ++i)
        REQUIRE(log.append("account-" + std::to_string(i % 5), annals::any_version, deposited{i}, withdrawn{i}).has_value());
    done = true;
    for (auto& reader : readers) reader.join();
    CHECK(wrong == 0);
    CHECK(reads > 0);
    CHECK(annals::replay<balance>(log)->seen == 6000);
}

TEST_CASE("a stream can be read as soon as it was appended to, while others come up") {
    annals::memory_log<bank::events> log;
    constexpr int                    streams = 5000;
    std::atomic<int>                 there{0};
    std::atomic<int>                 wrong{0};

    std::vector<std::thread> readers;
    for (unsigned reader = 0; reader < 2; ++reader)
        readers.emplace_back([&, reader] {
            for (unsigned step = reader; there < streams; ++step) {
                const int  known = there;
                const auto some  = known == 0 ? 0 : static_cast<int>(step * 7919U % static_cast<unsigned>(known));
                const auto found = annals::replay<balance>(log, annals::stream("account-" + std::to_string(some)));
                if (known != 0 && (found->seen != 2 || found->cents != 0)) ++wrong;
                // One that may be coming up just now is there with all of its events, or not at all.
                const auto next = annals::replay<balance>(log, annals::stream("account-" + std::to_string(known)));
                if (next->seen % 2 != 0 || next->cents != 0) ++wrong;
            }
        });

    for (int i = 0; i < streams; ++i) {
        REQUIRE(log.append("account-" + std::to_string(i), annals::no_stream, deposited{i}, withdrawn{i}).has_value());
        there = i + 1;
    }
    for (auto& reader : readers) reader.join();
    CHECK(wrong == 0);
    for (int i = 0; i < streams; ++i)
        if (annals::replay<balance>(log, annals::stream("account-" + std::to_string(i)))->seen != 2) FAIL(i);
    CHECK(annals::replay<balance>(log, annals::stream("account-" + std::to_string(streams)))->seen == 0);
    CHECK(annals::replay<balance>(log, annals::category("account"))->seen == 2 * streams);
}

TEST_CASE("of writers that race for one version just one wins") {
    annals::memory_log<bank::events> log;
    std::atomic<int>                 won{0};
    std::vector<std::thread>         writers;
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back([&] {
            for (std::uint64_t v = 0; v < 500; ++v)
                if (log.append("account-ann", annals::version{v}, deposited{1})) ++won;
        });
    for (auto& writer : writers) writer.join();
    CHECK(won == static_cast<int>(log.head()->value));
    CHECK(won >= 1);
    CHECK(annals::replay<balance>(log)->cents == won);
}
