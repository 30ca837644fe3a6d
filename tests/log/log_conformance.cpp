// Each log keeps the promises that every log makes, and a log that breaks one of them is found out.
#include "catch.hpp"
#include "support/temporary_directory.hpp"

#include <annals/log/file_log.hpp>
#include <annals/log/memory_log.hpp>
#include <annals/testing/log_conformance.hpp>
#include <annals/testing/log_schema_conformance.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using annals::conformance_events;
using annals::error;
using annals::expected;
using annals::file_log_options;
using annals::metadata;
using annals::position;
using annals::receipt;
using annals::version;

namespace {

using promises = std::vector<std::string>;
using memory   = annals::memory_log<conformance_events>;
using durable  = annals::file_log<conformance_events>;

// File logs one after the other, each in a directory of its own.
class file_logs {
public:
    explicit file_logs(const file_log_options& options) : options_(options) {}

    durable make() {
        current_ = home_ / std::to_string(++count_);
        return open();
    }
    void reopen(durable& log) {
        if (const auto closed = log.close(); !closed) throw std::runtime_error(closed.error().message());
        log = open();
    }
    promises broken(std::uint64_t seed) {
        return annals::log_conformance([&] { return make(); }, seed, [&](durable& log) { reopen(log); });
    }

private:
    durable open() {
        auto opened = durable::open(current_, options_);
        if (!opened) throw std::runtime_error(opened.error().message());
        return std::move(*opened);
    }

    support::temporary_directory home_;
    file_log_options             options_;
    std::string                  current_;
    int                          count_ = 0;
};

constexpr std::uint64_t kibibyte = 1024;

}  // namespace

TEST_CASE("a memory log keeps the promises of every log") {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) CHECK(annals::log_conformance([] { return memory(); }, seed) == promises{});
}

TEST_CASE("a file log keeps the promises of every log, also if it is closed and opened again and again") {
    file_log_options options;
    options.segment_size = 1024 * kibibyte;
    SECTION("with a thread of its own") {}
    SECTION("without one") { options.background = false; }
    SECTION("when it is not told to wait for the disk") { options.acknowledge = annals::acknowledge::when_written; }
    CHECK(file_logs(options).broken(3) == promises{});
}

TEST_CASE("a file log knows what it holds, whatever program opens it") {
    const support::temporary_directory home;
    CHECK(annals::log_schema_conformance([&]<class Events>(std::type_identity<Events>) {
              return annals::file_log<Events>::open(home / "log");
          }) == promises{});
    SECTION("and one that does not is found out") {
        int        count  = 0;
        const auto broken = annals::log_schema_conformance([&]<class Events>(std::type_identity<Events>) {
            return annals::file_log<Events>::open(home / std::to_string(++count));
        });
        REQUIRE(broken.size() > 3);
        CHECK(broken[0] == "schemas: the same program opens it again");
        CHECK(broken[1] == "schemas: a program that misreads an event is refused with incompatible_schema; instead: it reads");
    }
}

TEST_CASE("a file log keeps the promises of every log, in however many files it is") {
    file_log_options options;
    options.segment_size = 64 * kibibyte;
    options.background   = false;
    CHECK(file_logs(options).broken(4) == promises{});
}

namespace {

// What can be wrong with a log, one at a time.
enum class flaw {
    none,
    forgets_what_is_expected,
    writes_half_of_what_it_refuses,
    writes_a_repetition_again,
    takes_any_order_for_a_repetition,
    makes_no_ids,
    takes_streams_without_a_name,
    loses_the_actor,
    counts_receipts_wrongly,
    names_no_stream_in_errors,
    begins_too_late,
    forgets_the_limit,
    forgets_the_direction,
    forgets_the_time,
    forgets_the_position,
    takes_a_category_for_all,
    counts_only_what_is_handled,
    sees_what_comes_while_it_reads,
    keeps_what_handlers_throw,
    has_its_head_behind_the_end,
    forgets_when_it_is_opened_again,
    lets_two_have_one_version,
    hides_what_comes_now,
    cuts_long_names,
    begins_what_it_refuses,
    count_of_flaws,
};

class broken_log {
public:
    using events = memory::events;

    explicit broken_log(flaw which) : flaw_(which) {}

    template <class... Given>
    expected<receipt, error> append(std::string_view stream, annals::expected_version expects, Given&&... given) {
        return annals::detail::with_metadata(
            [&](const metadata& about, auto&&... event) { return append_flawed(stream, expects, about, event...); }, given...);
    }

    template <class Unit, class Reader>
    expected<annals::read_result, error> read(annals::query<Unit> what, Reader&& reader) const {
        using reader_type = std::remove_cvref_t<Reader>;
        if (flaw_ == flaw::begins_too_late && what.first > 1) ++what.first;
        if (flaw_ == flaw::hides_what_comes_now && what.first > 100 && what.scope == annals::query_scope::whole_log) ++what.first;
        if (flaw_ == flaw::forgets_the_limit) what.most = annals::unlimited;
        if (flaw_ == flaw::forgets_the_direction) what.descending = false;
        if (flaw_ == flaw::forgets_the_time) what.last_time = annals::query<Unit>{}.last_time;
        if (flaw_ == flaw::forgets_the_position) what.last_position = annals::query<Unit>{}.last_position;
        if (flaw_ == flaw::takes_a_category_for_all && what.scope == annals::query_scope::category)
            what.scope = annals::query_scope::whole_log;
        if (flaw_ == flaw::sees_what_comes_while_it_reads && what.most == annals::unlimited && !what.descending)
            return read_on(what, reader);
        if (flaw_ == flaw::keeps_what_handlers_throw) return read_in_peace(what, reader);
        auto answer = inside_.read(what, reader);
        if (flaw_ == flaw::counts_only_what_is_handled && answer &&
            annals::detail::reads<reader_type, annals::conformance::named> &&
            !annals::detail::reads<reader_type, annals::conformance::placed>)
            answer->count = 0;
        return answer;
    }

    expected<position, error> head() const {
        auto at = inside_.head();
        if (flaw_ == flaw::has_its_head_behind_the_end) ++at->value;
        return at;
    }

    // It has nothing that it could open again, but for what it is to forget.
    void reopen() {
        if (flaw_ == flaw::forgets_when_it_is_opened_again)
            (void)inside_.append("forgotten", annals::any_version, annals::conformance::emptied{});
    }

private:
    template <class... Given>
    expected<receipt, error> append_flawed(std::string_view stream, annals::expected_version expects, metadata about,
                                           Given&... given) {
        if (flaw_ == flaw::forgets_what_is_expected) expects = annals::any_version;
        if (flaw_ == flaw::writes_a_repetition_again) about.event_ids.clear();
        if (flaw_ == flaw::takes_any_order_for_a_repetition) std::sort(about.event_ids.begin(), about.event_ids.end());
        if (flaw_ == flaw::takes_streams_without_a_name && stream.empty()) stream = "nobody";
        if (flaw_ == flaw::loses_the_actor) about.actor.clear();
        if (flaw_ == flaw::cuts_long_names) stream = stream.substr(0, 1024);
        if (flaw_ == flaw::begins_what_it_refuses && ((size_of(given) > 1000) || ...)) {
            (void)inside_.append(stream, annals::any_version, annals::conformance::emptied{});
            return annals::unexpected<error>(error{annals::errc::append_too_large, "it is too much", std::string{stream}});
        }
        if (flaw_ == flaw::lets_two_have_one_version) {
            const auto now = inside_.read(annals::stream(stream), annals::handlers{annals::otherwise()});
            // As long as it takes to look for the version, and then to write: long enough that, on any machine, others look too.
            if (stream.starts_with("race")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (about.event_ids.empty() && now && expects.holds(now->version)) expects = annals::any_version;
        }
        auto answer = inside_.append(stream, expects, about, given...);
        if (flaw_ == flaw::writes_half_of_what_it_refuses && !answer && answer.error().code == annals::errc::version_conflict)
            (void)inside_.append(stream, annals::any_version, annals::conformance::emptied{});
        if (flaw_ == flaw::counts_receipts_wrongly && answer) answer->count = 1;
        if (flaw_ == flaw::names_no_stream_in_errors && !answer) answer.error().stream.clear();
        return answer;
    }

    template <class Given>
    static std::size_t size_of(const Given& given) {
        if constexpr (requires { given.size(); }) return given.size();
        return 1;
    }

    // One event after the other, until there is none.
    template <class Unit, class Reader>
    expected<annals::read_result, error> read_on(annals::query<Unit> what, Reader& reader) const {
        annals::read_result all;
        for (;;) {
            const auto one = inside_.read(what.limit(1), reader);
            if (one->count == 0) return all;
            all        = {all.count + 1, one->version, one->position};
            what.first = 1 + (what.scope == annals::query_scope::stream ? all.version.value : all.position.value);
        }
    }
    template <class Unit, class Reader>
    expected<annals::read_result, error> read_in_peace(const annals::query<Unit>& what, Reader& reader) const {
        try {
            return inside_.read(what, reader);
        } catch (...) { return annals::read_result{}; }
    }

    struct nil_ids_if {
        bool                      nil;
        annals::uuid_v7_generator make_id{};
        annals::uuid              operator()() { return nil ? annals::uuid{} : make_id(); }
    };

    flaw                                                                  flaw_;
    annals::memory_log<conformance_events, annals::utc_clock, nil_ids_if> inside_{{}, nil_ids_if{flaw_ == flaw::makes_no_ids}};
};

promises broken_by(flaw which) {
    return annals::log_conformance([&] { return broken_log(which); }, 1, [](broken_log& log) { log.reopen(); });
}

}  // namespace

TEST_CASE("a log that breaks a promise is found out") {
    CHECK(broken_by(flaw::none) == promises{});
    for (int each = 1; each < static_cast<int>(flaw::count_of_flaws); ++each) {
        CAPTURE(each);
        CHECK_FALSE(broken_by(static_cast<flaw>(each)).empty());
    }
}

TEST_CASE("what a log breaks is said in words") {
    const promises found = broken_by(flaw::forgets_what_is_expected);
    REQUIRE_FALSE(found.empty());
    CHECK(found.front() ==
          "expected versions: a stream at version 0 and an append that expects stream_exists do not go together; "
          "instead: version 2, position 6, 2 events");
}

TEST_CASE("a log that cannot be made, or throws, is no surprise to the suite") {
    const promises found = annals::log_conformance([]() -> memory { throw std::runtime_error("there is no log today"); });
    REQUIRE_FALSE(found.empty());
    CHECK(found.front() == "appending: nothing is thrown; instead: there is no log today");
}
