// The schemas of a log's events, which are in the log: on a subject of their own, each message with all that there are by then.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/jetstream/known_streams.hpp>
#include <annals/log/jetstream/server.hpp>
#include <annals/log/jetstream/subjects.hpp>
#include <annals/log/schemas/schema_readers.hpp>
#include <annals/log/schemas/written_schemas.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// The message. A schema's number is its place here.
struct announced_schema {
    std::string name;
    std::string text;
};
struct announced_schemas {
    std::vector<announced_schema> all;
};

/// Threads may use it at the same time.
template <class Events>
class jetstream_schemas {
public:
    using readers = std::shared_ptr<const schema_readers<Events>>;

    jetstream_schemas(const jetstream_server& server, const jetstream_subjects& subjects)
        : server_(server), subjects_(subjects) {}

    using time_point = jetstream_server::clock::time_point;

    /// Reads what is announced. Errors: `incompatible_schema`, `damaged`, and those of the server.
    expected<void, error> refresh(time_point until) {
        const turn_taken turn(looking_, until);
        if (!turn) return not_reached({});
        return look(until);
    }
    [[nodiscard]] readers how() const {
        const std::lock_guard lock(mutex_);
        return readers_;
    }
    /// How the events are read of a log that has a schema of this number.
    expected<readers, error> how_with(std::size_t number) {
        const auto       until = server_.deadline();
        const turn_taken turn(looking_, until);
        if (!turn) return not_reached({});
        if (number >= readers_->count())
            if (auto done = look(until); !done) return unexpected<error>(std::move(done.error()));
        return readers_;
    }

    /// The number of the schema of a type, given as its place in `stored<Events>`, which is announced by then.
    expected<std::uint16_t, error> number_of(std::size_t type, time_point until) {
        if (const auto known = numbers_[type].load(std::memory_order_acquire); known != unknown)
            return static_cast<std::uint16_t>(known);
        const turn_taken turn(looking_, until);
        if (!turn) return not_reached({});
        for (;;) {
            if (const auto known = numbers_[type].load(); known != unknown) return static_cast<std::uint16_t>(known);
            announced_schemas more = announced_;
            more.all.push_back({mine_.at(type).name, mine_.at(type).text});
            std::vector<std::byte> body;
            if (!encode(more, body)) return unexpected<error>(error{errc::append_too_large, "there are too many schemas", {}});
            const auto stored = server_.store(subjects_.schemas(), body, {sequence_}, until);
            if (stored.what == jetstream_outcome::kind::refused)
                return unexpected<error>(error{stored.code, "the server refused a schema", {}, {}, stored.why});
            // Whatever happened: what is there now is what counts.
            if (auto done = look(until); !done) return unexpected<error>(std::move(done.error()));
            if (numbers_[type] != unknown) continue;
            // Another schema came in between.
            const bool is_next = stored.what == jetstream_outcome::kind::conflict && jetstream_server::clock::now() < until;
            if (!is_next && !server_.wait_before_next(until)) return not_reached(stored.why);
        }
    }

private:
    static constexpr std::uint32_t unknown = 0xffffffff;

    static std::vector<std::atomic<std::uint32_t>> unknown_numbers() {
        std::vector<std::atomic<std::uint32_t>> made(stored<Events>::size);
        for (auto& each : made) each = unknown;
        return made;
    }
    static unexpected<error> not_reached(std::string why) {
        return unexpected<error>(error{errc::unreachable, "the server does not answer", {}, {}, std::move(why)});
    }
    expected<void, error> look(time_point until) {
        auto last = server_.last(subjects_.schemas(), until);
        if (!last) return unexpected<error>(std::move(last.error()));
        announced_schemas now;
        if (*last) {
            auto decoded = decode<announced_schemas>((*last)->body());
            if (!decoded)
                return unexpected<error>(error{errc::damaged, "the log's schemas cannot be read", {}, {}, {}, server_.place()});
            now = std::move(*decoded);
        }
        std::vector<schema_record> records;
        for (const announced_schema& each : now.all)
            records.push_back({static_cast<std::uint16_t>(records.size()), each.name, each.text});
        auto made = schema_readers<Events>::make(records, server_.place());
        if (!made) return unexpected<error>(std::move(made.error()));
        auto shared = std::make_shared<const schema_readers<Events>>(std::move(*made));
        {
            const std::lock_guard lock(mutex_);
            readers_ = std::move(shared);
        }
        announced_ = std::move(now);
        sequence_  = *last ? (*last)->sequence() : 0;
        for (std::size_t type = 0; type < numbers_.size(); ++type)
            for (const schema_record& each : records)
                if (each.name == mine_.at(type).name && each.text == mine_.at(type).text)
                    numbers_[type].store(each.number, std::memory_order_release);
        return {};
    }

    const jetstream_server&                 server_;
    const jetstream_subjects&               subjects_;
    std::binary_semaphore                   looking_{1};  // for whoever asks the server, and changes what follows
    mutable std::mutex                      mutex_;
    readers                                 readers_;  // under the mutex, too, for who only looks at it
    announced_schemas                       announced_;
    std::uint64_t                           sequence_ = 0;
    written_schemas<Events>                 mine_{{}};
    std::vector<std::atomic<std::uint32_t>> numbers_ = unknown_numbers();  // for a look without the lock
};

}  // namespace annals::detail
