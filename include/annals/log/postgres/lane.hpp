// Groups of appends on their way to the server, one at a time over one session.
#pragma once

#include <annals/log/postgres/adding.hpp>
#include <annals/log/postgres/appending.hpp>
#include <annals/log/postgres/copying.hpp>
#include <annals/log/postgres/lost_sessions.hpp>
#include <annals/log/postgres/session.hpp>
#include <annals/log/postgres/turns.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// A session, and who appends over it. What a lost connection leaves unknown is found out: the appends are sent again, to be
/// recognised by their ids. By then the server has ended the session that was lost, so that the first try is there already or
/// never will be, also if the server had not come to it yet.
class postgres_lane {
public:
    /// `order` is where the writer's keys of locks of order begin: no other one's are near.
    postgres_lane(const postgres_place& place, postgres_turns& turns, postgres_lost_sessions& lost, std::uint32_t order)
        : place_(place), turns_(turns), lost_(lost), order_(order) {}

    /// With a session that is there already.
    void begin_with(postgres_session session) { session_ = std::move(session); }
    /// In its turn a lane that has no session takes that of another one: a server may not give the writer more than one.
    void is_beside(postgres_lane& other) { beside_ = &other; }

    /// A session that is not lost. What was foreseen is forgotten if it is a new one: its server may be another one, that lacks
    /// what came last. Errors: `unreachable`, and what the server refuses. In a turn.
    expected<postgres_session*, error> reach_server(postgres_deadline until) {
        if (!has_session()) {
            turns_.came_otherwise();
            auto made = reach(place_, postgres_use::log, until);
            if (!made) return unexpected<error>(std::move(made.error()));
            session_ = std::move(*made);
        }
        return &*session_;
    }

    /// Sees to it that each of a group has an answer, or what a condition's check has thrown. Throws if there is no memory.
    void lead(const postgres_turns::group& group) {
        const auto                    until = place_.patience();
        std::vector<postgres_append*> left;
        for (const auto* each : group.members) left.push_back(each->append);
        auto foreseen = group.foreseen;
        if (group.goes_ahead) {
            if (!go_ahead(group, until)) turns_.came_otherwise();
            turns_.wait_for_turn(group);
            foreseen.clear();
        }
        for (;; foreseen.clear()) {
            std::erase_if(left, [](const postgres_append* each) { return each->answer.has_value(); });
            if (left.empty()) return;
            if (has_lost() || !has_session()) foreseen.clear();  // a new one's server may be another one
            if (auto reached = reach_server(until); !reached) {
                for (auto* each : left) each->fail(reached.error());
                return;
            }
            const auto lone = std::find_if(left.begin(), left.end(), [](const auto* each) { return each->has_to_be_alone(); });
            auto       done = foreseen.empty() ? end_others() : lost_.end(*session_);
            if (!done)
                refuse(left, done.error(), until);
            else if (std::any_of(left.begin(), left.end(), [](const auto* each) { return each->is_outdated(); }))
                send_back(left);
            else if (lone != left.end())
                append_alone(**lone, until);
            else
                append_together(left, foreseen, until, group);
        }
    }
    /// Behind something that was thrown. The group has its turn then.
    void give_up(const postgres_turns::group& group) {
        drop();
        turns_.came_otherwise();
        turns_.wait_for_turn(group);
    }

private:
    [[nodiscard]] bool has_lost() const { return session_ && session_->is_lost(); }

    // In a turn: its own, or that of the other lane, which nobody uses then.
    bool has_session() {
        if (has_lost()) {
            drop();
            turns_.came_otherwise();
        }
        if (!session_ && beside_) {
            turns_.wait_for_those_ahead();
            if (!beside_->has_lost()) session_ = std::exchange(beside_->session_, std::nullopt);
        }
        return session_.has_value();
    }
    // What is to be done anew may come to the same place, but not with the same before it, and who went ahead would take it for
    // what he foresaw: also if his session is lost by now. What those of before may still do he may be waiting for.
    expected<void, error> end_others() {
        if (auto done = lost_.end(*session_); !done) return done;
        turns_.wait_for_those_ahead();
        return lost_.end(*session_);
    }
    void drop() {
        if (session_) lost_.add(session_->backend());
        session_.reset();
    }
    void send_back(const std::vector<postgres_append*>& left) {
        turns_.came_otherwise();
        for (auto* each : left)
            if (each->is_outdated()) each->send_back();
    }

    // Whether all of it was done.
    bool go_ahead(const postgres_turns::group& group, postgres_deadline until) {
        if (has_lost()) drop();
        if (!session_) {
            auto made = postgres_session::open(place_, postgres_use::log,
                                               std::min(until, std::chrono::steady_clock::now() + std::chrono::seconds(1)));
            if (!made || (place_.see && !place_.see(*made))) {
                turns_.make_room(std::chrono::seconds(10));
                return false;
            }
            session_ = std::move(*made);
        }
        if (std::any_of(group.foreseen.begin(), group.foreseen.end(),
                        [](const auto& each) { return each.append->is_outdated(); }))
            return false;
        // Now and then it is asked what takes how long, for the server says so in messages of their own.
        const bool is_timed   = group.number % 32 == 0;
        const auto statements = transaction_that_goes_ahead(group.foreseen, order_of(group), place_.options.patience, is_timed);
        using clock           = std::chrono::steady_clock;
        const auto        begun   = clock::now();
        clock::time_point written = begun, ended = begun;
        const auto        outcome = session_->run_together(statements, [&](std::size_t index) {
            if (index + 3 == statements.size()) written = clock::now();  // then it waits, and looks
            if (index + 1 == statements.size()) ended = clock::now();
        });
        if (!outcome.results) {
            for (const auto& each : group.foreseen) each.append->may_be_there |= outcome.is_sent;
            if (has_lost()) drop();  // before anybody takes it for done with
            return false;
        }
        if (const auto* const failure = outcome.failure()) {
            const auto code = session_->connection().failure(*failure, refused).code;
            if (code == errc::locked) turns_.make_room();
            for (const auto& each : group.foreseen) each.append->may_be_there |= code == errc::unreachable;
            if (has_lost()) drop();
            return false;
        }
        if (group.is_behind_one_ahead && outcome.results->back().number(0, 0) == 0) turns_.make_room();
        if (is_timed) turns_.took(group, written - begun, clock::now() - ended);
        decide(group.foreseen);
        return true;
    }
    std::int32_t order_of(const postgres_turns::group& group) const {
        return static_cast<std::int32_t>(order_ + static_cast<std::uint32_t>(group.number));
    }
    static void decide(const std::vector<postgres_foreseen>& all) {
        for (const auto& [append, at, behind] : all)
            append->decide(0, at.version + append->count(), at.position + append->count());
    }

    // What is foreseen goes first: what the others come to is not known before. A group that is, as a whole, may be followed by
    // one that goes ahead.
    void append_together(const std::vector<postgres_append*>& group, const std::vector<postgres_foreseen>& foreseen,
                         postgres_deadline until, const postgres_turns::group& of) {
        const bool                      may_be_followed = of.may_be_followed && !foreseen.empty();
        std::vector<postgres_append*>   others;
        std::vector<postgres_statement> statements;
        for (auto* each : group)
            if (std::none_of(foreseen.begin(), foreseen.end(), [&](const auto& other) { return other.append == each; }))
                others.push_back(each);
        const bool is_one_insert = is_single(foreseen) && others.empty() && !may_be_followed;
        if (is_one_insert)
            statements.push_back(insert_of(foreseen.front()));
        else if (!foreseen.empty())
            statements = transaction_that_adds(foreseen, order_of(of), may_be_followed);
        const std::size_t first_other = statements.size();
        for (const auto* each : others)
            statements.push_back(
                {each->condition ? postgres_call_of_append_if : postgres_call_of_append, values_of_append(*each)});
        const auto outcome = session_->run_together(statements, [&](std::size_t index) {
            if (index == 0 && may_be_followed) turns_.holds_its_locks(of);
        });
        if (!outcome.results) {
            for (auto* each : group) each->may_be_there |= outcome.is_sent;  // also by an earlier try
            return refuse(group, outcome.results.error(), until);
        }
        const auto& results = *outcome.results;
        if (results.size() > statements.size()) {  // the commit; each by itself, to see which it is
            if (group.size() == 1) return refuse(group, group.front(), results.back(), until);
            turns_.came_otherwise();
            if (auto done = end_others(); !done) return refuse(group, done.error(), until);
            for (auto* each : group) append_together({each}, {}, until, of);
            return;
        }
        if (const auto* const failure = outcome.failure()) {
            const auto at      = static_cast<std::size_t>(failure - results.data());
            auto*      culprit = foreseen.size() == 1 ? foreseen.front().append : nullptr;
            return refuse(group, at >= first_other ? others[at - first_other] : culprit, *failure, until);
        }
        if (!foreseen.empty() && is_added(results[is_one_insert ? 0 : 1]))  // behind the locks
            decide(foreseen);
        else if (!foreseen.empty())
            turns_.came_otherwise();
        for (std::size_t i = 0; i < others.size(); ++i) take(*others[i], results[first_other + i]);
    }
    void take(postgres_append& append, const postgres_result& said) {
        const postgres_answer numbers(said);
        if (numbers.count < 3) return append.fail({errc::damaged, "the log's functions are not its own", {}});
        if (numbers.count == 6)
            turns_.learn(append,
                         {numbers[1] - append.count(), numbers[2] - append.count(), numbers[3], numbers[4], numbers[5]});
        append.decide(numbers[0], numbers[1], numbers[2]);
    }

    void append_alone(postgres_append& mine, postgres_deadline until) {
        const auto give_up = [&](const error& why) {
            if (!session_->is_lost()) (void)session_->run("ROLLBACK");
            refuse({&mine}, why, until);
        };
        if (auto begun = session_->run("BEGIN"); !begun) return give_up(begun.error());
        auto decided = session_->run(postgres_call_of_begin_append, values_of_begin_append(mine), refused);
        if (!decided) return give_up(decided.error());
        const postgres_answer said(*decided);
        if (said.count < 3) return give_up({errc::damaged, "the log's functions are not its own", {}});
        if (said[0] != 0) {
            if (auto done = session_->run("ROLLBACK"); !done) return give_up(done.error());
            return mine.decide(said[0], said[1], said[2]);
        }
        if (said.count < 6) return give_up({errc::damaged, "the log's functions are not its own", {}});
        mine.may_be_there = false;
        if (mine.check) try {
                if (auto done = mine.check(*session_); !done) return give_up(done.error());
            } catch (...) {
                drop();
                turns_.came_otherwise();
                mine.thrown = std::current_exception();
                mine.answer = unexpected<error>(error{});
                return;
            }
        const postgres_target at{said[1], said[2], said[3], said[4], said[5]};
        const auto            copied = postgres_rows(mine, at).copy(*session_, "COMMIT");
        if (!copied.results) {
            mine.may_be_there = copied.is_sent;
            return give_up(copied.results.error());
        }
        if (const auto* const failure = copied.failure()) {
            (void)session_->run("ROLLBACK");
            return refuse({&mine}, &mine, *failure, until);
        }
        turns_.learn(mine, at);
        mine.decide(0, at.version + mine.count(), at.position + mine.count());
    }

    // None of them was done, but perhaps by a session that was ended meanwhile. If one of them is to blame, the others are sent
    // again; and all, if it may be any.
    void refuse(const std::vector<postgres_append*>& group, postgres_append* culprit, const postgres_result& said,
                postgres_deadline until) {
        const error why = session_->connection().failure(said, refused);
        turns_.came_otherwise();
        for (auto* each : group) each->may_be_there |= why.code == errc::unreachable;
        if (is_bad_luck(sqlstate_of(said.raw())) && std::chrono::steady_clock::now() < until) return;
        const bool is_of_all = why.code != errc::append_too_large && why.code != errc::io_failed;
        if (is_of_all) return refuse(group, why, until);
        if (culprit) culprit->fail(why);
    }
    void refuse(const std::vector<postgres_append*>& group, const error& why, postgres_deadline until) {
        turns_.came_otherwise();
        if (why.code == errc::unreachable && std::chrono::steady_clock::now() < until) return;
        if (why.code == errc::read_only) session_->connection().give_up();  // the next one may be told another server
        for (auto* each : group) each->fail(why);
    }

    static constexpr std::string_view refused = "the server refuses an append";

    const postgres_place&           place_;
    postgres_turns&                 turns_;
    postgres_lost_sessions&         lost_;
    std::uint32_t                   order_;
    std::optional<postgres_session> session_;
    postgres_lane*                  beside_ = nullptr;
};

}  // namespace annals::detail
