// What all who read a log have in common: its sessions, and how its schemas are read.
#pragma once

#include <annals/log/postgres/session.hpp>
#include <annals/log/schemas/schema_readers.hpp>
#include <annals/log/schemas/schema_record.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annals::detail {

/// Sessions for those who read, any thread.
class postgres_pool {
public:
    explicit postgres_pool(const postgres_place& place) : place_(place) {}
    postgres_pool(const postgres_pool&)            = delete;
    postgres_pool& operator=(const postgres_pool&) = delete;

    /// A session that goes back when it is no longer needed, if it is of use then.
    class loan {
    public:
        loan(postgres_pool& from, postgres_use use, std::unique_ptr<postgres_session> lent)
            : from_(&from), use_(use), session_(std::move(lent)) {}
        loan(loan&&) noexcept            = default;
        loan& operator=(loan&&) noexcept = default;
        ~loan() {
            if (session_ && session_->is_idle()) from_->take_back(use_, std::move(session_));
        }
        postgres_session& operator*() const noexcept { return *session_; }
        postgres_session* operator->() const noexcept { return session_.get(); }

    private:
        postgres_pool*                    from_;
        postgres_use                      use_;
        std::unique_ptr<postgres_session> session_;
    };

    /// Errors: `unreachable`, and what the server refuses.
    expected<loan, error> borrow(postgres_use use = postgres_use::log) {
        {
            const std::lock_guard lock(mutex_);
            auto&                 idle = idle_[static_cast<std::size_t>(use)];
            if (!idle.empty()) {
                auto lent = std::move(idle.back());
                idle.pop_back();
                return loan(*this, use, std::move(lent));
            }
        }
        return borrow_new(use);
    }
    /// One that was not there when another was lost.
    expected<loan, error> borrow_new(postgres_use use = postgres_use::log) {
        {
            const std::lock_guard lock(mutex_);
            idle_[static_cast<std::size_t>(use)].clear();
        }
        auto made = reach(place_, use, place_.patience());
        if (!made) return unexpected<error>(std::move(made.error()));
        return loan(*this, use, std::make_unique<postgres_session>(std::move(*made)));
    }

    [[nodiscard]] const postgres_place& place() const noexcept { return place_; }

    /// Calls `work(session)`, and again with another one if that was lost.
    template <class Work>
    auto with_session(Work&& work) -> decltype(work(std::declval<postgres_session&>())) {
        const auto until   = place_.patience();
        auto       session = borrow();
        for (;;) {
            if (!session) return unexpected<error>(std::move(session.error()));
            auto done = work(**session);
            if (done || !(*session)->is_lost() || std::chrono::steady_clock::now() >= until) return done;
            session = borrow_new();
        }
    }

private:
    // Without memory for it, it is let go.
    void take_back(postgres_use use, std::unique_ptr<postgres_session> session) noexcept try {
        const std::lock_guard lock(mutex_);
        auto&                 idle = idle_[static_cast<std::size_t>(use)];
        if (idle.size() < place_.options.connections) idle.push_back(std::move(session));
    } catch (const std::bad_alloc&) {}

    const postgres_place&                          place_;
    std::mutex                                     mutex_;
    std::vector<std::unique_ptr<postgres_session>> idle_[2];
};

inline expected<std::vector<schema_record>, error> schemas_in(postgres_session& in) {
    auto rows = in.run("SELECT number, name, text FROM {s}.schemas ORDER BY number", postgres_values{},
                       "the log's schemas cannot be read");
    if (!rows) return unexpected<error>(std::move(rows.error()));
    std::vector<schema_record> all;
    for (int i = 0; i < rows->rows(); ++i)
        all.push_back(
            {static_cast<std::uint16_t>(rows->number(i, 0)), std::string{rows->text(i, 1)}, std::string{rows->text(i, 2)}});
    return all;
}

/// For any thread.
template <class Events>
class postgres_library {
public:
    using readers_pointer = std::shared_ptr<const schema_readers<Events>>;

    explicit postgres_library(const postgres_place& place) : pool(place) {}

    postgres_pool pool;

    /// How the schemas are read that are known by now.
    readers_pointer readers() {
        const std::lock_guard lock(mutex_);
        return known_.readers;
    }
    /// Looks for schemas that others have announced. Errors: `incompatible_schema`, and those of reading.
    expected<readers_pointer, error> look_for_schemas(postgres_session& in) {
        const auto before  = known();
        auto       schemas = schemas_in(in);
        if (!schemas) return unexpected<error>(std::move(schemas.error()));
        const bool is_same_log = before.are_in(*schemas);
        if (is_same_log && before.readers && before.readers->count() == schemas->size()) return before.readers;
        auto made = schema_readers<Events>::make(*schemas, in.connection().path());
        if (!made) return unexpected<error>(std::move(made.error()));
        auto                  readers = std::make_shared<const schema_readers<Events>>(std::move(*made));
        auto                  all     = std::make_shared<const records>(std::move(*schemas));
        const std::lock_guard lock(mutex_);
        if (!is_same_log) ++replacements_, known_ = {};
        if (!known_.readers || known_.readers->count() < readers->count()) known_.readers = readers, known_.schemas = all;
        return readers;
    }
    /// Looks whether a new session's server has all the schemas that are counted on. One that was replaced by another, which
    /// had not got the last of them, may have others with their numbers by now. Errors: as above.
    expected<void, error> see(postgres_session& in) {
        const auto before = known();
        if (!before.readers) return {};
        const auto schemas = schemas_in(in);
        if (!schemas) return unexpected<error>(schemas.error());
        if (before.are_in(*schemas)) return {};
        if (auto done = look_for_schemas(in); !done) return unexpected<error>(std::move(done.error()));
        return {};
    }
    /// This log appends events of this schema from now on.
    void count_on(const schema_record& schema) {
        const std::lock_guard lock(mutex_);
        auto                  all = known_.announced ? *known_.announced : records{};
        all.push_back(schema);
        known_.announced = std::make_shared<const records>(std::move(all));
    }
    /// How often something was not there any more that was counted on: then what was said about schemas before, their numbers
    /// too, is no longer right.
    [[nodiscard]] const std::atomic<std::uint64_t>& replacements() const noexcept { return replacements_; }

    /// Looks up what a stream is called, and those that were begun soon after: they are the next ones to be met.
    static expected<void, error> look_up_names(postgres_session& in, std::int64_t number,
                                               std::unordered_map<std::int64_t, std::string>& to) {
        postgres_values values;
        values.add(number);
        auto rows = in.run("SELECT number, name FROM {s}.streams WHERE number >= $1 ORDER BY number LIMIT 512", values);
        if (!rows) return unexpected<error>(std::move(rows.error()));
        if (to.size() > 50'000) to.clear();
        for (int i = 0; i < rows->rows(); ++i) to.insert_or_assign(rows->number(i, 0), std::string{rows->text(i, 1)});
        return {};
    }

private:
    using records = std::vector<schema_record>;

    struct knowledge {
        readers_pointer                readers;
        std::shared_ptr<const records> schemas, announced;  // of the readers; of this log's own

        [[nodiscard]] bool are_in(const records& log) const {
            const auto is_there = [&](const schema_record& mine) {
                return std::any_of(log.begin(), log.end(), [&](const schema_record& each) {
                    return each.number == mine.number && each.name == mine.name && each.text == mine.text;
                });
            };
            return (!schemas || std::all_of(schemas->begin(), schemas->end(), is_there)) &&
                   (!announced || std::all_of(announced->begin(), announced->end(), is_there));
        }
    };
    knowledge known() {
        const std::lock_guard lock(mutex_);
        return known_;
    }

    std::mutex                 mutex_;
    knowledge                  known_;
    std::atomic<std::uint64_t> replacements_{0};
};

}  // namespace annals::detail
