// What every log promises of reading.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/query.hpp>
#include <annals/log/tagged.hpp>
#include <annals/testing/log_conformance/appending.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/findings.hpp>
#include <annals/testing/log_conformance/observed.hpp>
#include <annals/testing/log_conformance/plain_log.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace annals::conformance {

/// What is checked of one log each, which is filled with a few appends first.
template <class Log>
class reading_promises {
public:
    reading_promises(Log& log, findings& found) : log_(log), found_(found) {
        empty_log();
        add("account-ann", {}, {placed{1, 2}, named{"one"}});
        add("account-bob", spoken(), {emptied{}});
        add("audit", {}, {named{"two"}, labelled{{"x"}, 5}});
        add("account-ann", spoken(), several(10));
        add("accounts-ann", {}, {weighed{3}});
        add("account-bob", {}, {named{""}, placed{7, 7}, emptied{}});
        add("account-ann", {}, {emptied{}});
    }

    void scopes() {
        for (const char* name : {"account-bob", "audit", "account", "nobody", ""}) compare(stream(name));
        for (const char* name : {"accounts", "audit", "acc", "account-ann", ""}) compare(category(name));
        compare_all(stream("account-ann"));
        compare_all(stream("account-bob"));
        compare_all(category("account"));
        compare_all(category("accounts"));
        if constexpr (tagged_log<Log>) {
            for (const tag_set& tags : {tag_set("rank", 5), tag_set("milligrams", 3), tag_set("milligrams", 5)}) compare_all(tagged(tags));
        }
        compare_all(whole_log());
    }

    void contexts() {
        for (const observed& each : look(log_, whole_log()).seen) {
            found_.check(each.time >= last_time_, "the time of an event is never before that of the one before it");
            last_time_ = each.time;
        }
        std::uint64_t at = 0;
        for (const plain_log::entry& each : due_.all()) {
            ++at;
            found_.check(each.append == 0 || at == 1 || due_.all()[at - 2].append != each.append ||
                             due_.all()[at - 2].known.time == each.known.time,
                         "the events of one append have one time");
        }
        compare(whole_log());
        compare(stream("account-bob"));
        const auto               named_only = look_for_named(log_, whole_log());
        std::vector<std::string> seen;
        for (const observed& each : named_only.seen) seen.push_back(each.event);
        found_.check(seen == std::vector<std::string>{"named one", "named two", "named "},
                     "a reader of one type sees the events of that type");
        answers(named_only.answer, whole_log(), "events that the reader does not handle count");
    }

    void projections() {
        trace      state;
        const auto half = log_.read(whole_log().to(due_.position_of(9)), state);
        answers(half, whole_log().to(due_.position_of(9)), "a projection is read into");
        answers(log_.read(whole_log().from(due_.position_of(10)), state), whole_log().from(due_.position_of(10)), "a projection is read into");
        found_.check(state.value == trace_of(whole_log()).value, "a projection that is read in two parts is as if read in one");
        trace backwards;
        answers(log_.read(stream("account-ann").backwards(), backwards), stream("account-ann").backwards(),
                "a projection is read into backwards");
        found_.check(backwards.value == trace_of(stream("account-ann").backwards()).value,
                     "a projection sees a stream backwards in its order");
    }

    void handlers_that_throw() {
        for (std::size_t enough = 1; enough <= due_.size(); enough += 4) {
            std::size_t seen   = 0;
            bool        thrown = false;
            try {
                (void)each_event(std::as_const(log_), whole_log(), [&](const observed&) {
                    if (++seen == enough) throw std::runtime_error("enough");
                });
            } catch (const std::runtime_error& what) { thrown = what.what() == std::string{"enough"}; }
            found_.check(thrown, "what a handler throws arrives where read was called");
            found_.check(seen == enough, "a handler that throws ends the read");
        }
        compare(whole_log());
        add("account-ann", {}, {placed{5, 5}});
        compare(stream("account-ann"));
    }

    void handlers_that_append() {
        const std::uint64_t before = due_.size();
        std::uint64_t       seen   = 0;
        const auto          answer = each_event(std::as_const(log_), whole_log(), [&](const observed& each) {
            found_.check(each.position == due_.position_of(++seen), "a reader goes on where it was, whatever its handler appends");
            if (seen <= before) add("written-" + std::to_string(seen % 3), {}, several(seen % 4 + 1));
        });
        found_.check(answer && answer->count == before && seen == before, "a read sees the log as it was when it began",
                     std::to_string(seen) + " events and not " + std::to_string(before));
        seen = 0;
        (void)each_event(std::as_const(log_), stream("account-ann").backwards(), [&](const observed&) {
            if (++seen < 100) add("account-ann", {}, {named{std::string(100, 'z')}});
        });
        found_.check(seen == 13, "a read of a stream sees it as it was when it began", std::to_string(seen));
        compare(whole_log());
    }

    void readers_in_readers() {
        std::vector<std::string> outer;
        std::size_t              inner  = 0;
        const auto               answer = each_event(std::as_const(log_), whole_log(), [&](const observed& each) {
            outer.push_back(text_of(each));
            const auto beside = look(std::as_const(log_), stream(each.stream).to(each.version).backwards().limit(1));
            if (beside.seen.size() == 1 && text_of(beside.seen[0]) == outer.back()) ++inner;
        });
        found_.check(answer && outer.size() == due_.size(), "a handler may read the log that it is called from");
        for (std::size_t i = 0; i < outer.size() && i < due_.size(); ++i)
            found_.check(outer[i] == text_of(due_.all()[i].known), "a read goes on as if its handler had not read", outer[i]);
        found_.check(inner == due_.size(), "a read in a handler sees what any read would", std::to_string(inner) + " times");
    }

private:
    void empty_log() {
        for (const bool back : {false, true}) {
            auto of_stream       = stream("account-ann");
            auto of_log          = whole_log();
            of_stream.descending = of_log.descending = back;
            compare(of_stream);
            compare(of_log);
        }
        compare(category("account"));
    }

    static metadata spoken() {
        metadata about;
        about.correlation = id_of(101);
        about.causation   = id_of(102);
        about.actor       = std::string("an actor\0 with a zero", 21);
        about.values      = {{"key", "value"}, {"key", "another"}, {"", ""}};
        return about;
    }

    void add(const std::string& name, const metadata& about, const std::vector<any_event>& batch) {
        const auto answer  = log_.append(name, any_version, about, batch);
        const auto at      = due_.version_of(name).value + 1;
        const auto written = look(log_, stream(name).from(version{at})).seen;
        found_.check(answer, due_.add(name, about, batch, written), "an append answers where its last event is");
    }

    template <class Unit>
    void answers(const expected<read_result, error>& answer, const query<Unit>& what, const char* promise) {
        const std::string difference = difference_of(answer, what, due_.select(what));
        found_.check(difference.empty(), promise, difference);
    }

    template <class Unit>
    void compare(const query<Unit>& what) {
        const auto        due        = due_.select(what);
        const auto        read       = look(std::as_const(log_), what);
        const std::string difference = difference_of(read, what, due);
        if (found_.check(difference.empty(), "a query yields what it selects", difference))
            answers(read.answer, what, "a read answers what it selected");
    }

    // All restrictions, alone and together.
    template <class Unit>
    void compare_all(const query<Unit>& plain) {
        const std::size_t before = found_.broken().size();
        const timestamp   middle = due_.all()[due_.size() / 2].known.time;
        for (const std::uint64_t from : {std::uint64_t{1}, std::uint64_t{0}, std::uint64_t{3}, unlimited})
            for (const std::uint64_t to : {unlimited, std::uint64_t{0}, std::uint64_t{4}})
                for (const std::uint64_t most : {unlimited, std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}})
                    for (const std::uint64_t end : {unlimited, std::uint64_t{6}})
                        for (int i = 0; i < 4; ++i) {
                            auto what = plain.from(unit<Unit>(from)).to(unit<Unit>(to)).limit(most).until(due_.position_of(end));
                            if (i % 2 == 1) what = what.backwards();
                            if (i >= 2) what = what.until(middle);
                            if (found_.broken().size() < before + 3) compare(what);  // more says nothing more
                        }
    }

    template <class Unit>
    [[nodiscard]] Unit unit(std::uint64_t number) const {
        if constexpr (std::is_same_v<Unit, position>)
            return due_.position_of(number);
        else
            return Unit{number};
    }

    template <class Unit>
    trace trace_of(const query<Unit>& what) const {
        trace state;
        for (const plain_log::entry* each : due_.select(what))
            std::visit([&](const auto& event) { state.apply(event); }, each->event);
        return state;
    }

    Log&      log_;
    findings& found_;
    plain_log due_{positions_are_gapless<Log>};
    timestamp last_time_{std::numeric_limits<std::int64_t>::min()};
};

}  // namespace annals::conformance
