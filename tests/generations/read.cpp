// The newest program reads what each of its generations wrote: those that were built a moment ago, and those whose logs have
// been in the corpus since they were written.
#include "catch.hpp"
#include "generations/state.hpp"
#include "golden/corpus.hpp"

#include <annals/log/archive.hpp>
#include <annals/log/replay.hpp>
#include <annals/schema/equal.hpp>
#include <annals/schema/print.hpp>
#include <annals/schema/schemas_of.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr int generations = 10;

std::filesystem::path archive_in(const char* folder, int generation) {
    return std::filesystem::path(folder) / (std::to_string(generation) + ".archive");
}

// What happened, in events of today, as far as a generation knew it.
class known {
public:
    explicit known(int generation) : generation_(generation) {}

    [[nodiscard]] std::vector<shop::events::variant> events() && {
        story::tell([&](const auto& what) { happens(what); });
        return std::move(events_);
    }

private:
    int                                generation_;
    std::vector<shop::events::variant> events_;

    [[nodiscard]] bool since(int generation) const { return generation_ >= generation; }
    void               add(shop::events::variant event) { events_.push_back(std::move(event)); }

    void happens(const story::registered& what) { add(shop::registered{what.customer}); }
    void happens(const story::ordered& what) {
        shop::ordered event{what.number, {}, shop::channel::web, since(2) ? what.note : ""};
        if (what.from == story::channel::phone) event.from = shop::channel::phone;
        if (what.from == story::channel::app && since(3)) event.from = shop::channel::app;
        for (const story::line& each : what.lines) event.lines[each.sku] += each.count;
        add(event);
    }
    void happens(const story::paid& what) {
        shop::paid event{what.number, since(5) ? what.cents : what.cents / 100 * 100, shop::currency::eur, shop::cash{}};
        if (what.in == story::currency::chf && since(10)) event.in = shop::currency::chf;
        if (what.by == story::means::card) event.by = shop::card{what.reference};
        if (what.by == story::means::transfer && since(4)) event.by = shop::transfer{what.reference};
        add(event);
    }
    void happens(const story::settled& what) {
        add(shop::paid{what.number, what.cents, shop::currency::eur, shop::transfer{"market place"}});
        add(shop::charged{what.number, what.fee, since(9) ? "market place" : "fee"});
    }
    void happens(const story::shipped& what) {
        shop::shipped event{what.number, std::chrono::sys_days(std::chrono::days(what.day)), what.carrier, what.kilograms};
        if (what.carrier.empty() && since(4)) event.carrier = std::nullopt;
        add(event);
    }
    void happens(const story::viewed& what) {
        if (what.seconds >= 5) add(shop::viewed{what.sku, std::chrono::seconds(what.seconds)});
    }
    void happens(const story::flagged&) {}
    void happens(const story::cancelled& what) { add(shop::called_off{what.number, what.why}); }
};

std::vector<std::string> as_texts(const std::vector<shop::events::variant>& events) {
    std::vector<std::string> texts;
    for (const auto& each : events) texts.push_back(std::visit([](const auto& event) { return annals::to_text(event); }, each));
    return texts;
}

}  // namespace

TEST_CASE("the newest program makes of each generation's log the state that its events make") {
    const int         generation = GENERATE(range(1, generations + 1));
    const char* const folder     = GENERATE(ANNALS_GENERATIONS_WRITTEN, ANNALS_GENERATIONS_GOLDEN);
    CAPTURE(generation, folder);
    const golden::bytes bytes = golden::read_bytes(archive_in(folder, generation));
    const auto          log   = annals::archive<shop::events>::open(bytes);
    if (!log) FAIL(log.error().message());

    const auto  events = known(generation).events();
    shop::books expected;
    for (const auto& each : events) std::visit([&](const auto& event) { expected.apply(event); }, each);

    const auto state = annals::replay<shop::books>(*log);
    if (!state) FAIL(state.error().message());
    CHECK(annals::to_text(*state) == annals::to_text(expected));
    CHECK(annals::equal_fields(*state, expected));
    CHECK(state->seen == static_cast<int>(events.size()));

    SECTION("it sees the same events, each with what was known of it") {
        std::vector<std::string> seen;
        bool                     known_well = true;
        const auto               read       = log->read(
                                annals::whole_log(), annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
                seen.push_back(annals::to_text(event));
                known_well = known_well && where.actor == "clerk" && where.values.size() == 1 && !where.id.is_nil();
            })});
        REQUIRE(read.has_value());
        CHECK(seen == as_texts(events));
        CHECK(known_well);
    }
    SECTION("of one order too") {
        shop::books one, expected_one;
        REQUIRE(log->read(annals::stream("order-4"), one).has_value());
        for (const auto& each : events)
            std::visit(
                [&](const auto& event) {
                    if constexpr (requires { event.number; })
                        if (event.number == 4) expected_one.apply(event);
                },
                each);
        CHECK(annals::to_text(one) == annals::to_text(expected_one));
    }
}

TEST_CASE("each shape that an event ever had is in a log that is read") {
    std::set<std::string> stored;
    for (int generation = 1; generation <= generations; ++generation) {
        const golden::bytes bytes    = golden::read_bytes(archive_in(ANNALS_GENERATIONS_GOLDEN, generation));
        const auto          contents = annals::archive_contents::open(bytes);
        REQUIRE(contents.has_value());
        for (const auto& schema : contents->schemas()) stored.insert(schema.text);
    }
    for (const annals::event_schema& each : annals::schemas_of<shop::events>) {
        INFO(each.text);
        CHECK(stored.contains(std::string{each.text}));
    }
    CHECK(stored.size() > annals::schemas_of<shop::events>.size());
}

TEST_CASE("a generation's log is written today as it was written then") {
    const int generation = GENERATE(range(1, generations + 1));
    CAPTURE(generation);
    CHECK(golden::read_bytes(archive_in(ANNALS_GENERATIONS_WRITTEN, generation)) ==
          golden::read_bytes(archive_in(ANNALS_GENERATIONS_GOLDEN, generation)));
}

TEST_CASE("each generation's log with a bit flipped or cut off is an error") {
    const int           generation = GENERATE(1, 10);
    const golden::bytes bytes      = golden::read_bytes(archive_in(ANNALS_GENERATIONS_GOLDEN, generation));
    std::size_t         opened     = 0;
    golden::each_damage(bytes, [&](const golden::bytes& damaged) {
        const auto log = annals::archive<shop::events>::open(damaged);
        if (log || log.error().code != annals::errc::damaged || log.error().details.empty()) ++opened;
    });
    CHECK(opened == 0);
}
