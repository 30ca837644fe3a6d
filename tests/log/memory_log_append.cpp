#include "catch.hpp"
#include "support/bank.hpp"

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

using namespace bank;
using annals::any_version;
using annals::errc;
using annals::no_stream;
using annals::stream_exists;
using annals::version;

namespace {
using log_type = annals::memory_log<bank::events>;
static_assert(annals::event_log<log_type>);

annals::metadata with_ids(std::vector<annals::uuid> ids) {
    annals::metadata about;
    about.event_ids = std::move(ids);
    return about;
}

totals all_of(const log_type& log) {
    return annals::replay<totals>(log).value();
}
}  // namespace

TEST_CASE("an append answers with the version and the position of its last event") {
    log_type log;
    const auto first = log.append("account-ann", no_stream, opened{1}, deposited{100});
    REQUIRE(first.has_value());
    CHECK(first->version == version{2});
    CHECK(first->position == annals::position{2});
    CHECK(first->count == 2);

    const auto second = log.append("account-bob", any_version, opened{2});
    REQUIRE(second.has_value());
    CHECK(second->version == version{1});
    CHECK(second->position == annals::position{3});
    CHECK(log.head().value() == annals::position{3});
}

TEST_CASE("a log that nothing was appended to has its head before the first event") {
    CHECK(log_type{}.head().value() == annals::position{0});
}

TEST_CASE("expected versions") {
    log_type log;
    SECTION("no_stream holds only for a new stream") {
        CHECK(log.append("account-ann", no_stream, opened{1}).has_value());
        const auto again = log.append("account-ann", no_stream, opened{1});
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().code == errc::version_conflict);
        CHECK(again.error().stream == "account-ann");
        CHECK(again.error().actual == version{1});
        CHECK(again.error().message() ==
              "version_conflict: stream account-ann at version 1: the stream is not at the expected version");
    }
    SECTION("version 0 means no_stream") {
        CHECK(log.append("account-ann", version{0}, opened{1}).has_value());
        CHECK_FALSE(log.append("account-ann", version{0}, opened{1}).has_value());
    }
    SECTION("stream_exists holds only for a stream with events") {
        CHECK_FALSE(log.append("account-ann", stream_exists, opened{1}).has_value());
        CHECK(log.append("account-ann", any_version, opened{1}).has_value());
        CHECK(log.append("account-ann", stream_exists, deposited{1}).has_value());
    }
    SECTION("an exact version holds only there") {
        CHECK_FALSE(log.append("account-ann", version{1}, opened{1}).has_value());
        CHECK(log.append("account-ann", no_stream, opened{1}, deposited{1}).has_value());
        CHECK_FALSE(log.append("account-ann", version{1}, deposited{1}).has_value());
        CHECK_FALSE(log.append("account-ann", version{3}, deposited{1}).has_value());
        CHECK(log.append("account-ann", version{2}, deposited{1}).has_value());
    }
    SECTION("any_version always holds") {
        CHECK(log.append("account-ann", any_version, opened{1}).has_value());
        CHECK(log.append("account-ann", any_version, deposited{1}).has_value());
    }
}

TEST_CASE("a refused append writes nothing and makes no stream") {
    log_type log;
    CHECK_FALSE(log.append("account-ann", version{4}, deposited{1}, deposited{2}).has_value());
    CHECK(log.head().value() == annals::position{0});
    CHECK(log.append("account-ann", no_stream, opened{1}).has_value());
}

TEST_CASE("bad input is an error") {
    log_type log;
    CHECK(log.append("", any_version, opened{1}).error().code == errc::invalid_stream_name);
    CHECK(log.append("account-ann", any_version).error().code == errc::nothing_to_append);
    CHECK(log.append("account-ann", any_version, std::vector<bank::events::variant>{}).error().code ==
          errc::nothing_to_append);
    CHECK(log.append("account-ann", any_version, with_ids({id_of(1)}), opened{1}, closed{}).error().code ==
          errc::invalid_metadata);
    CHECK(log.append("account-ann", any_version, with_ids({id_of(1), id_of(1)}), opened{1}, closed{}).error().code ==
          errc::invalid_metadata);
    CHECK(log.append("account-ann", any_version, with_ids({annals::uuid{}}), opened{1}).error().code ==
          errc::invalid_metadata);
    CHECK(log.head().value() == annals::position{0});
}

TEST_CASE("a range of variants is one append") {
    log_type                                log;
    const std::vector<bank::events::variant> past{opened{1}, deposited{7}, annotated{"a note"}};
    CHECK(log.append("account-ann", no_stream, past)->count == 3);
    CHECK(all_of(log).balance == 7);
    CHECK(all_of(log).notes == "a note");
}

TEST_CASE("a decision is one append") {
    log_type                                                  log;
    annals::decision<annals::events<withdrawn, annotated>> decision =
        annals::emit(withdrawn{5}, annotated{"a note that is longer than any small string buffer"});
    CHECK(log.append("account-ann", any_version, decision)->count == 2);
    CHECK(all_of(log).notes == "a note that is longer than any small string buffer");
}

TEST_CASE("an append repeated with the same event ids returns the first receipt") {
    log_type   log;
    const auto ids = with_ids({id_of(1), id_of(2)});

    SECTION("at an exact version, however long ago") {
        REQUIRE(log.append("account-ann", no_stream, opened{1}).has_value());
        const auto first = log.append("account-ann", version{1}, ids, deposited{1}, deposited{2});
        for (int i = 0; i < 5000; ++i) REQUIRE(log.append("account-ann", any_version, deposited{1}).has_value());
        const auto again = log.append("account-ann", version{1}, ids, deposited{1}, deposited{2});
        REQUIRE(again.has_value());
        CHECK(*again == *first);
        CHECK(log.head().value() == annals::position{5003});
    }
    SECTION("with no_stream, however long ago") {
        const auto first = log.append("account-ann", no_stream, ids, opened{1}, deposited{2});
        for (int i = 0; i < 5000; ++i) REQUIRE(log.append("account-ann", any_version, deposited{1}).has_value());
        CHECK(log.append("account-ann", no_stream, ids, opened{1}, deposited{2}).value() == *first);
    }
    SECTION("with any_version, within the stream's last 1024 events") {
        const auto first = log.append("account-ann", any_version, ids, opened{1}, deposited{2});
        for (int i = 0; i < 1022; ++i) {
            REQUIRE(log.append("account-ann", any_version, deposited{1}).has_value());
            REQUIRE(log.append("account-bob", any_version, deposited{1}).has_value());
        }
        CHECK(log.append("account-ann", any_version, ids, opened{1}, deposited{2}).value() == *first);
        CHECK(log.append("account-ann", stream_exists, ids, opened{1}, deposited{2}).value() == *first);
    }
    SECTION("but not on another stream") {
        CHECK(log.append("account-ann", any_version, ids, opened{1}, deposited{2}).has_value());
        CHECK(log.append("account-bob", any_version, ids, opened{1}, deposited{2})->position == annals::position{4});
    }
    SECTION("also when the caller has loaded the stream anew meanwhile") {
        const auto first = log.append("account-ann", no_stream, ids, opened{1}, deposited{2});
        CHECK(log.append("account-ann", version{2}, ids, opened{1}, deposited{2}).value() == *first);
    }
}

TEST_CASE("ids that are known only in part, or in another arrangement, are an error") {
    log_type log;
    REQUIRE(log.append("account-ann", any_version, with_ids({id_of(1), id_of(2)}), opened{1}, deposited{2}).has_value());
    const auto code = [&](std::vector<annals::uuid> ids, auto... event) {
        const auto answer = log.append("account-ann", any_version, with_ids(std::move(ids)), event...);
        return answer ? errc{-1} : answer.error().code;
    };
    CHECK(code({id_of(1), id_of(3)}, deposited{1}, deposited{2}) == errc::duplicate_event);
    CHECK(code({id_of(3), id_of(2)}, deposited{1}, deposited{2}) == errc::duplicate_event);
    CHECK(code({id_of(2), id_of(1)}, deposited{1}, deposited{2}) == errc::duplicate_event);
    CHECK(code({id_of(1)}, deposited{1}) == errc::duplicate_event);
    CHECK(code({id_of(1), id_of(2), id_of(3)}, deposited{1}, deposited{2}, closed{}) == errc::duplicate_event);
    CHECK(log.head().value() == annals::position{2});
    CHECK(code({id_of(3)}, deposited{1}) == errc{-1});
}

namespace {
// Events that count how many of them are alive, and can refuse to be copied.
struct fragile {
    struct probe {
        static inline int  alive = 0;
        static inline int  copies_left = 0;
        std::unique_ptr<int> heap = std::make_unique<int>(7);
        probe() { ++alive; }
        probe(const probe&) {
            if (copies_left-- == 0) throw std::runtime_error("no more copies");
            ++alive;
        }
        probe(probe&& other) noexcept : heap(std::move(other.heap)) { ++alive; }
        probe& operator=(const probe&) = delete;
        ~probe() { --alive; }
    };
    probe inside{};
};
struct plain {
    int number;
};
struct wide {
    std::array<std::int64_t, 3> numbers;
};
}  // namespace

TEST_CASE("what is given up is moved into the log, not copied") {
    annals::memory_log<annals::events<fragile, plain>> log;
    fragile::probe::copies_left = 0;
    CHECK(log.append("thing-one", any_version, fragile{}, fragile{})->count == 2);
    CHECK(log.append("thing-one", any_version, annals::decision<fragile>(annals::emit(fragile{}, fragile{})))->count == 2);
    annals::decision<fragile> decided = fragile{};
    CHECK(log.append("thing-one", any_version, std::move(decided))->count == 1);
}

namespace {
struct scan_of_a_page {
    std::array<unsigned char, 1'000'000> dots{};
};
}  // namespace

TEST_CASE("an event may be larger than the log's blocks of memory") {
    annals::memory_log<annals::events<scan_of_a_page, plain>> log;
    std::vector<annals::events<scan_of_a_page, plain>::variant> pages;
    for (int page = 0; page < 3; ++page) {
        auto& scanned = std::get<scan_of_a_page>(pages.emplace_back(scan_of_a_page{}));
        scanned.dots.front() = scanned.dots.back() = static_cast<unsigned char>(page + 1);
        pages.emplace_back(plain{page + 1});
    }
    REQUIRE(log.append("book-1", any_version, pages).has_value());
    int sum = 0;
    CHECK(log.read(annals::whole_log(), annals::handlers{[&](const scan_of_a_page& e) { sum += e.dots.front() + e.dots.back(); },
                                                         [&](const plain& e) { sum += 100 * e.number; }})
              .has_value());
    CHECK(sum == 612);
}

TEST_CASE("an event that throws while it is copied leaves the log as it was") {
    {
        annals::memory_log<annals::events<fragile, plain, wide>> log;
        fragile::probe::copies_left = 100;
        const fragile  event;
        REQUIRE(log.append("thing-one", any_version, event, plain{1}).has_value());

        fragile::probe::copies_left = 1;
        CHECK_THROWS_AS(log.append("thing-one", any_version, plain{2}, event, event), std::runtime_error);
        CHECK(log.head().value() == annals::position{2});
        CHECK(fragile::probe::alive == 2);

        // Over several blocks of memory too.
        fragile::probe::copies_left = 0;
        std::vector<annals::events<fragile, plain>::variant> many(20'000, plain{3});
        many.emplace_back(fragile{});
        CHECK_THROWS_AS(log.append("thing-one", any_version, many), std::runtime_error);
        CHECK(log.head().value() == annals::position{2});
        many.pop_back();
        CHECK(log.append("thing-two", annals::no_stream, annals::metadata{.event_ids = {bank::id_of(4), bank::id_of(5)}},
                         plain{4}, wide{{5, 6, 7}})
                  ->position == annals::position{4});
        CHECK(log.append("thing-one", annals::version{2}, many)->version == version{20'002});

        // What is known of each event is its own, whichever way it is read.
        int           sum = 0;
        std::uint64_t read_before = 0;
        const auto    in_order    = [&](std::string_view stream) {
            return annals::handlers{[&, stream](const plain& e, const annals::context& where) {
                                        sum += e.number;
                                        if (where.stream != stream || where.version != version{++read_before}) FAIL(read_before);
                                    },
                                    annals::otherwise([&](const auto&) { ++read_before; })};
        };
        CHECK(log.read(annals::stream("thing-one"), in_order("thing-one"))->count == 20'002);
        CHECK(sum == 60'001);
        read_before = 0;
        CHECK(log.read(annals::stream("thing-two"), in_order("thing-two"))->count == 2);
        CHECK(sum == 60'005);
        read_before = 2;
        CHECK(log.read(annals::whole_log().from(annals::position{5}), in_order("thing-one"))->count == 20'000);
        CHECK(sum == 120'005);
        CHECK(log.read(annals::stream("thing-two"), annals::handlers{[&](const plain& e, const annals::context& where) {
                                                                         CHECK(where.id == bank::id_of(static_cast<std::uint8_t>(e.number)));
                                                                     },
                                                                     annals::otherwise()})
                  .has_value());
    }
    CHECK(fragile::probe::alive == 0);
}

TEST_CASE("events given as temporaries are moved into the log") {
    struct moved {
        std::unique_ptr<int> only;
    };
    annals::memory_log<annals::events<moved>> log;
    REQUIRE(log.append("thing-one", any_version, moved{std::make_unique<int>(42)}).has_value());
    int seen = 0;
    CHECK(log.read(annals::stream("thing-one"), annals::handlers{[&](const moved& e) { seen = *e.only; }}).has_value());
    CHECK(seen == 42);
}

TEST_CASE("over-aligned and empty events lie where they must") {
    struct alignas(64) wide {
        char letter;
    };
    struct nothing_much {};
    annals::memory_log<annals::events<wide, nothing_much, plain>> log;
    for (int i = 0; i < 300; ++i)
        REQUIRE(log.append("thing-one", any_version, nothing_much{}, wide{static_cast<char>(i % 100)}, plain{i}).has_value());
    int  wides = 0, numbers = 0;
    bool aligned = true;
    CHECK(log.read(annals::whole_log(), annals::handlers{
                                            [&](const wide& e) {
                                                aligned = aligned && reinterpret_cast<std::uintptr_t>(&e) % 64 == 0;
                                                wides += e.letter;
                                            },
                                            [](const nothing_much&) {},
                                            [&](const plain& e) { numbers += e.number; },
                                        })
              .has_value());
    CHECK(aligned);
    CHECK(wides == 3 * 4950);
    CHECK(numbers == 300 * 299 / 2);
}
