// Subscriptions that several processes share: the NATS server keeps their place, and hands each append to one of them.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/jetstream/consumer_requests.hpp>
#include <annals/log/jetstream_log.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// How a `jetstream_consumer` is opened.
struct jetstream_consumer_options {
    /// How many processes can work at the same time: one, and all appends come in the order of the log; or up to sixteen, and
    /// appends to one stream come in their order, those to different streams in any. Cannot be changed later.
    bool in_parallel = false;
    /// How long an append may take a process before it is taken for dead, and the append is given to another one. Cannot be
    /// changed later.
    std::chrono::milliseconds patience{30'000};
    /// How long after a failure what failed is tried again.
    std::chrono::milliseconds pause{1000};
};

/// A place in the log that the server keeps under a name, for any number of processes: whoever runs a consumer of that name
/// gets the next append that nobody has got. When its events are handled, and what was made of them is saved, that is
/// acknowledged, and the place moves on. What a process has got and does not acknowledge, for it died, or threw, is given to
/// another one: each event is handled **at least once**. `context::id` is the same then, which is how to find out; an append
/// is always the last one of its stream that was handled when it comes again.
///
/// Refers to the log. One thread runs it; any may stop it.
template <class Log>
class jetstream_consumer {
public:
    /// Begins where the query does, the first time that the name is used: `whole_log()`, or `category(...)`, perhaps `from` a
    /// position. Errors: `out_of_range`, if the query says more; those of the server, also if the name is used otherwise.
    [[nodiscard]] static expected<jetstream_consumer, error> open(const Log& log, const std::string& name,
                                                                  const log_query&                  what    = whole_log(),
                                                                  const jetstream_consumer_options& options = {}) {
        log_query plain = what;
        plain.first     = 1;
        const bool fits = plain.name == what.name && !plain.descending && plain.most == unlimited && plain.last == unlimited &&
                          plain.last_position.value == unlimited && plain.last_time == log_query{}.last_time &&
                          plain.scope != query_scope::tagged;
        if (!fits || !detail::is_stream_name(name))
            return unexpected<error>(error{
                errc::out_of_range, "a consumer has a name of letters and digits, and a query with no end", {}, {}, name});
        jetstream_consumer made(log, options);
        made.begin_.first          = what.first;
        const auto&       server   = log.inner_->server;
        const auto&       subjects = log.inner_->subjects;
        const std::size_t parts    = options.in_parallel ? detail::jetstream_partitions : 1;
        for (std::size_t part = 0; part < parts; ++part) {
            std::string subject;
            if (what.scope == query_scope::category)
                subject = options.in_parallel ? subjects.of_category(what.name, part) : subjects.of_category(what.name);
            else
                subject = options.in_parallel ? subjects.of_partition(part) : subjects.of_all();
            auto own = options.in_parallel ? name + "-" + static_cast<char>('a' + part) : name;
            if (auto done = detail::make_durable(server, own, subject, detail::sequence_of(what.first), options.patience);
                !done)
                return unexpected<error>(std::move(done.error()));
            made.names_.push_back(std::move(own));
        }
        made.inbox_ = std::make_unique<detail::consumer_inbox>(server, options.patience);
        return made;
    }

    /// Hands the events of one append after the other to `reader`, as `read` does, and calls `save(position)` behind each
    /// append, with the position of its last event; then the server is told. Until `stop()`. Errors: what `save` answers, if
    /// it answers an `expected`; those of `read`. Throws what a handler or `save` throws. After both, the append comes again.
    template <class Reader, class Save>
    expected<void, error> run(Reader&& reader, Save&& save) {
        constexpr auto verdict          = detail::judge_reading<typename Log::events, std::remove_cvref_t<Reader>>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (!detail::is_sound<decltype(verdict)>)
            return {};
        else {
            bell* const          rung = log_->appended();
            const bell::listener listener(*rung);
            for (;;) {
                const auto rings  = listener.rings();
                bool       is_any = false;
                for (std::size_t i = 0; i < names_.size(); ++i) {
                    if (stopping_->exchange(false)) return {};
                    auto got = inbox_->next(names_[next_++ % names_.size()]);
                    if (!got) return unexpected<error>(std::move(got.error()));
                    if (!*got) continue;
                    is_any = true;
                    if (auto done = handle(**got, reader, save); !done) return done;
                }
                if (!is_any) listener.wait(rings);  // it rings once a second, for what died with another process
            }
        }
    }
    template <class Reader>
    expected<void, error> run(Reader&& reader) {
        return run(std::forward<Reader>(reader), [](position) {});
    }
    /// Makes `run` return when the append that it is at is through, or the next one if none runs. From any thread.
    void stop() {
        *stopping_ = true;
        log_->appended()->ring();
    }

    /// How many appends were not acknowledged yet, by whomever.
    [[nodiscard]] expected<std::uint64_t, error> left() const {
        std::uint64_t all = 0;
        for (const std::string& name : names_) {
            const auto one = detail::left_for(log_->inner_->server, name);
            if (!one) return one;
            all += *one;
        }
        return all;
    }
    /// Makes the server forget the name, for all processes.
    expected<void, error> remove() {
        for (const std::string& name : names_)
            if (auto done = detail::remove_durable(log_->inner_->server, name); !done) return done;
        return {};
    }

private:
    jetstream_consumer(const Log& log, const jetstream_consumer_options& options) : log_(&log), options_(options) {}

    // Whatever happens, the server is told: that it is done, or that it is to come again.
    struct answer {
        const detail::handed_out& to;
        std::chrono::milliseconds pause;
        bool                      is_done = false;

        answer(const detail::handed_out& whom, std::chrono::milliseconds later) : to(whom), pause(later) {}
        answer(const answer&)            = delete;
        answer& operator=(const answer&) = delete;
        ~answer() { is_done ? to.acknowledge() : to.give_back(pause); }
    };

    template <class Reader, class Save>
    expected<void, error> handle(const detail::handed_out& got, Reader& reader, Save& save) {
        using plain = std::remove_reference_t<Reader>;
        answer                                                      when_done(got, options_.pause);
        auto&                                                       parts = *log_->inner_;
        detail::event_taking<typename Log::events, position, plain> events(parts.schemas, parts.subjects, begin_, reader);
        if (auto done = events.take(parts.server, got.message()); !done) return done;
        if (events.result().count == 0) {
            // The server knows appends only, and begins no later than at the end of the log.
        } else if constexpr (std::is_void_v<decltype(save(position{}))>)
            save(events.result().position);
        else if (auto done = save(events.result().position); !done)
            return unexpected<error>(std::move(done.error()));
        when_done.is_done = true;
        return {};
    }

    const Log*                              log_;
    jetstream_consumer_options              options_;
    log_query                               begin_;  // which events are handed out, of the appends that the server hands out
    std::vector<std::string>                names_;
    std::size_t                             next_ = 0;
    std::unique_ptr<detail::consumer_inbox> inbox_;
    std::unique_ptr<std::atomic<bool>>      stopping_ = std::make_unique<std::atomic<bool>>(false);
};

}  // namespace annals
