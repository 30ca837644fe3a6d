// What every log promises of appends.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/historic.hpp>
#include <annals/log/query.hpp>
#include <annals/model/decision.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/findings.hpp>
#include <annals/testing/log_conformance/observed.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::conformance {

inline uuid id_of(std::uint64_t number) {
    uuid id;
    id.bytes[6] = 0x80;
    for (std::size_t i = 16; i-- > 8; number >>= 8U) id.bytes[i] = static_cast<std::uint8_t>(number);
    return id;
}
inline metadata with_ids(std::vector<uuid> ids) {
    metadata about;
    about.event_ids = std::move(ids);
    return about;
}
inline receipt receipt_at(std::uint64_t version_now, std::uint64_t position_now, std::uint64_t count) {
    return {version{version_now}, position{position_now}, count};
}
/// So many events, each another one.
inline std::vector<any_event> several(std::size_t count) {
    std::vector<any_event> batch;
    for (std::size_t i = 0; i < count; ++i) batch.push_back(placed{static_cast<std::int64_t>(i), -1});
    return batch;
}

/// What is checked of one fresh log each.
template <class Log>
class appending {
public:
    appending(Log& log, findings& found) : log_(log), found_(found) {}

    void kinds_and_receipts() {
        found_.check(head() == 0, "the head of a log without events is 0", std::to_string(head()));
        expect(log_.append("kind-1", no_stream, placed{1, 2}), receipt_at(1, 1, 1), "one event is appended");
        expect(log_.append("kind-2", any_version, named{"text"}, emptied{}, placed{3, 4}), receipt_at(3, 4, 3),
               "several events are appended");
        metadata about;
        about.actor = "somebody";
        expect(log_.append("kind-1", any_version, about, emptied{}), receipt_at(2, 5, 1), "an event is appended with metadata");
        expect(log_.append("kind-1", any_version, about, several(12)), receipt_at(14, 17, 12),
               "a range of variants is appended");
        decision<annals::events<named, labelled>> decided = emit(named{"decided"}, labelled{{"a", ""}, {}});
        expect(log_.append("kind-2", any_version, decided), receipt_at(5, 19, 2), "a decision is appended");
        expect(log_.append("kind-2", any_version, historic(weighed_v1{7})), receipt_at(6, 20, 1),
               "an event of an older shape is appended");
        found_.check(head() == 20, "the head is the position of the last event", std::to_string(head()));
        const auto                     stored = look(std::as_const(log_), stream("kind-2")).seen;
        const std::vector<std::string> due{
            "named text", "emptied", "placed 3 4", "named decided", "labelled without a rank 1:a 0:", "weighed 7000"};
        found_.check(stored.size() == due.size(), "a stream has all events that were appended to it",
                     std::to_string(stored.size()));
        for (std::size_t i = 0; i < stored.size() && i < due.size(); ++i)
            found_.check(stored[i].event == due[i], "an event is read as it was appended: " + due[i], stored[i].event);
    }

    void expected_versions() {
        struct expectation {
            expected_version expects;
            const char*      name;
        };
        const expectation all[] = {
            {any_version, "any_version"}, {no_stream, "no_stream"},  {stream_exists, "stream_exists"},
            {version{0}, "version 0"},    {version{1}, "version 1"}, {version{2}, "version 2"},
            {version{3}, "version 3"},    {version{4}, "version 4"}, {version{~std::uint64_t{0}}, "the largest version"}};
        std::uint64_t written = 0, number = 0;
        for (const std::uint64_t now : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}})
            for (const expectation& each : all) {
                const std::string name = "expected-" + std::to_string(++number);
                if (now != 0) written += append(name, any_version, {}, several(now)) ? now : 0;
                const auto        answer = append(name, each.expects, {}, several(2));
                const std::string promise =
                    std::string{"a stream at version "} + std::to_string(now) + " and an append that expects " + each.name;
                if (each.expects.holds(version{now})) {
                    written += 2;
                    expect(answer, receipt_at(now + 2, written, 2), promise + " go together");
                } else if (found_.check(answer, errc::version_conflict, promise + " do not go together")) {
                    found_.check(answer.error().stream == name, "a version conflict names the stream", answer.error().stream);
                    found_.check(answer.error().actual == version{now},
                                 "a version conflict names the version that the stream is at",
                                 std::to_string(answer.error().actual.value));
                    found_.check(look(log_, stream(name)).seen.size() == now, "a refused append writes nothing");
                }
                found_.check(head() == written, "the head is as far as what was written", std::to_string(head()));
            }
        found_.check(look(log_, whole_log()).seen.size() == written, "the log has what was appended, and no more");
    }

    void names() {
        found_.check(append("", any_version, {}, several(1)), errc::invalid_stream_name, "a stream needs a name");
        found_.check(log_.append("names-1", any_version), errc::nothing_to_append, "an append needs an event");
        found_.check(append("names-1", any_version, {}, {}), errc::nothing_to_append,
                     "an append needs an event, in a range too");
        found_.check(append("names-1", no_stream, {}, {}), errc::nothing_to_append,
                     "nothing is an error, whatever is expected");
        found_.check(head() == 0, "what is refused is not written");
        std::uint64_t written = 0;
        for (const std::string& name : odd_names())
            expect(append(name, no_stream, {}, several(2)), receipt_at(2, written += 2, 2), "any name is a stream of its own");
        for (const std::string& name : odd_names()) {
            const auto seen = look(log_, stream(name)).seen;
            found_.check(seen.size() == 2 && seen.front().stream == name, "a stream is found by its name, whatever is in it");
        }
        found_.check(look(log_, stream("odd-3")).seen.empty(), "a stream that nothing was appended to has no events");
    }

    void ids() {
        const auto refused = [&](std::vector<uuid> ids, std::size_t count, std::string_view promise) {
            found_.check(append("ids-1", any_version, with_ids(std::move(ids)), several(count)), errc::invalid_metadata,
                         promise);
        };
        refused({uuid{}}, 1, "an event's id is not nil");
        refused({id_of(1), uuid{}}, 2, "no event's id is nil");
        refused({id_of(1), id_of(1)}, 2, "event ids are distinct");
        refused({id_of(1), id_of(2), id_of(1)}, 3, "event ids are distinct");
        refused({id_of(1)}, 2, "there is an event id for each event");
        refused({id_of(1), id_of(2)}, 1, "there is an event for each id");
        found_.check(head() == 0, "what is refused is not written");

        (void)append("ids-1", any_version, with_ids({id_of(1), id_of(2)}), several(2));
        (void)append("ids-1", any_version, {}, several(9));
        (void)append("ids-2", any_version, {}, several(1));
        const auto     all = look(log_, whole_log()).seen;
        std::set<uuid> different;
        for (const observed& each : all) {
            different.insert(each.id);
            found_.check(!each.id.is_nil(), "each event has an id");
        }
        if (!found_.check(all.size() == 12, "all is read that was appended")) return;
        found_.check(all[0].id == id_of(1) && all[1].id == id_of(2), "event ids that were given are kept", text_of(all[0].id));
        found_.check(different.size() == all.size(), "event ids that the log makes are distinct");
        expect(append("ids-2", any_version, with_ids({all[11].id}), several(1)), receipt_at(1, 12, 1),
               "ids that the log made are recognised, too");
    }

    void repeated_appends() {
        const auto first     = with_ids({id_of(1), id_of(2)});
        const auto second    = with_ids({id_of(3)});
        const auto due_first = receipt_at(2, 2, 2), due_second = receipt_at(3, 3, 1);
        expect(append("again-1", no_stream, first, several(2)), due_first, "new ids are written");
        expect(append("again-1", version{2}, second, several(1)), due_second, "new ids are written");
        for (const expected_version& expects : {no_stream, any_version, stream_exists, expected_version(version{1}),
                                                expected_version(version{2}), expected_version(version{99})}) {
            expect(append("again-1", expects, first, several(2)), due_first,
                   "a repeated append is answered with the first receipt, whatever is expected now");
            expect(append("again-1", expects, second, several(1)), due_second,
                   "a repeated append is answered with the first receipt, whatever is expected now");
        }
        duplicates();
        expect(append("again-2", no_stream, first, several(2)), receipt_at(2, 5, 2), "ids count for their stream only");
        found_.check(head() == 5, "a repeated append writes nothing", std::to_string(head()));

        // Long ago: more than 1024 events since.
        (void)append("again-1", any_version, {}, several(1023));
        expect(append("again-1", any_version, second, several(1)), due_second,
               "ids are recognised among a stream's last 1024 events");
        (void)append("again-1", any_version, {}, several(2000));
        expect(append("again-1", no_stream, first, several(2)), due_first,
               "a repeated append is recognised right behind no_stream, however long ago");
        expect(append("again-1", version{2}, second, several(1)), due_second,
               "a repeated append is recognised right behind an exact version, however long ago");
        found_.check(append("again-1", version{1}, with_ids({id_of(99)}), several(1)), errc::version_conflict,
                     "new ids are no reason to write at a wrong version");
        found_.check(head() == 3028, "a repeated append writes nothing", std::to_string(head()));
    }

    void given_times() {
        const auto at = [&](std::int64_t nanoseconds) {
            metadata about;
            about.time = timestamp{nanoseconds};
            (void)append("time-1", any_version, about, several(1));
        };
        for (const std::int64_t nanoseconds : {-2000, -1000, -3000, 5}) at(nanoseconds);
        std::string seen;
        (void)log_.read(whole_log(), handlers{otherwise([&](const auto&, const context& where) {
                            seen.append(std::to_string(where.time.nanoseconds)).append(" ");
                        })});
        found_.check(seen == "-2000 -1000 -1000 5 ",
                     "a time that is given is stored, of any year, or else that of the event before", seen);
        const auto read = log_.read(whole_log().until(timestamp{-1500}), handlers{otherwise()});
        found_.check(read && read->count == 1, "what was accepted until a time is found, of any year", seen);
    }

private:
    static std::vector<std::string> odd_names() {
        return {"odd-1",
                "odd-2",
                "odd-",
                "odd",
                "-odd",
                "-",
                "--",
                "odd-1-2",
                "ODD-1",
                " odd-1",
                "odd-1 ",
                std::string("odd\0-1", 6),
                std::string(1, '\0'),
                "\xff\xfe-\x80",
                "\xc3\xa4-\xe2\x82\xac",
                "odd-" + std::string(60, 'x'),
                "odd-" + std::string(61, 'x'),
                std::string(255, 'y'),
                std::string(200, 'y') + "-1"};
    }

    // Appended before: ids 1 and 2 together, and then 3.
    void duplicates() {
        const auto refused = [&](std::vector<uuid> ids, std::string_view promise) {
            const std::size_t count = ids.size();
            for (const expected_version& expects : {any_version, expected_version(version{3}), no_stream}) {
                const auto answer = append("again-1", expects, with_ids(ids), several(count));
                if (found_.check(answer, errc::duplicate_event, promise))
                    found_.check(answer.error().stream == "again-1", "a duplicate event's error names the stream",
                                 answer.error().stream);
            }
        };
        refused({id_of(1)}, "the first half of an append is no repetition of it");
        refused({id_of(2)}, "the second half of an append is no repetition of it");
        refused({id_of(2), id_of(1)}, "ids in another order are no repetition");
        refused({id_of(1), id_of(9)}, "an append with a known id and a new one is refused");
        refused({id_of(9), id_of(2)}, "an append with a new id and a known one is refused");
        refused({id_of(1), id_of(2), id_of(9)}, "an append and something more is no repetition");
        refused({id_of(1), id_of(2), id_of(3)}, "two appends as one are no repetition");
        refused({id_of(2), id_of(3)}, "parts of two appends are no repetition");
        refused({id_of(3), id_of(9)}, "a known id and a new one are refused");
    }

    auto append(std::string_view name, expected_version expects, const metadata& about, const std::vector<any_event>& batch) {
        return log_.append(name, expects, about, batch);
    }
    void expect(const expected<receipt, error>& answer, const receipt& due, std::string_view promise) {
        auto numbered = answer;
        if (numbered) numbered->position = position{number_at(std::as_const(log_), answer->position)};
        found_.check(numbered, due, promise);
    }
    // The number of the event there, as all positions here.
    std::uint64_t head() const {
        const auto at = std::as_const(log_).head();
        return at ? number_at(std::as_const(log_), *at) : ~std::uint64_t{0};
    }

    Log&      log_;
    findings& found_;
};

}  // namespace annals::conformance
