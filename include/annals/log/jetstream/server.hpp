// A connection to a NATS server, and the few things that are asked there.
#pragma once

#include <annals/log/error.hpp>
#include <annals/log/jetstream/connecting.hpp>
#include <annals/log/jetstream/event_loop.hpp>
#include <annals/log/jetstream/handles.hpp>
#include <annals/log/jetstream/lasting_connection.hpp>
#include <annals/log/jetstream/message.hpp>
#include <annals/log/jetstream/options.hpp>
#include <annals/log/jetstream/retired.hpp>
#include <annals/log/jetstream/storing.hpp>
#include <annals/model/expected.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace annals::detail {

/// Threads may use it at the same time.
class jetstream_server {
public:
    using clock = std::chrono::steady_clock;

    /// Errors: `unreachable`, if there is none within the patience; `io_failed`, if it refuses, or is not trusted, or an option
    /// is wrong. `loop` does the connection's work, if there is one; it is not made anew then, when it is closed.
    static expected<jetstream_server, error> connect(const std::string& url, const jetstream_log_options& options,
                                                     nats_event_loop* loop = nullptr) {
        jetstream_server made(url, options);
        const auto       until = made.deadline();
        nats_options     how;
        natsStatus       s = make_nats_options(how, url, options, options.patience);
        if (loop) loop->take_over(how.get(), s);
        made.renews_ = loop == nullptr;
        if (s != NATS_OK) return unexpected<error>(made.failure(errc::io_failed, "the connection's options are wrong", s));
        for (;;) {
            s = made.connection_->connect(how.get());
            if (s == NATS_OK) return made;
            if (s != NATS_NO_SERVER && s != NATS_TIMEOUT && s != NATS_IO_ERROR && s != NATS_CONNECTION_CLOSED)
                return unexpected<error>(made.failure(errc::io_failed, why_refused(s), s));
            if (clock::now() + pause > until)
                return unexpected<error>(made.failure(errc::unreachable, "there is no server", s));
            std::this_thread::sleep_for(pause);
        }
    }

    [[nodiscard]] natsConnection*    connection() const noexcept { return connection_->get(); }
    [[nodiscard]] jsCtx*             jetstream() const noexcept { return connection_->jetstream(); }
    [[nodiscard]] const std::string& stream() const noexcept { return options_.name; }
    /// With the password, if there is one in it; `place()` is for errors.
    [[nodiscard]] const std::string&           url() const noexcept { return url_; }
    [[nodiscard]] std::string                  place() const { return without_secrets(url_); }
    [[nodiscard]] const jetstream_log_options& options() const noexcept { return options_; }
    /// Whether other servers have copies, which may be behind.
    void               set_replicated(bool is_so) noexcept { is_replicated_ = is_so; }
    [[nodiscard]] bool is_replicated() const noexcept { return is_replicated_; }
    /// Whether each append of a stream names the one before it. Of several that were let through at one version all name the
    /// same, and one of them only is found from what comes behind.
    void               set_chained(bool is_so) noexcept { is_chained_ = is_so; }
    [[nodiscard]] bool is_chained() const noexcept { return is_chained_; }

    /// For subscriptions that are no longer needed.
    [[nodiscard]] retired_subscriptions& retired() const noexcept { return *retired_; }

    [[nodiscard]] clock::time_point deadline() const { return clock::now() + options_.patience; }
    /// How many milliseconds are left until then; at least one.
    [[nodiscard]] static std::int64_t left(clock::time_point until) noexcept {
        return std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count(), 1);
    }
    /// How many milliseconds one attempt may take, which ends when the whole does.
    [[nodiscard]] std::int64_t attempt(clock::time_point until) const noexcept {
        return std::min(left(until), std::clamp<std::int64_t>(options_.patience.count() / 4, 50, 2000));
    }
    [[nodiscard]] std::int64_t attempt() const noexcept { return attempt(clock::time_point::max()); }
    [[nodiscard]] bool         is_connected() const { return connection_->is_connected(); }
    [[nodiscard]] bool         is_closed() const { return connection_->is_closed(); }
    /// Waits until it is connected; false if it is not in time.
    [[nodiscard]] bool wait_for_connection(clock::time_point until) const {
        while (!is_connected()) {
            if (clock::now() > until) return false;
            if (renews_) connection_->renew(url_, options_, until);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return true;
    }
    /// Before the next attempt. False if there is no time left.
    [[nodiscard]] bool wait_before_next(clock::time_point until) const {
        if (clock::now() + pause > until) return false;
        std::this_thread::sleep_for(pause);
        return wait_for_connection(until);
    }

    /// Stores a message on conditions, if the server finds that they hold.
    jetstream_outcome store(const std::string& subject, std::span<const std::byte> body, const jetstream_conditions& conditions,
                            clock::time_point until) const {
        if (!is_connected()) return {jetstream_outcome::kind::not_sent};
        auto       how  = how_to_store(conditions, until);
        jsPubAck*  raw  = nullptr;
        jsErrCode  code = {};
        const auto s = js_Publish(&raw, jetstream(), subject.c_str(), body.data(), static_cast<int>(body.size()), &how, &code);
        const nats_ack ack(raw);
        return s == NATS_OK ? outcome_of(*ack) : outcome_of(s, code, last_words(s));
    }
    /// Refers to the conditions.
    [[nodiscard]] jsPubOptions how_to_store(const jetstream_conditions& conditions, clock::time_point until) const {
        jsPubOptions how;
        jsPubOptions_Init(&how);
        how.MaxWait       = attempt(until);
        how.MsgId         = conditions.id.empty() ? nullptr : conditions.id.c_str();
        how.ExpectLastSeq = conditions.last_of_all;
        // A sequence of 0 would be sent as no expectation at all.
        how.ExpectNoMessage      = conditions.last_on_subject == 0;
        how.ExpectLastSubjectSeq = conditions.last_on_subject;
        return how;
    }
    static jetstream_outcome outcome_of(const jsPubAck& ack) {
        return {ack.Duplicate ? jetstream_outcome::kind::repeated : jetstream_outcome::kind::stored, ack.Sequence};
    }
    static jetstream_outcome outcome_of(natsStatus s, jsErrCode code, std::string why) {
        using kind         = jetstream_outcome::kind;
        const auto refused = [&](errc as) { return jetstream_outcome{kind::refused, 0, std::move(why), as}; };
        if (code == JSStreamWrongLastSequenceErr) return {kind::conflict};
        if (s == NATS_NO_RESPONDERS) return {kind::not_sent};
        if (s == NATS_MAX_PAYLOAD || code == JSStreamMessageExceedsMaximumErr) return refused(errc::append_too_large);
        if (code == JSStreamStoreFailedErr || code == JSStorageResourcesExceededErr || code == JSInsufficientResourcesErr ||
            code == JSAccountResourcesExceededErr)
            return refused(errc::disk_full);
        if (code == JSStreamNotFoundErr) return refused(errc::no_such_log);
        if (s == NATS_INVALID_ARG || s == NATS_NO_MEMORY || (code != 0 && !is_passing(s, code)))
            return refused(errc::io_failed);
        return {kind::unknown, 0, std::move(why)};
    }

    /// What is asked for takes until then, or as long as the patience.
    using due = std::optional<clock::time_point>;

    /// The last message on a subject, which may have wildcards; none if there is none. Errors: `unreachable`, `io_failed`,
    /// `no_such_log`.
    expected<std::optional<jetstream_message>, error> last(const std::string& subject, due until = {}) const {
        return ask(until, [&](natsMsg** got, jsErrCode* code, jsOptions* how) {
            // Copies may be behind; only the leader is not.
            if (is_replicated_) return js_GetLastMsg(got, jetstream(), stream().c_str(), subject.c_str(), how, code);
            jsDirectGetMsgOptions what;
            jsDirectGetMsgOptions_Init(&what);
            what.LastBySubject = subject.c_str();
            return js_DirectGetMsg(got, jetstream(), stream().c_str(), how, &what);
        });
    }
    /// The message at a sequence.
    expected<std::optional<jetstream_message>, error> at(std::uint64_t sequence, due until = {}) const {
        return ask(until, [&](natsMsg** got, jsErrCode* code, jsOptions* how) {
            if (is_replicated_) return js_GetMsg(got, jetstream(), stream().c_str(), sequence, how, code);
            jsDirectGetMsgOptions what;
            jsDirectGetMsgOptions_Init(&what);
            what.Sequence = sequence;
            return js_DirectGetMsg(got, jetstream(), stream().c_str(), how, &what);
        });
    }
    /// The first message on a subject at a sequence or behind it. A copy that is behind may have none.
    expected<std::optional<jetstream_message>, error> next(const std::string& subject, std::uint64_t sequence,
                                                           due until = {}) const {
        return ask(until, [&](natsMsg** got, jsErrCode*, jsOptions* how) {
            jsDirectGetMsgOptions what;
            jsDirectGetMsgOptions_Init(&what);
            what.NextBySubject = subject.c_str();
            what.Sequence      = sequence;
            return js_DirectGetMsg(got, jetstream(), stream().c_str(), how, &what);
        });
    }

    /// Asks again and again, as long as it is worth it: `attempt()` answers a status.
    template <class Attempt>
    natsStatus insist(Attempt&& one, jsErrCode& code, clock::time_point until) const {
        for (;;) {
            code         = {};
            const auto s = wait_for_connection(until) ? one() : NATS_NO_SERVER;
            if (s == NATS_OK || !is_passing(s, code) || !wait_before_next(until)) return s;
        }
    }
    [[nodiscard]] error failure(errc code, std::string_view reason, natsStatus s) const {
        error made{code, reason, {}, {}, {}, place()};
        made.details = last_words(s);
        return made;
    }
    /// What could not be done: `unreachable` if it may be possible later.
    [[nodiscard]] error failure(natsStatus s, jsErrCode code) const {
        if (is_passing(s, code)) return failure(errc::unreachable, "the server does not answer", s);
        if (code == JSStreamNotFoundErr) return failure(errc::no_such_log, "the stream of the log is gone", s);
        return failure(errc::io_failed, "the server refused", s);
    }
    /// Whether it may be better later.
    [[nodiscard]] static bool is_passing(natsStatus s, jsErrCode code) noexcept {
        if (code == JSClusterNotAvailErr || code == JSInsufficientResourcesErr || code == JSClusterNoPeersErr ||
            code == JSStreamOfflineErr || code == JSClusterIncompleteErr || code == JSClusterNotLeaderErr ||
            code == JSNotEnabledErr)
            return true;
        if (code != 0) return false;
        return s == NATS_TIMEOUT || s == NATS_NO_RESPONDERS || s == NATS_CONNECTION_DISCONNECTED ||
               s == NATS_CONNECTION_CLOSED || s == NATS_NO_SERVER || s == NATS_IO_ERROR || s == NATS_STALE_CONNECTION;
    }

private:
    static constexpr auto pause = std::chrono::milliseconds(20);

    jetstream_server(std::string url, jetstream_log_options options) : url_(std::move(url)), options_(std::move(options)) {}

    static std::string last_words(natsStatus s) {
        natsStatus  of    = NATS_OK;
        const char* words = nats_GetLastError(&of);
        std::string text  = natsStatus_GetText(s);
        if (words && of == s && *words) text.append(": ").append(words);
        return text;
    }
    template <class Question>
    expected<std::optional<jetstream_message>, error> ask(due until, const Question& question) const {
        const auto end  = until.value_or(deadline());
        natsMsg*   raw  = nullptr;
        jsErrCode  code = {};
        const auto one  = [&] {
            jsOptions how;
            jsOptions_Init(&how);
            how.Wait = attempt(end);
            return question(&raw, &code, &how);
        };
        const auto   s = insist(one, code, end);
        nats_message got(raw);
        if (s == NATS_NOT_FOUND || code == JSNoMessageFoundErr) return std::optional<jetstream_message>{};
        if (s != NATS_OK) return unexpected<error>(failure(s, code));
        return std::optional(jetstream_message(std::move(got)));
    }

    std::string           url_;
    jetstream_log_options options_;
    bool                  is_replicated_ = false, is_chained_ = true;
    bool                  renews_ = true;
    // Goes behind the connection.
    std::unique_ptr<retired_subscriptions> retired_    = std::make_unique<retired_subscriptions>();
    std::unique_ptr<lasting_connection>    connection_ = std::make_unique<lasting_connection>();
};

}  // namespace annals::detail
