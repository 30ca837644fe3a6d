// A log is copied into another with all that is known of its events, while it is written, and in as many pieces as it takes.
#include "catch.hpp"
#include "support/temporary_directory.hpp"

#include <annals/app/copy.hpp>
#include <annals/log/file_log.hpp>
#include <annals/log/memory_log.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/observed.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using annals::any_version;
using annals::errc;
using annals::position;
using annals::version;
using namespace annals::conformance;
using annals::conformance::named;
using memory  = annals::memory_log<annals::conformance_events>;
using durable = annals::file_log<annals::conformance_events>;

namespace {

annals::uuid id_of(std::uint64_t number) {
    annals::uuid id;
    id.bytes[0]  = 1;
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

annals::metadata said(std::uint64_t i) {
    annals::metadata about;
    about.actor       = i % 3 == 0 ? "ann" : "";
    about.correlation = i % 4 == 0 ? id_of(i) : annals::uuid{};
    if (i % 5 == 0) about.values = {{"key", std::to_string(i)}, {"", ""}};
    return about;
}

// Not REQUIRE, which only one thread may use.
void must(const annals::expected<annals::receipt, annals::error>& done) {
    if (!done) throw std::runtime_error(done.error().message());
}

void append_some(memory& log, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto        number = static_cast<std::int64_t>(i);
        const std::string stream = "account-" + std::to_string(i % 7);
        switch (i % 4) {
            case 0: must(log.append(stream, any_version, said(i), placed{number, -number}, named{"two"}, emptied{})); break;
            case 1: must(log.append(stream, any_version, said(i), annals::historic(weighed_v1{static_cast<int>(i)}))); break;
            case 2: must(log.append("audit", any_version, said(i), labelled{{"a", "b"}, 7})); break;
            default: must(log.append(stream, any_version, said(i), weighed{number})); break;
        }
    }
}

template <class Log>
std::vector<std::string> story_of(const Log& log) {
    std::vector<std::string> all;
    for (const observed& each : look(log, annals::whole_log()).seen) all.push_back(text_of(each));
    return all;
}

durable open_at(const std::string& directory) {
    annals::file_log_options options;
    options.acknowledge = annals::acknowledge::when_written;
    auto log            = durable::open(directory, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

// A memory log that takes so many appends, and then is gone until it is given more.
struct failing : memory {
    std::uint64_t left = 0;

    template <class... Given>
    annals::expected<annals::receipt, annals::error> append(Given&&... given) {
        if (left == 0) return annals::unexpected<annals::error>(annals::error{errc::unreachable, "there is no connection", {}});
        --left;
        return memory::append(std::forward<Given>(given)...);
    }
};

}  // namespace

TEST_CASE("A copy tells the same story, and back again") {
    const support::temporary_directory directory;
    memory                             first;
    append_some(first, 300);
    durable    second = open_at(directory / "log");
    const auto done   = annals::copy(first, second);
    REQUIRE(done);
    CHECK(done->events == first.head()->value);
    CHECK(done->at == done->head);
    CHECK(story_of(second) == story_of(first));
    memory third;
    REQUIRE(annals::copy(second, third));
    CHECK(story_of(third) == story_of(first));
    SECTION("with older revisions as they were stored") {
        const auto older_in = [](const auto& log) {
            std::uint64_t count = 0;
            REQUIRE(log.read(annals::whole_log(), annals::handlers{annals::otherwise(
                                                      annals::detail::as_stored{[&]<class E>(const E&, const annals::context&) {
                                                          count += std::is_same_v<E, weighed_v1> ? 1 : 0;
                                                      }})}));
            return count;
        };
        CHECK(older_in(first) == 75);
        CHECK(older_in(second) == 75);
        CHECK(older_in(third) == 75);
    }
    SECTION("and what was appended once is known there") {
        const auto again = annals::metadata{.event_ids = {id_of(1), id_of(2)}};
        const auto here  = first.append("once", any_version, again, emptied{}, emptied{});
        REQUIRE(annals::copy(first, second));
        CHECK(*second.append("once", any_version, again, emptied{}, emptied{}) == *here);
        CHECK(second.append("once", any_version, annals::metadata{.event_ids = {id_of(2)}}, emptied{}).error().code ==
              errc::duplicate_event);
    }
}

namespace {

struct opened {
    std::int64_t owner;
};
struct flagged {
    std::int64_t reason;
};
using events_of_today = annals::events<opened, annals::retired<flagged>>;

}  // namespace

TEST_CASE("What nobody reads any more is copied, too") {
    annals::memory_log<events_of_today> first, second;
    REQUIRE(first.append("account-1", any_version, opened{1}, annals::historic(flagged{2}), opened{3}));
    REQUIRE(annals::copy(first, second));
    const auto all = second.read(annals::stream("account-1"), annals::handlers{annals::otherwise()});
    CHECK(all->count == 3);
    CHECK(all->version == version{3});
}

TEST_CASE("A copy that was cut off goes on where it was, with another object, too") {
    memory first;
    append_some(first, 100);
    failing       second;
    std::uint64_t told = 0, pieces = 0;
    for (;; ++pieces) {
        second.left = 1 + pieces % 5;
        annals::log_copy copying(first, second, {.batch = 1 + pieces % 11, .told = [&](const annals::copy_progress& now) {
                                                     CHECK(now.at <= now.head);
                                                     told = now.at.value;
                                                 }});
        const auto       done = copying.catch_up();
        if (pieces % 2 == 0) CHECK(copying.verify());
        if (done) break;
        CHECK(done.error().code == errc::unreachable);
    }
    CHECK(pieces > 20);
    CHECK(told == first.head()->value);
    CHECK(story_of(second) == story_of(first));
}

TEST_CASE("An append of more events than are read at a time stays one") {
    memory                 first;
    std::vector<any_event> many(50, placed{1, 2});
    REQUIRE(first.append("account-1", any_version, emptied{}));
    REQUIRE(first.append("account-1", any_version, many));
    REQUIRE(first.append("account-1", any_version, emptied{}));
    memory second;
    REQUIRE(annals::copy(first, second, {.batch = 3}));
    CHECK(story_of(second) == story_of(first));
}

TEST_CASE("What is copied into must be empty, or a copy") {
    memory first, second;
    append_some(first, 20);
    SECTION("and not something else") {
        REQUIRE(second.append("account-1", any_version, emptied{}));
        const auto refused = annals::copy(first, second);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::version_conflict);
        CHECK(*second.head() == position{1});
    }
    SECTION("nor in its midst") {
        REQUIRE(second.append("account-0", any_version, emptied{}));
        // The last event is the source's, but not the first.
        const auto last = look(first, annals::stream("audit")).seen.front();
        REQUIRE(second.append("audit", any_version, annals::metadata{.event_ids = {last.id}}, labelled{{"a", "b"}, 7}));
        annals::log_copy copying(first, second);
        CHECK(copying.verify().error().code == errc::damaged);
        CHECK(copying.catch_up().error().code == errc::version_conflict);
    }
    SECTION("and it is found out when somebody writes to it") {
        annals::log_copy copying(first, second);
        REQUIRE(copying.catch_up());
        REQUIRE(copying.verify());
        REQUIRE(second.append("account-0", any_version, emptied{}));
        CHECK(copying.verify().error().code == errc::version_conflict);
        append_some(first, 4);
        CHECK(copying.catch_up().error().code == errc::version_conflict);
    }
    SECTION("even while it is compared") {
        bool             is_to_write = false;
        annals::log_copy copying(first, second, {.batch = 7, .told = [&](const annals::copy_progress&) {
                                                     if (std::exchange(is_to_write, false))
                                                         must(second.append("late", any_version, emptied{}));
                                                 }});
        REQUIRE(copying.catch_up());
        is_to_write = true;
        CHECK(copying.verify().error().details == "the copy has more events");
    }
}

namespace {

template <class Change>
void check_is_seen(const char* what, Change change) {
    memory first, second;
    for (std::uint64_t i = 0; i < 4; ++i) {
        REQUIRE(first.append("account-1", any_version, said(i), weighed{7}));
        REQUIRE(first.append("audit", any_version, said(i), labelled{{"a", "b"}, 7}));
    }
    std::uint64_t left = 5;
    // As a copy would, but for one event.
    REQUIRE(first.read(
        annals::whole_log(), annals::handlers{annals::otherwise([&]<class E>(E event, const annals::context& where) {
            annals::metadata about{{where.id}, where.correlation, where.causation, std::string{where.actor}, {}, where.time};
            for (const auto& each : where.values) about.values.push_back({std::string{each.key}, std::string{each.value}});
            std::string stream{where.stream};
            if (--left == 0) change(stream, about, event);
            REQUIRE(second.append(stream, any_version, about, event));
        })}));
    const auto answer = annals::log_copy(first, second).verify();
    REQUIRE_FALSE(answer);
    CHECK(answer.error().details.find(what) != std::string::npos);
}

}  // namespace

TEST_CASE("What differs in a copy is found, and named") {
    check_is_seen("the actor of", [](std::string&, annals::metadata& about, auto&) { about.actor = "bob"; });
    check_is_seen("the correlation of", [](std::string&, annals::metadata& about, auto&) { about.correlation = id_of(99); });
    check_is_seen("the causation of", [](std::string&, annals::metadata& about, auto&) { about.causation = id_of(99); });
    check_is_seen("the metadata of", [](std::string&, annals::metadata& about, auto&) { about.values.push_back({"a", "b"}); });
    check_is_seen("the id of", [](std::string&, annals::metadata& about, auto&) { about.event_ids = {id_of(99)}; });
    check_is_seen("the stream of", [](std::string& stream, annals::metadata&, auto&) { stream += "x"; });
    check_is_seen("the time of", [](std::string&, annals::metadata& about, auto&) { about.time->nanoseconds += 1; });
    check_is_seen("the content of", []<class E>(std::string&, annals::metadata&, E& event) {
        if constexpr (requires { event.labels; }) event.labels.push_back("more");
        if constexpr (requires { event.milligrams; }) event.milligrams += 1;
    });
    memory first, second;
    REQUIRE(first.append("account-1", any_version, annals::metadata{.event_ids = {id_of(1), id_of(2)}}, emptied{}, emptied{}));
    const auto together = look(first, annals::whole_log()).seen.front().time;
    for (const std::uint64_t each : {1U, 2U})
        REQUIRE(
            second.append("account-1", any_version, annals::metadata{.event_ids = {id_of(each)}, .time = together}, emptied{}));
    CHECK(annals::log_copy(first, second).verify().error().details == "the append of an event differs");
}

TEST_CASE("A source whose beginning is gone cannot be copied, and says so") {
    const support::temporary_directory directory;
    annals::file_log_options           options;
    options.segment_size = 64 * 1024;
    options.background   = false;
    auto first           = durable::open(directory / "log", options);
    REQUIRE(first);
    for (int i = 0; i < 40; ++i) REQUIRE(first->append("account-1", any_version, named{std::string(5000, 'x')}));
    REQUIRE(first->truncate_before(position{30}, trace{}));
    memory     second;
    const auto refused = annals::copy(*first, second);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::out_of_range);
    CHECK(*second.head() == position{});
}

TEST_CASE("How far a copy is lies within what is there, also if the source grows meanwhile") {
    // It gets an event between being asked for its head and being read.
    struct growing : memory {
        annals::expected<position, annals::error> head() const {
            const auto before = memory::head();
            must(const_cast<growing*>(this)->append("account-1", any_version, emptied{}));
            return before;
        }
    };
    growing first;
    memory  second;
    REQUIRE(first.append("account-1", any_version, emptied{}));
    annals::log_copy copying(first, second);
    const auto       done = copying.catch_up();
    REQUIRE(done);
    CHECK(done->at == position{2});
    CHECK(done->at == done->head);
}

TEST_CASE("A log is copied while others write to it") {
    memory           first, second;
    annals::log_copy copying(first, second, {.batch = 16});
    bool             is_well = false;
    std::thread      running([&] { is_well = copying.run().has_value(); });
    std::thread      writing([&] { append_some(first, 200); });
    append_some(first, 200);
    writing.join();
    while (*second.head() < *first.head()) std::this_thread::yield();
    copying.stop();
    running.join();
    CHECK(is_well);
    const auto same = copying.verify();
    REQUIRE(same);
    CHECK(same->at == same->head);
    CHECK(story_of(second) == story_of(first));
}
