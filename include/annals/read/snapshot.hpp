// Snapshots: states that were stored, so that a replay need not begin at the beginning. They are a cache: without them the
// same comes out, later.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/error.hpp>
#include <annals/model/context.hpp>
#include <annals/model/expected.hpp>
#include <annals/model/reader.hpp>
#include <annals/schema/name.hpp>
#include <annals/schema/schema_text.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/endian/arithmetic.hpp>

namespace annals {

/// A state as it is stored, and the event behind which it was so: by its id it is known again, in a log that was exchanged for
/// another one it is not.
struct stored_snapshot {
    std::string            schema;     // of the state's type: another type's state is never read
    std::uint64_t          place = 0;  // of the event: its version in a stream, else its position
    uuid                   event;      // its id
    timestamp              time;       // when the log accepted it
    std::vector<std::byte> state;      // encoded

    friend bool operator==(const stored_snapshot&, const stored_snapshot&) = default;
};

/// Where snapshots are kept, one under each name:
///   `load(name)`             what was saved last; nothing if that is nothing, or not as it was saved
///   `save(name, snapshot)`   in the place of what was there
///   `remove(name)`           and it is no error if there is none
/// Errors are values. Threads may use it at the same time.
template <class Store>
concept snapshot_store = requires(Store& store, std::string_view name, const stored_snapshot& snapshot) {
    { store.load(name) } -> std::same_as<expected<std::optional<stored_snapshot>, error>>;
    { store.save(name, snapshot) } -> std::same_as<expected<void, error>>;
    { store.remove(name) } -> std::same_as<expected<void, error>>;
};

/// Snapshots in memory.
class memory_snapshots {
public:
    expected<std::optional<stored_snapshot>, error> load(std::string_view name) const {
        const std::lock_guard lock(mutex_);
        const auto            found = all_.find(name);
        return found == all_.end() ? std::nullopt : std::optional<stored_snapshot>(found->second);
    }
    expected<void, error> save(std::string_view name, const stored_snapshot& snapshot) {
        const std::lock_guard lock(mutex_);
        all_.insert_or_assign(std::string{name}, snapshot);
        return {};
    }
    expected<void, error> remove(std::string_view name) {
        const std::lock_guard lock(mutex_);
        if (const auto found = all_.find(name); found != all_.end()) all_.erase(found);
        return {};
    }
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return all_.size();
    }

private:
    mutable std::mutex                                  mutex_;
    std::map<std::string, stored_snapshot, std::less<>> all_;
};

/// When a load that had to fold events saves what came out. By default never: then `save_snapshot` does.
struct snapshot_policy {
    std::uint64_t every = std::numeric_limits<std::uint64_t>::max();  // events that were folded
    std::int64_t  after = std::numeric_limits<std::int64_t>::max();   // nanoseconds of the log's time since the last snapshot

    /// Whether it depends on the time, or is fulfilled already.
    [[nodiscard]] bool may_want(std::uint64_t events) const {
        return events != 0 && (events >= every || after != std::numeric_limits<std::int64_t>::max());
    }
    [[nodiscard]] bool wants(std::uint64_t events, std::int64_t nanoseconds) const {
        return events != 0 && (events >= every || nanoseconds >= after);
    }
};
/// A snapshot whenever so many events had to be folded.
[[nodiscard]] constexpr snapshot_policy every(std::uint64_t events) {
    return {events == 0 ? 1 : events, std::numeric_limits<std::int64_t>::max()};
}
/// A snapshot when the last one is older than that, by the times in the log. A duration of <chrono>.
template <class Duration>
    requires requires(Duration time) {
        typename Duration::period;
        time.count();
    }
[[nodiscard]] constexpr snapshot_policy every(Duration time) {
    using period = typename Duration::period;
    return {std::numeric_limits<std::uint64_t>::max(),
            static_cast<std::int64_t>(time.count()) * 1'000'000'000 / period::den * period::num};
}

namespace detail {

// How a state is told from another type's and put into bytes; several that are folded together one behind the other.
template <class State>
struct stored_state {
    // With what `State` says of the code that folds it: `static constexpr unsigned snapshot_revision = 2;`.
    static std::string schema() {
        std::string text{schema_text<State>};
        if constexpr (requires { State::snapshot_revision; }) text += "\nrevision " + std::to_string(State::snapshot_revision);
        return text;
    }
    static bool put(const State& state, std::vector<std::byte>& bytes) { return encode(state, bytes).has_value(); }
    static bool get(std::span<const std::byte> bytes, State& state) { return decode_into(bytes, state).has_value(); }
};
template <class... State>
struct stored_state<fused<State...>> {
    static std::string schema() { return ((stored_state<State>::schema() + '\n') + ...); }
    static bool        put(const fused<State...>& all, std::vector<std::byte>& bytes) {
               return std::apply([&](const State&... each) { return (put_one(each, bytes) && ...); }, all.states);
    }
    static bool get(std::span<const std::byte> bytes, fused<State...>& all) {
        return std::apply([&](State&... each) { return (get_one(bytes, each) && ...); }, all.states) && bytes.empty();
    }

private:
    using size_type = boost::endian::little_uint64_t;

    template <class One>
    static bool put_one(const One& state, std::vector<std::byte>& bytes) {
        const std::size_t at = bytes.size();
        bytes.resize(at + sizeof(size_type));
        if (!stored_state<One>::put(state, bytes)) return false;
        const size_type size = bytes.size() - at - sizeof(size_type);
        std::memcpy(bytes.data() + at, &size, sizeof(size));
        return true;
    }
    template <class One>
    static bool get_one(std::span<const std::byte>& bytes, One& state) {
        size_type size;
        if (bytes.size() < sizeof(size)) return false;
        std::memcpy(&size, bytes.data(), sizeof(size));
        bytes = bytes.subspan(sizeof(size));
        if (size > bytes.size() || !stored_state<One>::get(bytes.first(size), state)) return false;
        bytes = bytes.subspan(size);
        return true;
    }
};

}  // namespace detail
}  // namespace annals
