// Random appends and queries, each answered by a log and by the plainest of all logs.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/historic.hpp>
#include <annals/log/query.hpp>
#include <annals/log/tagged.hpp>
#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/log_conformance/appending.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/findings.hpp>
#include <annals/testing/log_conformance/observed.hpp>
#include <annals/testing/log_conformance/plain_log.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace annals::conformance {

template <class Log, class Reopen>
class random_comparison {
public:
    random_comparison(Log& log, findings& found, std::uint64_t seed, Reopen& reopen)
        : log_(log), found_(found), random_(seed), seed_(seed), reopen_(reopen) {}

    /// Ends with the first promise that is broken: what follows from it would say nothing.
    void run(std::size_t steps) {
        for (step_ = 1; step_ <= steps; ++step_) {
            if (!append() || !ask()) return;
            const auto head = std::as_const(log_).head();
            if (!check(head && *head == due_.position_of(due_.size()), "the head is the position of the last event", {})) return;
            if constexpr (!std::is_same_v<std::remove_const_t<Reopen>, never_reopened>)
                if (random_.one_in(25)) {
                    reopen_(log_);
                    if (!compare(whole_log())) return;
                }
        }
    }

private:
    bool check(bool kept, const std::string& promise, const std::string& instead) {
        return kept ||
               found_.check(false, promise + " (seed " + std::to_string(seed_) + ", step " + std::to_string(step_) + ")",
                            instead);
    }

    std::string name() {
        static const std::string names[] = {"account-ann",
                                            "account-bob",
                                            "account",
                                            "account-",
                                            "audit-1",
                                            "audit-2-b",
                                            "-",
                                            "accounts-ann",
                                            "account-" + std::string(40, 'n'),
                                            std::string("a\0-b", 4)};
        return names[random_.below(std::size(names))];
    }
    std::string text(std::size_t longest) {
        std::string made;
        for (std::size_t left = random_.below(longest + 1); left != 0; --left)
            made.push_back(static_cast<char>(random_.next()));
        return made;
    }
    any_event event() {
        const auto number = static_cast<std::int64_t>(random_.one_in(9) ? random_.next() : random_.below(1000));
        switch (random_.below(6)) {
            case 0: return placed{number, -number / 2};
            case 1: return weighed{number};
            case 2: return named{text(random_.one_in(4) ? 30000 : 40)};
            case 3: {
                labelled made;
                for (std::size_t i = random_.below(4); i != 0; --i) made.labels.push_back(text(20));
                if (random_.one_in(2)) made.rank = static_cast<std::int32_t>(number);
                return made;
            }
            case 4: return emptied{};
            default: return placed{number, number};
        }
    }
    expected_version expectation(const std::string& stream) {
        switch (random_.below(7)) {
            case 0: return no_stream;
            case 1: return stream_exists;
            case 2: return version{random_.below(8)};
            case 3: return due_.version_of(stream);
            case 4: return version{due_.version_of(stream).value + 1};
            default: return any_version;
        }
    }
    std::vector<any_event> batch() {
        const std::size_t      size = random_.one_in(12) ? random_.below(30) : 1 + random_.below(3);
        std::vector<any_event> made;
        while (made.size() < size) made.push_back(event());
        return made;
    }
    metadata description() {
        metadata about;
        if (random_.one_in(3)) about.correlation = id_of(random_.next());
        if (random_.one_in(3)) about.causation = id_of(random_.next());
        if (random_.one_in(3)) about.actor = text(12);
        if (random_.one_in(6) && due_.size() != 0)
            about.time = timestamp{now_.nanoseconds + static_cast<std::int64_t>(random_.below(5000)) - 2500};
        if (random_.one_in(3))
            for (std::size_t i = random_.below(4); i != 0; --i) about.values.push_back({text(5), text(30)});
        return about;
    }
    // Ids for the events: none, new ones, or those of an earlier append, as they were, mixed up, in part, or with something
    // new.
    void add_ids(metadata& about, std::vector<any_event>& events) {
        if (random_.one_in(3)) return;
        if (earlier_.empty() || !random_.one_in(3)) {
            for (std::size_t i = 0; i < events.size(); ++i) about.event_ids.push_back(id_of(++ids_));
            if (random_.one_in(40) && !about.event_ids.empty()) about.event_ids.back() = about.event_ids.front();
            if (random_.one_in(40)) about.event_ids.push_back(id_of(++ids_));
        } else {
            about.event_ids = earlier_[earlier_.size() - 1 - random_.below(std::min<std::size_t>(earlier_.size(), 20))];
            switch (random_.below(6)) {
                case 0: std::reverse(about.event_ids.begin(), about.event_ids.end()); break;
                case 1: about.event_ids.pop_back(); break;
                case 2: about.event_ids.push_back(id_of(++ids_)); break;
                default: break;
            }
            while (events.size() < about.event_ids.size()) events.push_back(event());
            events.resize(about.event_ids.size());
        }
        if (!about.event_ids.empty()) earlier_.push_back(about.event_ids);
    }

    bool append() {
        const std::string      stream_name = random_.one_in(50) ? std::string{} : name();
        std::vector<any_event> events      = batch();
        metadata               about       = description();
        add_ids(about, events);
        const expected_version expects = expectation(stream_name);
        const auto             refusal = due_.refusal(stream_name, expects, about.event_ids, events.size());
        const bool             is_old  = events.size() == 1 && random_.one_in(8);
        const weighed_v1       older{static_cast<std::int32_t>(random_.below(1000))};
        if (is_old) events.front() = upcast(older);
        const auto answer = is_old ? log_.append(stream_name, expects, about, historic(older))
                                   : log_.append(stream_name, expects, about, events);

        if (refusal && std::holds_alternative<errc>(*refusal))
            return check(!answer && answer.error().code == std::get<errc>(*refusal),
                         "an append is refused with " + std::string{to_string(std::get<errc>(*refusal))}, text_of(answer));
        if (refusal)
            return check(answer && *answer == std::get<receipt>(*refusal),
                         "a repeated append is answered with the first receipt: " + text_of(std::get<receipt>(*refusal)),
                         text_of(answer));

        const auto    from    = version{due_.version_of(stream_name).value + 1};
        const auto    written = look(std::as_const(log_), stream(stream_name).from(from)).seen;
        const receipt right   = due_.add(stream_name, about, events, written);
        if (!check(answer && *answer == right, "an append answers " + text_of(right), text_of(answer))) return false;
        for (const observed& each : written) {
            if (!check(each.time == written.front().time && each.time >= now_, "events are in the order of their time",
                       text_of(each)))
                return false;
            if (!check(!each.id.is_nil(), "each event has an id", text_of(each))) return false;
        }
        if (about.time && !written.empty() &&
            !check(written.front().time == std::max(*about.time, now_), "a time that is given is stored",
                   text_of(written.front())))
            return false;
        for (std::size_t i = 0; i < written.size(); ++i)
            if (!check(written[i].position > (i == 0 ? last_ : written[i - 1].position), "positions ascend", text_of(written[i])))
                return false;
        if (!written.empty()) last_ = written.back().position;
        if (!written.empty()) now_ = written.front().time;
        if (about.event_ids.empty()) earlier_.emplace_back();
        if (about.event_ids.empty())
            for (const observed& each : written) earlier_.back().push_back(each.id);
        return true;
    }

    template <class Unit>
    [[nodiscard]] Unit unit(std::uint64_t number) const {
        if constexpr (std::is_same_v<Unit, position>)
            return due_.position_of(number);
        else
            return Unit{number};
    }
    template <class Unit>
    query<Unit> restricted(query<Unit> what) {
        const std::uint64_t around = (what.scope == query_scope::stream ? due_.version_of(what.name).value : due_.size()) + 3;
        if (random_.one_in(3)) what = what.from(unit<Unit>(random_.below(around)));
        if (random_.one_in(3)) what = what.to(unit<Unit>(random_.below(around)));
        if (random_.one_in(3)) what = what.limit(random_.one_in(2) ? random_.below(5) : random_.below(around));
        if (random_.one_in(2)) what = what.backwards();
        if (random_.one_in(4)) what = what.until(due_.position_of(random_.below(due_.size() + 3)));
        if (random_.one_in(4) && due_.size() != 0) {
            const timestamp known = due_.all()[random_.below(due_.size())].known.time;
            what                  = what.until(timestamp{known.nanoseconds + static_cast<std::int64_t>(random_.below(3)) - 1});
        }
        return what;
    }

    template <class Unit>
    bool compare(const query<Unit>& what) {
        const auto due  = due_.select(what);
        const auto read = look(std::as_const(log_), what);
        if (const std::string wrong = difference_of(read, what, due); !wrong.empty())
            return check(false, "a query yields what it selects", wrong);

        std::vector<const plain_log::entry*> due_named;
        trace                                due_state, state;
        for (const plain_log::entry* each : due) {
            if (std::holds_alternative<named>(each->event)) due_named.push_back(each);
            std::visit([&](const auto& event) { due_state.apply(event); }, each->event);
        }
        const auto some = look_for_named(std::as_const(log_), what);
        if (const std::string wrong = difference_of(some, what, due_named); !wrong.empty())
            return check(false, "a reader of one type sees the events of that type", wrong);
        const auto folded = std::as_const(log_).read(what, state);
        if (!check(state.value == due_state.value, "a projection sees what is selected in its order", text_of(what)))
            return false;
        for (const auto* answer : {&read.answer, &some.answer, &folded})
            if (const std::string wrong = difference_of(*answer, what, due); !wrong.empty())
                return check(false, "a read answers what it selected, handled or not", wrong);
        return true;
    }

    // Of an event that is there, mostly.
    std::string any_tags() {
        std::string tags{std::string_view(tag_set("rank", random_.below(3)))};
        if (due_.size() != 0)
            std::visit([&](const auto& event) { detail::for_each_tag(event, [&](std::string_view tag) { tags = tag; }); },
                       due_.all()[random_.below(due_.size())].event);
        return tags;
    }

    bool ask_tagged() {
        const std::string tags = any_tags();
        return compare(restricted(tagged(tags)));
    }

    bool ask() {
        const std::string asked = name();
        if constexpr (tagged_log<Log>)
            if (random_.one_in(4)) return ask_tagged();
        switch (random_.below(3)) {
            case 0: return compare(restricted(stream(asked)));
            case 1: return compare(restricted(category(category_of(asked))));
            default: return compare(restricted(whole_log()));
        }
    }

    Log&                           log_;
    findings&                      found_;
    random_source                  random_;
    std::uint64_t                  seed_;
    Reopen&                        reopen_;
    plain_log                      due_{positions_are_gapless<Log>};
    position                       last_{};
    std::vector<std::vector<uuid>> earlier_;
    std::uint64_t                  ids_  = 0;
    std::size_t                    step_ = 0;
    timestamp                      now_{std::numeric_limits<std::int64_t>::min()};
};

}  // namespace annals::conformance
