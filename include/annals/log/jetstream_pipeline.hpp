// Many appends to a log on a NATS server at the same time, from one thread: for imports, and for whoever has more to do than to
// wait.
#pragma once

#include <annals/log/jetstream/publisher.hpp>
#include <annals/log/jetstream_log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace annals {

/// Appends to different streams without waiting for the server in between. Appends to one stream are made one after the other:
/// each waits for the one before it. What was begun is sent by the next append, or by `settle`, at the latest. Each is
/// checked, and made again where need be, as those of the log are. Refers to the log, which others may use meanwhile; has a
/// connection of its own. For one thread at a time.
template <class Log>
class jetstream_pipeline {
public:
    /// Told what became of an append, by its number. It must not use the pipeline, nor throw.
    using observer = std::function<void(std::uint64_t, const expected<receipt, error>&)>;

    explicit jetstream_pipeline(Log& log, observer told = {}) : log_(log), told_(std::move(told)) {}
    jetstream_pipeline(const jetstream_pipeline&)            = delete;
    jetstream_pipeline& operator=(const jetstream_pipeline&) = delete;
    /// Waits as `settle` does.
    ~jetstream_pipeline() { (void)settle(); }

    /// Begins an append, as that of the log, and returns its number: 1, 2, 3 … Waits if the stream, or too many others, are
    /// waited for.
    template <class... Given>
    std::uint64_t append(std::string_view stream, expected_version expects, Given&&... given) {
        using events                    = typename Log::events;
        constexpr auto verdict          = detail::judge_given<events, std::remove_cvref_t<Given>...>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        ++begun_;
        if constexpr (detail::is_sound<decltype(verdict)>)
            detail::with_batch(
                [&](const metadata& about, auto& batch) {
                    auto what = log_.order_of(stream, expects, about, batch);
                    if (!what)
                        tell(begun_, unexpected<error>(std::move(what.error())));
                    else if (log_.inner_->times.is_in_order(about))
                        append_alone(*what);
                    else
                        send(std::move(*what));
                },
                std::forward<Given>(given)...);
        return begun_;
    }

    /// Returns when all that was begun is through. Answers the first error since the last time.
    expected<void, error> settle() {
        while (!under_way_.empty()) take_answer();
        if (!first_error_) return {};
        auto failed = std::exchange(first_error_, std::nullopt);
        return unexpected<error>(std::move(*failed));
    }

private:
    static constexpr std::size_t most_under_way = 1000, most_bytes = 8'000'000;

    struct flight {
        typename Log::order                         what;
        typename Log::one_append                    append;
        std::uint64_t                               number;
        detail::jetstream_server::clock::time_point until{};
        std::uint64_t                               connection = 0;
        std::size_t                                 bytes      = 0;

        flight(Log& log, typename Log::order&& order, std::uint64_t which)
            : what(std::move(order)), append(log.append_of(what, log.inner_->server.deadline())), number(which) {}
    };

    [[nodiscard]] const detail::jetstream_server& server() const { return log_.inner_->server; }

    void send(typename Log::order&& what) {
        const auto must_wait = [&] { return is_full() || busy_.count(what.known.get()) != 0; };
        // To be woken for each of many small ones costs more than all the rest: then whoever has to wait waits for half of
        // them.
        if (must_wait()) {
            const std::size_t enough = is_small(what) ? under_way_.size() / 2 : under_way_.size();
            while (must_wait() || under_way_.size() > enough) take_answer();
        }
        if (answers_ && answers_->is_closed() && under_way_.empty()) answers_.reset();
        if (!answers_) {
            auto made = detail::publisher::connect(server());
            if (!made) return tell(begun_, unexpected<error>(std::move(made.error())));
            answers_.emplace(std::move(*made));
        }
        auto made = std::make_unique<flight>(log_, std::move(what), begun_);
        auto done = [&] {
            const detail::turn_taken turn(made->what.known->turn);
            return made->append.prepare();
        }();
        if (!done || *done)
            return end(*made, done ? expected<receipt, error>(**done) : unexpected<error>(std::move(done.error())));
        const auto& is   = made->append;
        made->connection = answers_->connections();
        if (auto sent = answers_->send(made->what.subject, is.message(), is.conditions(), begun_)) return settle(*made, *sent);
        made->bytes = is.message().size();
        bytes_ += made->bytes;
        made->append.forget_message();
        made->until = detail::jetstream_server::clock::now() + std::chrono::milliseconds(server().attempt());
        busy_.insert(made->what.known.get());
        under_way_.emplace(begun_, std::move(made));
    }
    [[nodiscard]] bool is_full() const noexcept {
        return under_way_.size() >= most_under_way || (bytes_ > most_bytes && !under_way_.empty());
    }
    static bool is_small(const typename Log::order& what) { return what.encoded.events().size() < 8; }
    // Takes an answer, which must be due.
    void take_answer() {
        auto [number, outcome] = answers_->next(under_way_.begin()->second->until, under_way_.begin()->second->connection);
        // The one that waits for the longest time was not answered.
        const auto found = number != 0 ? under_way_.find(number) : under_way_.begin();
        if (found == under_way_.end()) return;  // too late
        const auto mine = std::move(found->second);
        under_way_.erase(found);
        bytes_ -= mine->bytes;
        busy_.erase(mine->what.known.get());
        settle(*mine, outcome);
    }
    void settle(flight& mine, const detail::jetstream_outcome& outcome) {
        // Nobody waits for a turn while an append is under way: others append meanwhile, and the server says who was first.
        const auto made = [&]() -> expected<receipt, error> {
            const detail::turn_taken turn(mine.what.known->turn);
            auto                     done = mine.append.conclude(outcome);
            if (!done) return unexpected<error>(std::move(done.error()));
            return *done ? expected<receipt, error>(**done) : mine.append.make();
        }();
        end(mine, made);
    }
    // It is through.
    void end(flight& of, const expected<receipt, error>& done) {
        if (done) log_.inner_->waking->appended();
        tell(of.number, done);
    }
    void append_alone(const typename Log::order& what) {
        while (!under_way_.empty()) take_answer();
        tell(begun_, log_.append_now(what));
    }
    void tell(std::uint64_t number, const expected<receipt, error>& done) {
        if (!done && !first_error_) first_error_ = done.error();
        if (told_) told_(number, done);
    }

    Log&                                             log_;
    observer                                         told_;
    std::uint64_t                                    begun_ = 0;
    std::optional<detail::publisher>                 answers_;
    std::map<std::uint64_t, std::unique_ptr<flight>> under_way_;  // by number
    std::size_t                                      bytes_ = 0;  // of all of them
    std::unordered_set<const void*>                  busy_;       // the streams that they are of
    std::optional<error>                             first_error_;
};

}  // namespace annals
