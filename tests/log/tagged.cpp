// Finding events by their tags, and appending on a condition, in all logs that can.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <annals/log/tagged.hpp>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using annals::append_condition;
using annals::position;
using annals::tag_set;
using annals::tagged;

namespace library {

enum class kind : std::uint8_t { paper, film };
struct member_id {
    std::int64_t number;

    friend bool operator==(const member_id&, const member_id&) = default;
};

struct bought {
    std::string   title;
    library::kind kind;

    using tags = annals::tags<&bought::title, &bought::kind>;
};
struct lent {
    std::string title;
    member_id   member;

    using tags = annals::tags<&lent::title, &lent::member>;
};
struct reserved {
    std::vector<std::string> titles;  // each is a tag
    std::optional<member_id> member;

    using tags = annals::tags<&reserved::titles, &reserved::member>;
};
struct opened_at {
    std::string hour;
};

using events = annals::events<bought, lent, reserved, opened_at>;

}  // namespace library

namespace {

using namespace library;
using member_log = annals::memory_log<events>;
using disk_log   = annals::file_log<events>;

template <class Log, class Query>
std::vector<std::uint64_t> positions_of(const Log& log, const Query& what) {
    std::vector<std::uint64_t> found;
    const auto done = log.read(what, annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                                   found.push_back(where.position.value);
                               })});
    if (!done) throw std::runtime_error(done.error().message());
    if (done->count != found.size()) throw std::runtime_error("the count is wrong");
    return found;
}

// What the index should find, found by looking at every event.
struct book_of_tags {
    std::vector<std::vector<std::string>> tags;  // of each event, by its position less one

    template <class E>
    void add(const E& event) {
        tags.emplace_back();
        annals::detail::for_each_tag(event, [&](std::string_view tag) { tags.back().emplace_back(tag); });
    }
    bool carries(std::size_t index, std::string_view wanted) const {
        return annals::detail::for_each_tag_in(wanted, [&](std::string_view tag) {
            return std::find(tags[index].begin(), tags[index].end(), tag) != tags[index].end();
        });
    }
    std::vector<std::uint64_t> select(const annals::log_query& what) const {
        std::vector<std::uint64_t> found;
        for (std::size_t i = 0; i < tags.size(); ++i) {
            const std::uint64_t at = i + 1;
            if (at >= what.first && at <= what.last && at <= what.last_position.value && carries(i, what.name))
                found.push_back(at);
        }
        if (what.descending) std::reverse(found.begin(), found.end());
        if (found.size() > what.most) found.resize(what.most);
        return found;
    }
};

class arbitrary_library {
public:
    explicit arbitrary_library(unsigned seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t count) { return random_() % count; }
    std::string   title() { return titles_[below(4)]; }
    member_id     member() { return {static_cast<std::int64_t>(below(3))}; }
    std::string   stream() { return "shelf-" + std::to_string(below(5)); }

    std::variant<bought, lent, reserved, opened_at> event() {
        switch (below(4)) {
            case 0: return bought{title(), below(2) == 0 ? kind::paper : kind::film};
            case 1: return lent{title(), member()};
            case 2: {
                reserved made;
                for (std::uint64_t i = below(4); i != 0; --i) made.titles.push_back(title());
                if (below(2) == 0) made.member = member();
                return made;
            }
            default: return opened_at{"nine"};
        }
    }
    tag_set tags() {
        switch (below(7)) {
            case 5: return tag_set("titles", std::vector<std::string>{title(), title()});
            case 6: return tag_set("member", member()).with("titles", title());
            case 0: return tag_set("title", title());
            case 1: return tag_set("member", member());
            case 2: return tag_set("title", title()).with("member", member());
            case 3: return tag_set("kind", kind::film).with("title", title());
            default: return tag_set("title", title()).with("title", title());
        }
    }
    annals::log_query restricted(annals::log_query what, std::uint64_t size) {
        if (below(3) == 0) what = what.from(position{below(size + 2)});
        if (below(3) == 0) what = what.to(position{below(size + 2)});
        if (below(4) == 0) what = what.until(position{below(size + 2)});
        if (below(4) == 0) what = what.limit(below(5));
        if (below(2) == 0) what = what.backwards();
        return what;
    }

private:
    std::mt19937             random_;
    std::vector<std::string> titles_{"Emma", "a\nb", "a\\nb", ""};
};

template <class Log>
void append_some(Log& log, arbitrary_library& any, book_of_tags& book, int appends) {
    for (int i = 0; i < appends; ++i) {
        std::vector<std::variant<bought, lent, reserved, opened_at>> batch;
        for (std::uint64_t count = any.below(5) == 0 ? any.below(6) + 1 : 1; count != 0; --count) batch.push_back(any.event());
        REQUIRE(log.append(any.stream(), annals::any_version, batch));
        for (const auto& each : batch) std::visit([&](const auto& event) { book.add(event); }, each);
    }
}
template <class Log>
void compare(const Log& log, arbitrary_library& any, const book_of_tags& book, int queries) {
    for (int i = 0; i < queries; ++i) {
        const tag_set wanted = any.tags();
        const auto    what   = any.restricted(tagged(wanted), book.tags.size());
        INFO(std::string_view(wanted));
        REQUIRE(positions_of(log, what) == book.select(what));
    }
}

// A condition holds if, and only if, no event of the list behind the place carries the tags.
template <class Log>
void try_conditions(Log& log, arbitrary_library& any, book_of_tags& book, int tries) {
    int fulfilled = 0, failed = 0;
    for (int i = 0; i < tries; ++i) {
        const auto          size  = static_cast<std::uint64_t>(book.tags.size());
        const std::uint64_t after = size - any.below(std::min<std::uint64_t>(size, 6) + 1);
        const tag_set       first = any.tags(), second = any.tags();
        const auto          event = any.event();
        bool                due   = true;
        for (std::uint64_t at = after; at < size; ++at)
            if (book.carries(at, first) || book.carries(at, second)) due = false;
        const append_condition<annals::events<bought, lent, reserved>, events> unchanged{position{after}, {first, second}};
        const auto answer = std::visit([&](const auto& each) { return log.append(any.stream(), unchanged, each); }, event);
        REQUIRE(answer.has_value() == due);
        (due ? fulfilled : failed) += 1;
        if (due)
            std::visit([&](const auto& each) { book.add(each); }, event);
        else
            REQUIRE(answer.error().code == annals::errc::condition_failed);
    }
    REQUIRE(fulfilled > tries / 10);
    REQUIRE(failed > tries / 10);
}

}  // namespace

TEST_CASE("Arbitrary events are found by their tags in memory", "[tags]") {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        arbitrary_library any(seed);
        book_of_tags      book;
        member_log        log;
        for (int round = 0; round < 4; ++round) {
            append_some(log, any, book, 40);
            compare(log, any, book, 60);
        }
        try_conditions(log, any, book, 100);
        compare(log, any, book, 20);
    }
}

TEST_CASE("Arbitrary events are found by their tags in files, also when these are opened again", "[tags]") {
    for (unsigned seed = 1; seed <= 3; ++seed) {
        const support::temporary_directory directory;
        arbitrary_library                  any(seed);
        book_of_tags                       book;
        for (int round = 0; round < 3; ++round) {
            auto log = support::opened<disk_log>(directory.path() / "log");
            compare(log, any, book, 20);
            append_some(log, any, book, 300);
            compare(log, any, book, 60);
            try_conditions(log, any, book, 40);
            compare(log, any, book, 20);
            REQUIRE(log.verify());
            compare(support::opened_read_only<disk_log>(directory.path() / "log"), any, book, 20);
            if (round == 1) std::filesystem::remove(directory.path() / "log" / "streams.index");
        }
    }
}

TEST_CASE("A category's name, and a stream's, say nothing of tags", "[tags]") {
    member_log log;
    REQUIRE(log.append("title-Emma", annals::no_stream, lent{"Persuasion", {1}}));
    CHECK(positions_of(log, tagged(tag_set("title", "Emma"))).empty());
    CHECK(positions_of(log, tagged(tag_set("title", "Persuasion"))) == std::vector<std::uint64_t>{1});
    CHECK(positions_of(log, tagged(tag_set())) == std::vector<std::uint64_t>{1});
}

TEST_CASE("A tag without a value is carried by no event", "[tags]") {
    const auto has_none = [](auto& log) {
        REQUIRE(log.append("a", annals::no_stream, reserved{{}, {}}, lent{"Emma", {1}}, reserved{{"Emma"}, {}}));
        for (const tag_set& none : {tag_set("member", std::optional<member_id>{}), tag_set("title", std::vector<std::string>{}),
                                    tag_set("title", "Emma").with("member", std::optional<member_id>{}),
                                    tag_set("member", std::optional<member_id>{}).with("title", "Emma")}) {
            CHECK(positions_of(log, tagged(none)).empty());
            const append_condition<library::events> unchanged{position{0}, {none}};
            CHECK(log.append("b", unchanged, opened_at{"nine"}));
        }
    };
    member_log in_memory;
    has_none(in_memory);
    const support::temporary_directory directory;
    auto                               in_files = support::opened<disk_log>(directory.path() / "log");
    has_none(in_files);
}

TEST_CASE("A condition about nothing holds, and so does one behind all that can be", "[tags]") {
    const append_condition<>                 of_no_list;
    const append_condition<annals::events<>> of_no_event;
    const append_condition<library::events>  of_any_event;
    const append_condition<library::events>  behind_the_end{position{1000}, {}}, behind_all{position{annals::unlimited}, {}};
    const auto                               holds = [&](auto& log, const auto& condition) {
        const auto answer = log.append("b", condition, opened_at{"nine"});
        return answer.has_value();
    };
    const auto all_hold = [&](auto& log) {
        CHECK(holds(log, of_any_event));
        CHECK_FALSE(holds(log, of_any_event));
        CHECK(holds(log, of_no_list));
        CHECK(holds(log, of_no_event));
        CHECK(holds(log, behind_the_end));
        CHECK(holds(log, behind_all));
    };
    member_log in_memory;
    all_hold(in_memory);
    const support::temporary_directory directory;
    auto                               in_files = support::opened<disk_log>(directory.path() / "log");
    all_hold(in_files);
}

TEST_CASE("An append with a condition that comes again is the first one, and leaves its events alone if it fails", "[tags]") {
    const auto once = [](auto& log) {
        annals::metadata about;
        about.event_ids = {annals::uuid_v7_generator{}()};
        append_condition<library::events> unchanged;
        unchanged.tags[0] = tag_set("title", "Emma");
        const auto first  = log.append("a", unchanged, about, lent{"Emma", {1}});
        REQUIRE(first);
        REQUIRE(log.append("a", annals::any_version, opened_at{"nine"}));
        const auto again = log.append("a", unchanged, about, lent{"Emma", {1}});
        REQUIRE(again);
        CHECK(again->position == first->position);
        reserved   kept{{"Emma", "Persuasion"}, {}};
        const auto failed = log.append("a", unchanged, std::move(kept));
        REQUIRE_FALSE(failed);
        CHECK(kept.titles.size() == 2);
        unchanged.after = *log.head();
        REQUIRE(log.append("a", unchanged, std::move(kept)));
        CHECK(positions_of(log, tagged(tag_set("titles", "Persuasion"))) == std::vector<std::uint64_t>{3});
    };
    member_log in_memory;
    once(in_memory);
    const support::temporary_directory directory;
    auto                               in_files = support::opened<disk_log>(directory.path() / "log");
    once(in_files);
}

TEST_CASE("An append may have many tags, and many events with the same ones", "[tags]") {
    const support::temporary_directory        directory;
    const auto                                path = directory.path() / "log";
    std::vector<std::variant<lent, reserved>> batch;
    for (std::int64_t i = 0; i < 3000; ++i) batch.push_back(lent{i % 2 == 0 ? "Emma" : "Persuasion", {i % 1000}});
    {
        annals::file_log_options large;
        large.segment_size = 4U << 20U;
        auto log           = support::opened<disk_log>(path, large);
        REQUIRE(log.append("a", annals::no_stream, batch));
        REQUIRE(log.append("a", annals::any_version, lent{"Emma", {7}}));
    }
    auto log = support::opened<disk_log>(path);
    REQUIRE(log.verify());
    CHECK(positions_of(log, tagged(tag_set("member", member_id{7}))) == std::vector<std::uint64_t>{8, 1008, 2008, 3001});
    CHECK(positions_of(log, tagged(tag_set("title", "Emma"))).size() == 1501);
    CHECK(positions_of(log, tagged(tag_set("title", "Emma").with("member", member_id{7}))) == std::vector<std::uint64_t>{3001});
    CHECK(positions_of(log, tagged(tag_set("member", member_id{1000}))).empty());
}

namespace before {
struct lent {
    std::string title;
    member_id   member;
};
struct bought {
    std::string   title;
    library::kind kind;

    using tags = annals::tags<&bought::title>;
};
using events = annals::events<bought, lent>;
}  // namespace before
namespace after {
struct lent {
    std::string title;
    member_id   member;

    using tags = annals::tags<&lent::title, &lent::member>;
};
using events = annals::events<before::bought, lent>;
}  // namespace after

TEST_CASE("Events that were written before they had tags are found by them all the same", "[tags]") {
    const support::temporary_directory directory;
    const auto                         path = directory.path() / "log";
    {
        auto log = support::opened<annals::file_log<before::events>>(path);
        REQUIRE(log.append("a", annals::any_version, before::lent{"Emma", {1}}));
        REQUIRE(log.append("a", annals::any_version, before::bought{"Emma", kind::paper}, before::lent{"Emma", {2}}));
    }
    const tag_set emma("title", "Emma");
    for (int round = 0; round < 2; ++round) {
        auto log = support::opened<annals::file_log<after::events>>(path);
        CHECK(positions_of(log, tagged(emma)).size() == 3U + static_cast<unsigned>(round));
        CHECK(positions_of(log, tagged(emma.with("member", member_id{2})).backwards()) == std::vector<std::uint64_t>{3});
        const append_condition<annals::events<after::lent>> since_the_first{position{1}, {emma}},
            since_now{*log.head(), {emma}};
        CHECK(log.append("b", since_the_first, after::lent{"Emma", {9}}).error().code == annals::errc::condition_failed);
        CHECK(log.append("b", since_now, after::lent{"Emma", {9}}));
    }
}

namespace grown {
struct lent_v1 {
    std::string name;  // became the title
    member_id   member;
};
struct lent {
    std::string title;
    member_id   member;

    using tags = annals::tags<&lent::title, &lent::member>;
};
inline lent upcast(const lent_v1& old) { return {old.name, old.member}; }
using events = annals::events<annals::revisions<lent_v1, lent>>;
}  // namespace grown

TEST_CASE("The tags of an older event are those of what became of it", "[tags]") {
    const auto has_both = [](auto& log) {
        REQUIRE(log.append("a", annals::any_version, annals::historic(grown::lent_v1{"Emma", {1}}), grown::lent{"Emma", {2}}));
        CHECK(positions_of(log, tagged(tag_set("title", "Emma"))) == std::vector<std::uint64_t>{1, 2});
        CHECK(positions_of(log, tagged(tag_set("member", member_id{1}).with("title", "Emma"))) ==
              std::vector<std::uint64_t>{1});
        const append_condition<annals::events<grown::lent>> unchanged{position{0}, {tag_set("member", member_id{1})}};
        CHECK_FALSE(log.append("a", unchanged, grown::lent{"Emma", {2}}));
    };
    annals::memory_log<grown::events> in_memory;
    has_both(in_memory);
    const support::temporary_directory directory;
    auto                               in_files = support::opened<annals::file_log<grown::events>>(directory.path() / "log");
    has_both(in_files);
}

TEST_CASE("Tags survive that a log is copied, or its beginning dropped, before which they are out of range", "[tags]") {
    const support::temporary_directory directory;
    arbitrary_library                  any(7);
    book_of_tags                       book;
    const auto                         path = directory.path() / "log";
    {
        auto log = support::opened<disk_log>(path);
        append_some(log, any, book, 2000);
        REQUIRE(log.copy_to(directory.path() / "copy"));
        const auto first = log.truncate_before(position{book.tags.size() / 2}, before::bought{});
        REQUIRE(first);
        REQUIRE(first->value > 1);
        const tag_set emma("title", "Emma");
        CHECK(log.read(tagged(emma), annals::handlers{annals::otherwise()}).error().code == annals::errc::out_of_range);
        CHECK(log.read(tagged(emma).backwards(), annals::handlers{annals::otherwise()}).error().code ==
              annals::errc::out_of_range);
        const auto there = tagged(emma).from(*first);
        CHECK(positions_of(log, there) == book.select(there));
        CHECK(positions_of(log, there.backwards()) == book.select(there.backwards()));
        CHECK(positions_of(log, tagged(emma).backwards().limit(3)) == book.select(tagged(emma).backwards().limit(3)));
        REQUIRE(log.verify());
    }
    auto again = support::opened<disk_log>(path);
    try_conditions(again, any, book, 40);
    REQUIRE(again.verify());
    book_of_tags copied = book;
    const auto   copy   = support::opened<disk_log>(directory.path() / "copy");
    copied.tags.resize(copy.head()->value);
    compare(copy, any, copied, 30);
}

TEST_CASE("A tag that is too long is refused, and a stream that is called as a tag is stored is none", "[tags]") {
    const support::temporary_directory directory;
    auto                               log = support::opened<disk_log>(directory.path() / "log");
    const std::string_view             alike("\0title:Emma", 11);
    REQUIRE(log.append(alike, annals::no_stream, opened_at{"nine"}));
    REQUIRE(log.append("a", annals::no_stream, lent{"Emma", {1}}));
    REQUIRE(log.append(alike, annals::version{1}, opened_at{"ten"}));
    CHECK(positions_of(log, annals::stream(alike)) == std::vector<std::uint64_t>{1, 3});
    CHECK(positions_of(log, tagged(tag_set("title", "Emma"))) == std::vector<std::uint64_t>{2});
    REQUIRE(log.verify());
    CHECK(log.verify()->streams == 2);
    CHECK(log.append("a", annals::any_version, lent{std::string(2000, 'a'), {1}}).error().code == annals::errc::invalid_event);
    CHECK(log.append("a", annals::any_version, lent{std::string(1000, 'a'), {1}}));
}
