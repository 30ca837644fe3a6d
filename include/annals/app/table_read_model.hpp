// Read models as tables in the log's own database, each event in them exactly once. For every log that is in one.
#pragma once

#include <annals/app/react.hpp>
#include <annals/app/steady_run.hpp>
#include <annals/log/transactional.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace annals {

/// Mistake: `Tables` lists these events, but does nothing about them.
template <class Tables, class Missing>
struct event_without_statement {
    static consteval void explain() {
        static_assert(detail::never<Tables>,
                      "annals: give it `void react(const E&, Transaction&)` for each event named above, with the log's own, "
                      "such as annals::sqlite_transaction");
    }
};
/// Mistake: `Tables` cannot make its tables.
template <class Tables>
struct tables_that_nobody_makes {
    static consteval void explain() {
        static_assert(detail::never<Tables>,
                      "annals: give it `void create(Transaction&)`, which drops its tables if they are there, and makes them, "
                      "with the log's own, such as annals::sqlite_transaction");
    }
};

namespace detail {

template <class Tables, class Transaction, class List>
struct unwritten_in;
template <class Tables, class Transaction, class... E>
struct unwritten_in<Tables, Transaction, events<E...>> {
    static constexpr bool flags[] = {!has_react<Tables, void, const E&, Transaction&>..., false};
    using type                    = typename filter<events<E...>, flags>::type;
};

template <class Log, class Tables>
consteval auto judge_tables() {
    using held = typename Log::events;
    if constexpr (!transactional_log<Log>)
        return log_that_has_no_tables<Log>{};
    else if constexpr (!lists_events<Tables>)
        return no_events_are_listed_by<Tables>{};
    else if constexpr (!is_sound<decltype(judge_list<typename Tables::events>())>)
        return judge_list<typename Tables::events>();
    else if constexpr (unwritten_in<Tables, typename Log::transaction, flat<typename Tables::events>>::type::size != 0)
        return event_without_statement<
            Tables, typename unwritten_in<Tables, typename Log::transaction, flat<typename Tables::events>>::type>{};
    else if constexpr (!requires(Tables & tables, typename Log::transaction & in) { tables.create(in); })
        return tables_that_nobody_makes<Tables>{};
    else if constexpr (difference<typename Tables::events, flat<held>>::size != 0)
        return event_that_the_log_never_holds<Tables, difference<typename Tables::events, flat<held>>>{};
    else
        return sound_design{};
}

template <class Tables, class Transaction, class E>
struct write_event {
    Tables*      tables;
    Transaction* in;

    void operator()(const E& event) const { tables->react(event, *in); }
};
template <class Tables, class Transaction, class... E>
auto writing_events(Tables& tables, Transaction& in, events<E...>) {
    return handlers{write_event<Tables, Transaction, E>{&tables, &in}..., otherwise()};
}

}  // namespace detail

/// Keeps tables up to date that a user's `create` makes and `react` fills, in the database of the log. What a batch of events
/// changes and the place are committed together, so the tables are never behind or ahead of it, whatever crashes. `name` is
/// that of the place: one for each read model.
template <class Tables, class Log>
class table_read_model {
    using transaction = typename Log::transaction;

public:
    table_read_model(Log& log, std::string name, Tables tables, std::uint64_t batch = 1000)
        : log_(log),
          name_(std::move(name)),
          tables_(std::move(tables)),
          batch_(batch == 0 ? 1 : batch),
          waiting_(log, std::chrono::milliseconds(50)) {}
    table_read_model(const table_read_model&)            = delete;
    table_read_model& operator=(const table_read_model&) = delete;

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
        auto done = log_.in_transaction([&](transaction& in, const auto&) { at = in.place_of(name_).value_or(position{}); });
        if (!done) return unexpected<error>(std::move(done.error()));
        return at;
    }

private:
    // 0 if there may be more.
    expected<std::int64_t, error> step(bool anew) {
        bool is_through = false;
        auto done       = log_.in_transaction([&](transaction& in, const auto& read) {
            const auto known  = in.place_of(name_);
            const bool is_new = anew || !known;
            const auto at     = is_new ? position{} : *known;
            if (is_new) tables_.create(in);
            auto       what = whole_log().from(position{at.value + 1});
            const auto got =
                read(anew ? what : what.limit(batch_), detail::writing_events(tables_, in, flat<typename Tables::events>{}));
            if (!got) return;
            is_through = anew || got->count < batch_;
            if (got->count != 0 || is_new) in.set_place(name_, got->count == 0 ? at : got->position);
        });
        if (!done) return unexpected<error>(std::move(done.error()));
        return is_through ? detail::steady_run<Log>::nothing_due : 0;
    }
    Log&                    log_;
    std::string             name_;
    Tables                  tables_;
    std::uint64_t           batch_;
    detail::steady_run<Log> waiting_;
};

/// A read model in the database of `log`, which must outlive it: `annals::table_read_model_of(log, "sales", sales_tables{})`.
template <class Tables, class Log>
[[nodiscard]] auto table_read_model_of(Log& log, std::string name, Tables tables, std::uint64_t batch = 1000) {
    constexpr auto verdict          = detail::judge_tables<Log, Tables>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>)
        return table_read_model<Tables, Log>(log, std::move(name), std::move(tables), batch);
}

}  // namespace annals
