// A log on a NATS server, or a cluster of them: JetStream. Needs libnats.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/clock.hpp>
#include <annals/log/front.hpp>
#include <annals/log/jetstream/appending.hpp>
#include <annals/log/jetstream/guarantees.hpp>
#include <annals/log/jetstream/options.hpp>
#include <annals/log/jetstream/reading.hpp>
#include <annals/log/jetstream/stream_making.hpp>
#include <annals/log/jetstream/waking.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

template <class Log>
class jetstream_consumer;  // annals/read/jetstream_consumer.hpp
template <class Log>
class jetstream_pipeline;  // annals/log/jetstream_pipeline.hpp

/// A log on a NATS server. Each stream of the log is a subject of one JetStream stream; an append is one message with all of
/// its events, which the server stores if the stream is still where it was. Appends to different streams go on at the same
/// time; any number of processes may append and read.
///
/// What is acknowledged survives the end of the server's process, and a power cut only if the server was told to wait for the
/// disk, which no server of version 2.9 or older can be told, and no newer one does by default. In a cluster, what a majority
/// of the replicas has is kept when others of them are lost; but servers older than 2.10.19 may let several of those through
/// who append to one stream at the same moment: a version may be there twice then. `guarantees()` says what is true of the
/// server that was asked, with sources.
///
/// Positions ascend, but there are gaps between them. The time of an event is the server's, unless another clock is given, or
/// a time: appends of one log object go one after the other then.
///
/// When a server is gone, it connects to another one, or to the same when it is back, and goes on, as long as the patience
/// lasts. What was sent, and was not answered, is looked for in the log. Threads may append and read at the same time; a
/// handler may append to the log that it reads. The views in a `context`, and an event, are there for the handler's call only.
///
/// `Clock`, unless it is `server_clock`, and `IdGenerator` are called with no arguments, by one thread at a time.
template <list Events, class Clock = server_clock, class IdGenerator = uuid_v7_generator>
class jetstream_log : public detail::plain_log<jetstream_log<Events, Clock, IdGenerator>, detail::list_with_schemas<Events>> {
    using front         = detail::plain_log<jetstream_log, detail::list_with_schemas<Events>>;
    using accepted_list = typename decltype(front::list_verdict)::accepted;
    static_assert((front::list_verdict.explain(), true));

public:
    using events = typename front::events;

    static constexpr bool positions_are_gapless = false;
    /// The server compares one subject at a time: no append depends on what other streams hold, so that one on a condition does
    /// not compile. `tagged(...)` goes through all.
    static constexpr bool finds_tags = false;

    /// Opens the log, and makes it if there is none. `url` is a server's (`nats://host:4222`, `tls://user:password@host`), or
    /// several of a cluster, with commas. Errors: `unreachable`, `io_failed` (the server's reason), `incompatible_schema`;
    /// `no_such_log`, if the stream holds something else, or cannot have this name; `unsupported`; `damaged`.
    [[nodiscard]] static expected<jetstream_log, error> open(const std::string& url, const jetstream_log_options& options = {},
                                                             Clock clock = {}, IdGenerator make_id = {}) {
        const auto until  = detail::jetstream_server::clock::now() + options.patience;
        auto       server = detail::jetstream_server::connect(url, options);
        if (!server) return unexpected<error>(std::move(server.error()));
        auto inner   = std::make_unique<parts>(std::move(*server), std::move(clock), std::move(make_id));
        auto granted = detail::open_stream(inner->server, inner->subjects, until);
        if (!granted) return unexpected<error>(std::move(granted.error()));
        inner->guarantees = std::move(*granted);
        if (auto done = inner->schemas.refresh(until); !done) return unexpected<error>(std::move(done.error()));
        if (auto done = inner->times.look(until); !done) return unexpected<error>(std::move(done.error()));
        inner->waking.emplace(inner->server, inner->subjects);
        return jetstream_log(std::move(inner));
    }

    /// Appends events to a stream, all or nothing: `append(stream, expected, [metadata,] events...)`, as to a `memory_log`,
    /// with repeated appends recognised as there.
    ///
    /// Errors: `version_conflict`, `duplicate_event`, `invalid_stream_name`, `invalid_metadata`, `invalid_event`,
    /// `nothing_to_append`, `append_too_large`, `disk_full`, `io_failed`, `no_such_log`, `unreachable`: nothing was written;
    /// `durability_unknown`: the server did not answer in time, so that the events may be there, or come yet: to append the
    /// same event ids again tells, and makes sure. Throws what allocation, an event's encoding, the clock or the id generator
    /// throws; nothing was written then.
    using front::append;

    /// Hands the events that `query` selects to `reader`, as of every log. What the reader does not handle is not decoded.
    /// Throws only what a handler throws; the reader has then seen the events before that one. Errors: `damaged`;
    /// `incompatible_schema`, if another process wrote events of another time; `unreachable`, `io_failed`, `no_such_log`.
    using front::read;

    /// The position of the last event; 0 if there is none.
    [[nodiscard]] expected<position, error> head() const {
        const auto last = detail::as_append(inner_->server, inner_->server.last(inner_->subjects.of_all()));
        if (!last) return unexpected<error>(last.error());
        if (!*last) return position{};
        return position{detail::position_at((*last)->message.sequence(), (*last)->view.count() - 1)};
    }

    /// What the server promises of what it acknowledged, as it said when the log was opened.
    [[nodiscard]] const jetstream_guarantees& guarantees() const noexcept { return inner_->guarantees; }

    /// Rung behind each append of this object; soon after those of others, and once a second.
    [[nodiscard]] bell* appended() const { return inner_->waking->listen(); }

private:
    friend detail::log_access;
    template <class Log>
    friend class jetstream_consumer;
    template <class Log>
    friend class jetstream_pipeline;

    struct parts {
        parts(detail::jetstream_server connected, Clock clock, IdGenerator ids)
            : server(std::move(connected)),
              connections(server),
              subjects(server.stream()),
              schemas(server, subjects),
              times(server, subjects, std::move(clock)),
              streams(server.options().remembered_streams),
              make_id(std::move(ids)) {}

        detail::jetstream_server                server;
        detail::reading_connections             connections;
        detail::jetstream_subjects              subjects;
        detail::jetstream_schemas<events>       schemas;
        detail::jetstream_times<Clock>          times;
        detail::known_streams                   streams;
        jetstream_guarantees                    guarantees;
        std::binary_semaphore                   in_order{1};  // of appends whose time is not the server's
        std::mutex                              making_ids;
        IdGenerator                             make_id;
        std::optional<detail::jetstream_waking> waking;
    };

    explicit jetstream_log(std::unique_ptr<parts> inner) : inner_(std::move(inner)) {}

    using order      = detail::append_order<events>;
    using one_append = detail::one_append<events, Clock>;

    template <class Batch>
    expected<order, error> order_of(std::string_view stream, expected_version expects, const metadata& about, Batch& batch) {
        auto encoded = detail::encoded_append<events>::make(stream, about, batch);
        if (!encoded) return unexpected<error>(std::move(encoded.error()));
        std::string subject = inner_->subjects.of_stream(stream);
        if (subject.size() > detail::jetstream_subjects::longest)
            return unexpected<error>(error{errc::invalid_stream_name,
                                           "a stream's name is at most 3000 bytes long, three for each special letter",
                                           std::string{stream}});
        auto  known = inner_->streams.find(subject);
        order made{std::string{stream}, std::move(subject), std::move(known), expects, about,
                   std::move(*encoded), about.event_ids};
        if (made.ids.empty()) {
            made.ids.resize(made.encoded.events().size());
            if constexpr (std::is_same_v<IdGenerator, uuid_v7_generator>) {
                // Each thread has one, for they need not be of one sequence.
                thread_local uuid_v7_generator own;
                for (uuid& each : made.ids) each = own();
            } else {
                const std::lock_guard lock(inner_->making_ids);
                for (uuid& each : made.ids) each = inner_->make_id();
            }
        }
        return made;
    }
    template <class Batch>
    expected<receipt, error> append_batch(std::string_view stream, expected_version expects, detail::on_no_condition,
                                          const metadata& about, Batch& batch) {
        const auto what = order_of(stream, expects, about, batch);
        if (!what) return unexpected<error>(what.error());
        return append_now(*what);
    }
    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        return detail::jetstream_reading<events, Unit, Reader>(inner_->server, inner_->connections, inner_->schemas,
                                                               inner_->subjects, what, reader)
            .run();
    }
    one_append append_of(const order& what, detail::jetstream_server::clock::time_point until) const {
        return one_append(inner_->server, inner_->schemas, inner_->times, what, until);
    }
    expected<receipt, error> append_now(const order& what) {
        const auto until = inner_->server.deadline();
        const auto too_late =
            unexpected<error>(error{errc::unreachable, "appends that came before did not end in time", what.stream});
        std::optional<detail::turn_taken> in_order;
        if (inner_->times.is_in_order(what.about))
            if (!in_order.emplace(inner_->in_order, until)) return too_late;
        const detail::turn_taken turn(what.known->turn, until);
        if (!turn) return too_late;
        auto made = append_of(what, until).make();
        if (made) inner_->waking->appended();
        return made;
    }

    std::unique_ptr<parts> inner_;
};

}  // namespace annals
