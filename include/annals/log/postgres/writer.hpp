// The session that appends, and how threads share its transactions.
#pragma once

#include <annals/log/postgres/adding.hpp>
#include <annals/log/postgres/appending.hpp>
#include <annals/log/postgres/session.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Appends for any thread. While one transaction is on its way, those who come meanwhile wait, and go together in the next:
/// each is decided by itself, and all are made durable at once. What a lost connection leaves unknown is found out: the appends
/// are sent again, to be recognised by their ids. By then the server has ended the session that was lost, so that the first try
/// is there already or never will be, also if the server had not come to it yet.
class postgres_writer {
public:
    explicit postgres_writer(const postgres_place& place) : place_(place) {}
    postgres_writer(const postgres_writer&)            = delete;
    postgres_writer& operator=(const postgres_writer&) = delete;

    /// With a session that is there already.
    void begin_with(postgres_session session) { session_ = std::move(session); }

    /// Sees to it that there is an answer. Throws what a condition's check throws.
    expected<receipt, error> append(postgres_append& mine) {
        waiting          self{&mine};
        std::unique_lock lock(mutex_);
        queue_.push_back(&self);
        if (queue_.size() >= wanted_) arrived_.notify_one();
        if (is_led_) self.changed.wait(lock, [&] { return self.is_done || self.is_elected; });
        if (!self.is_done) {
            is_led_ = true;
            lead(lock);
        }
        if (self.thrown) std::rethrow_exception(self.thrown);
        return std::move(*mine.answer);
    }

    /// Calls `work(session)` while nobody appends, with a session that was reached. Errors: `unreachable`.
    template <class Work>
    expected<std::int64_t, error> alone(Work&& work) {
        const std::lock_guard turn(using_);
        const auto            until = place_.patience();
        for (;;) {
            if (auto done = reach_server(until); !done) return unexpected<error>(std::move(done.error()));
            expected<std::int64_t, error> made = work(*session_);
            if (made || !session_->is_lost() || std::chrono::steady_clock::now() >= until) return made;
        }
    }

private:
    static constexpr std::size_t most_together = 256, most_bytes = std::size_t{1} << 20U, never = ~std::size_t{0};

    struct waiting {
        postgres_append*        append;
        bool                    is_done = false, is_elected = false;
        std::exception_ptr      thrown{};
        std::condition_variable changed{};
    };

    // With the lock held. The first that waits is led by whoever calls this.
    void lead(std::unique_lock<std::mutex>& lock) {
        // Those who were answered just now are about to come again: with them it is one transaction, and without them two.
        wanted_ = std::min(concurrent_, most_together);
        arrived_.wait_for(lock, std::min<std::chrono::nanoseconds>(last_took_ / 4, std::chrono::milliseconds(1)),
                          [&] { return queue_.size() >= wanted_; });
        wanted_                             = never;
        const auto                    begun = std::chrono::steady_clock::now();
        std::vector<waiting*>         group;
        std::vector<postgres_append*> appends;
        std::size_t                   bytes = 0;
        while (!queue_.empty() && group.size() < most_together && bytes < most_bytes) {
            const bool is_alone = queue_.front()->append->is_alone();
            if (is_alone && !group.empty()) break;
            bytes += queue_.front()->append->values.size();
            group.push_back(queue_.front());
            appends.push_back(queue_.front()->append);
            queue_.pop_front();
            if (is_alone) break;
        }
        lock.unlock();
        {
            const std::lock_guard turn(using_);
            try {
                perform(std::move(appends));
            } catch (...) {
                session_.reset();  // which is in a transaction, perhaps
                known_.forget();
                for (waiting* each : group)
                    if (!each->append->answer) each->thrown = std::current_exception();
            }
        }
        lock.lock();
        last_took_  = std::chrono::steady_clock::now() - begun;
        concurrent_ = group.size() + queue_.size();
        for (waiting* each : group) {
            each->is_done = true;
            each->changed.notify_one();
        }
        if (queue_.empty())
            is_led_ = false;
        else {
            queue_.front()->is_elected = true;
            queue_.front()->changed.notify_one();
        }
    }

    void perform(std::vector<postgres_append*> group) {
        const auto until = place_.patience();
        for (lost_.clear(); !group.empty();) {
            if (auto done = reach_server(until); !done) {
                for (auto* each : group) each->fail(done.error());
                return;
            }
            for (auto* each : group)
                if (each->may_be_there) each->values.set(postgres_append::recognise, true);
            // Others of the group may have known the log without it.
            if (std::any_of(group.begin(), group.end(), [](const auto* each) { return each->may_be_there; }))
                for (auto* each : group) each->look_first();
            std::vector<postgres_append*> together;
            for (auto* each : group)
                if (!each->is_alone()) together.push_back(each);
            if (auto done = end_sessions(*session_, lost_); !done)
                refuse(group, done.error(), until);
            else if (!together.empty())
                append_together(together, until);
            else
                append_alone(*group.front(), until);
            std::erase_if(group, [](const postgres_append* each) { return each->answer.has_value(); });
        }
    }
    expected<void, error> reach_server(postgres_deadline until) {
        if (session_ && !session_->is_lost()) return {};
        if (session_) lost_.push_back(session_->backend());
        session_.reset();
        known_.forget();
        auto made = reach(place_, postgres_use::log, until);
        if (!made) return unexpected<error>(std::move(made.error()));
        session_ = std::move(*made);
        return {};
    }

    // Those without an answer are to be sent again. What is added goes first: what the others come to is not known before.
    void append_together(const std::vector<postgres_append*>& group, postgres_deadline until) {
        auto&      connection = session_->connection();
        auto       others     = group;
        const auto added      = addition_of(others, known_);
        using statement       = std::pair<std::string_view, const postgres_values*>;
        std::vector<statement> statements;
        if (!added.members.empty()) statements.emplace_back(added.sql, &added.values);
        for (const auto* each : others) statements.emplace_back(each->sql, &each->values);
        std::vector<const char*> names;
        for (const auto& [sql, values] : statements) {
            const auto name = session_->prepared(sql, values->types());
            if (!name) return refuse(group, name.error(), until);
            names.push_back(*name);
        }
        bool is_sent = PQenterPipelineMode(connection.raw()) != 0;
        for (std::size_t i = 0; i < names.size(); ++i) is_sent = is_sent && session_->send(names[i], *statements[i].second);
        is_sent            = is_sent && PQpipelineSync(connection.raw());
        const auto results = is_sent ? session_->results_of(names.size()) : unexpected<error>(connection.lost());
        if (!results) {
            for (auto* each : group) each->may_be_there = true;
            return refuse(group, results.error(), until);
        }
        if (results->size() > names.size()) {  // the commit; each by itself, to see which it is
            if (group.size() == 1) return refuse(group, group.front(), results->back(), until);
            known_.forget();
            for (auto* each : group) append_together({each}, until);
            return;
        }
        const auto first_other = results->begin() + (added.members.empty() ? 0 : 1);
        for (auto at = results->begin(); at != results->end(); ++at)
            if (at->is_failure()) {
                if (at >= first_other) return refuse(group, others[static_cast<std::size_t>(at - first_other)], *at, until);
                for (const auto& [append, where] : added.members) append->look_first();  // each by itself, to see which it is
                return refuse(group, added.members.size() == 1 ? added.members.front().append : nullptr, *at, until);
            }
        if (first_other != results->begin()) take(added, results->front());
        for (std::size_t i = 0; i < others.size(); ++i) take(*others[i], *(first_other + static_cast<std::ptrdiff_t>(i)));
    }
    void take(const postgres_addition& added, const postgres_result& said) {
        const bool is_done = said.rows() == 1 && (added.sql == postgres_insert || said.number(0, 0) != 0);
        for (const auto& [append, at] : added.members) {
            if (!is_done) {
                append->look_first();
                continue;
            }
            known_.learn(append->stream, at.position, 1, at.time, {at.stream, at.category, at.version});
            append->decide(0, at.version, at.position);
        }
    }
    void take(postgres_append& append, const postgres_result& said) {
        const auto numbers = bigints_of(said);
        if (numbers.size() < 3) return append.fail({errc::damaged, "the log's functions are not its own", {}});
        if (numbers.size() == 6)
            known_.learn(append.stream, numbers[2], static_cast<std::int64_t>(append.count), numbers[5],
                         {numbers[3], numbers[4], numbers[1]});
        append.decide(numbers[0], numbers[1], numbers[2]);
    }

    void append_alone(postgres_append& mine, postgres_deadline until) {
        const auto silence = place_.silence();
        const auto give_up = [&](const error& why) {
            if (!session_->is_lost()) (void)session_->run("ROLLBACK");
            refuse({&mine}, why, until);
        };
        if (auto begun = session_->run("BEGIN"); !begun) return give_up(begun.error());
        auto decided =
            session_->run("SELECT {s}.begin_append_1($1, $2, $3, $4, $5, $6)", mine.values, "the server refuses an append");
        if (!decided) return give_up(decided.error());
        const auto said = bigints_of(*decided);
        if (said.size() < 3) return give_up({errc::damaged, "the log's functions are not its own", {}});
        if (said[0] != 0) {
            if (auto done = session_->run("ROLLBACK"); !done) return give_up(done.error());
            return mine.decide(said[0], said[1], said[2]);
        }
        if (said.size() < 6) return give_up({errc::damaged, "the log's functions are not its own", {}});
        mine.may_be_there = false;
        if (mine.check)
            if (auto done = mine.check(*session_); !done) return give_up(done.error());
        const auto rows = mine.rows({said[1], said[2], said[3], said[4], said[5]});
        for (const auto& [table, bytes] : {std::pair{"events", &rows.events}, std::pair{"tags", &rows.tags}})
            if (!bytes->empty())
                if (auto done = copy_in(table, *bytes, silence); !done) return give_up(done.error());
        auto ended = session_->run("COMMIT", "the server refuses an append");
        if (!ended) {
            mine.may_be_there = session_->is_lost();
            return give_up(ended.error());
        }
        const auto count = static_cast<std::int64_t>(mine.count);
        known_.learn(mine.stream, said[2] + count, count, said[5], {said[3], said[4], said[1] + count});
        mine.decide(0, said[1] + count, said[2] + count);
    }
    expected<void, error> copy_in(const char* table, const std::vector<char>& bytes, postgres_deadline until) {
        auto& connection = session_->connection();
        auto  begun =
            session_->run(std::string{"COPY {s}."} + table + " FROM STDIN (FORMAT binary)", "the server refuses an append");
        if (!begun) return unexpected<error>(std::move(begun.error()));
        std::size_t at = 0;
        for (bool is_ended = false; !is_ended;) {
            const std::size_t part = std::min(bytes.size() - at, std::size_t{1} << 18U);
            const int         sent = part == 0 ? PQputCopyEnd(connection.raw(), nullptr)
                                               : PQputCopyData(connection.raw(), bytes.data() + at, static_cast<int>(part));
            if (sent < 0) return unexpected<error>(connection.lost());
            if (sent == 0 && !connection.wait(POLLOUT, until)) return unexpected<error>(connection.lost());
            if (sent != 0) is_ended = part == 0, at += part;
        }
        auto done = connection.only_result(until, "the server refuses an append");
        if (!done) return unexpected<error>(std::move(done.error()));
        return {};
    }

    // None of them was done. If one of them is to blame, the others are sent again; and all, if it may be any.
    void refuse(const std::vector<postgres_append*>& group, postgres_append* culprit, const postgres_result& said,
                postgres_deadline until) {
        known_.forget();
        const error why = session_->connection().failure(said, "the server refuses an append");
        if (is_bad_luck(sqlstate_of(said.raw())) && std::chrono::steady_clock::now() < until) return;
        const bool is_of_all = why.code != errc::append_too_large && why.code != errc::io_failed;
        if (is_of_all) return refuse(group, why, until);
        if (culprit) culprit->fail(why);
    }
    void refuse(const std::vector<postgres_append*>& group, const error& why, postgres_deadline until) {
        if (why.code == errc::unreachable && std::chrono::steady_clock::now() < until) return;
        if (why.code == errc::read_only) session_->connection().give_up();  // the next one may be told another server
        for (auto* each : group) each->fail(why);
    }

    const postgres_place&           place_;
    std::mutex                      mutex_;  // guards what follows
    std::deque<waiting*>            queue_;
    std::condition_variable         arrived_;
    bool                            is_led_     = false;
    std::size_t                     wanted_     = never;  // so many are waited for
    std::size_t                     concurrent_ = 1;      // so many appended at the same time
    std::chrono::nanoseconds        last_took_{0};
    std::mutex                      using_;  // guards what follows
    std::optional<postgres_session> session_;
    postgres_knowledge              known_;
    std::vector<std::int32_t>       lost_;  // the server's numbers of sessions that may still do what was sent
};

}  // namespace annals::detail
