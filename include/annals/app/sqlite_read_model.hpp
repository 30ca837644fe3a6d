// Read models as tables in the log's own database, each event in them exactly once.
#pragma once

#include <annals/app/react.hpp>
#include <annals/app/steady_run.hpp>
#include <annals/log/sqlite/transaction.hpp>
#include <annals/log/sqlite_log.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace annals {

/// Mistake: `Tables` lists these events, but does nothing about them.
template <class Tables, class Missing>
struct event_without_statement {
    static consteval void explain() {
        static_assert(detail::never<Tables>, "annals: give it `void react(const E&, annals::sqlite_transaction&)` for each event named above");
    }
};
/// Mistake: `Tables` cannot make its tables.
template <class Tables>
struct tables_that_nobody_makes {
    static consteval void explain() {
        static_assert(detail::never<Tables>,
                      "annals: give it `void create(annals::sqlite_transaction&)`, which drops its tables if they are there, and makes them");
    }
};

namespace detail {

template <class Tables, class List>
struct unwritten_in;
template <class Tables, class... E>
struct unwritten_in<Tables, events<E...>> {
    static constexpr bool flags[] = {!has_react<Tables, void, const E&, sqlite_transaction&>..., false};
    using type                    = typename filter<events<E...>, flags>::type;
};

template <class Held, class Tables>
consteval auto judge_tables() {
    if constexpr (!lists_events<Tables>)
        return no_events_are_listed_by<Tables>{};
    else if constexpr (!is_sound<decltype(judge_list<typename Tables::events>())>)
        return judge_list<typename Tables::events>();
    else if constexpr (unwritten_in<Tables, flat<typename Tables::events>>::type::size != 0)
        return event_without_statement<Tables, typename unwritten_in<Tables, flat<typename Tables::events>>::type>{};
    else if constexpr (!requires(Tables & tables, sqlite_transaction & in) { tables.create(in); })
        return tables_that_nobody_makes<Tables>{};
    else if constexpr (difference<typename Tables::events, flat<Held>>::size != 0)
        return event_that_the_log_never_holds<Tables, difference<typename Tables::events, flat<Held>>>{};
    else
        return sound_design{};
}

template <class Tables, class E>
struct write_event {
    Tables*             tables;
    sqlite_transaction* in;

    void operator()(const E& event) const { tables->react(event, *in); }
};
template <class Tables, class... E>
auto writing_events(Tables& tables, sqlite_transaction& in, events<E...>) {
    return handlers{write_event<Tables, E>{&tables, &in}..., otherwise()};
}

}  // namespace detail

/// Keeps tables up to date that a user's `create` makes and `react` fills, in the database of the log. What a batch of events
/// changes and the place are committed together, so the tables are never behind or ahead of it, whatever crashes. `name` is
/// that of the place: one for each read model.
template <class Tables, class Log>
class sqlite_read_model {
public:
    sqlite_read_model(Log& log, std::string name, Tables tables, std::uint64_t batch = 1000)
        : log_(log), name_(std::move(name)), tables_(std::move(tables)), batch_(batch == 0 ? 1 : batch), waiting_(log, std::chrono::milliseconds(50)) {}
    sqlite_read_model(const sqlite_read_model&)            = delete;
    sqlite_read_model& operator=(const sqlite_read_model&) = delete;

    /// Takes what is there and then what comes, until `stop()`. One thread runs it. Errors: those of the log, and the first
    /// that a statement of the user's met: nothing of that batch is in the tables then. Throws what the user's functions throw,
    /// likewise.
    expected<void, error> run() {
        return waiting_.go([this] { return step(false); });
    }
    /// Makes `run` return. From any thread.
    void stop() { waiting_.stop(); }
#if defined(__cpp_lib_jthread)
    expected<void, error> run(std::stop_token until) {
        return waiting_.go(std::move(until), [this] { return step(false); });
    }
#endif
    /// Takes what is there, and returns.
    expected<void, error> catch_up() {
        for (;;) {
            const auto more = step(false);
            if (!more) return unexpected<error>(more.error());
            if (*more != 0) return {};
        }
    }
    /// Makes the tables anew and fills them, in one transaction: others see the old ones until it is through.
    expected<void, error> rebuild() {
        const auto done = step(true);
        return done ? expected<void, error>{} : unexpected<error>(done.error());
    }
    /// Up to where the tables are.
    [[nodiscard]] expected<position, error> place() {
        position at;
        auto     done = log_.in_transaction([&](sqlite_transaction& in, const auto&) { at = position{find(in).first}; });
        if (!done) return unexpected<error>(std::move(done.error()));
        return at;
    }

private:
    // 0 if there may be more.
    expected<std::int64_t, error> step(bool anew) {
        bool is_through = false;
        auto done       = log_.in_transaction([&](sqlite_transaction& in, const auto& read) {
            auto [at, is_known] = find(in);
            if (anew || !is_known) {
                tables_.create(in);
                at = 0;
            }
            auto       what = whole_log().from(position{at + 1});
            const auto got  = read(anew ? what : what.limit(batch_), detail::writing_events(tables_, in, flat<typename Tables::events>{}));
            if (!got) return;
            is_through = anew || got->count < batch_;
            if (got->count == 0 && is_known && !anew) return;
            in.execute("INSERT INTO places (name, position) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET position = ?2", name_,
                       got->count == 0 ? at : got->position.value);
        });
        if (!done) return unexpected<error>(std::move(done.error()));
        return is_through ? detail::steady_run<Log>::nothing_due : 0;
    }
    std::pair<std::uint64_t, bool> find(sqlite_transaction& in) const {
        std::pair<std::uint64_t, bool> found{0, false};
        in.query("SELECT position FROM places WHERE name = ?1", [&](const sqlite_row& row) {
            found = {static_cast<std::uint64_t>(row.number(0)), true};
        }, name_);
        return found;
    }

    Log&                    log_;
    std::string             name_;
    Tables                  tables_;
    std::uint64_t           batch_;
    detail::steady_run<Log> waiting_;
};

/// A read model in the database of `log`, which must outlive it: `annals::sqlite_read_model_of(log, "sales", sales_tables{})`.
template <class Tables, list Events, class Clock, class IdGenerator>
[[nodiscard]] auto sqlite_read_model_of(sqlite_log<Events, Clock, IdGenerator>& log, std::string name, Tables tables, std::uint64_t batch = 1000) {
    using log_type                  = sqlite_log<Events, Clock, IdGenerator>;
    constexpr auto verdict          = detail::judge_tables<typename log_type::events, Tables>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>)
        return sqlite_read_model<Tables, log_type>(log, std::move(name), std::move(tables), batch);
}

}  // namespace annals
