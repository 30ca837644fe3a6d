// One of several partitions of a log, by stream: what one worker of a split subscription folds, and where it saves that.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/event_log.hpp>
#include <annals/read/snapshot.hpp>

#include <boost/endian/conversion.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

namespace detail {

/// A number that a stream has in every process, on every machine.
inline std::uint64_t number_of_stream(std::string_view name) noexcept {
    constexpr std::uint64_t odd    = 0x9e3779b97f4a7c15;
    std::uint64_t           number = name.size() * odd;
    const auto              mix    = [&](std::uint64_t word) {
        number = (number ^ word) * odd;
        number ^= number >> 32U;
    };
    const auto* at = reinterpret_cast<const unsigned char*>(name.data());
    for (; name.size() >= sizeof(std::uint64_t); name.remove_prefix(sizeof(std::uint64_t)), at += sizeof(std::uint64_t))
        mix(boost::endian::load_little_u64(at));
    std::uint64_t rest = 0;
    for (std::size_t i = name.size(); i-- > 0;) rest = rest << 8U | at[i];
    mix(rest);
    return number;
}

}  // namespace detail

/// Which of so many partitions a stream belongs to, for ever.
[[nodiscard]] inline std::size_t partition_of_stream(std::string_view stream, std::size_t partitions) noexcept {
    return static_cast<std::size_t>(detail::number_of_stream(stream) % partitions);
}

namespace detail {

/// Folds an event if it is of the partition.
template <class Reader, class E>
struct step_of_partition {
    Reader*     reader;
    std::size_t which;
    std::size_t of;

    void operator()(const E& event, const context& where) const {
        if (partition_of_stream(where.stream, of) == which) deliver(*reader, event, [&]() -> const context& { return where; });
    }
};

template <class Reader, class Events>
struct partition_reader;
template <class Reader, class... E>
struct partition_reader<Reader, events<E...>> {
    static auto make(Reader& reader, std::size_t which, std::size_t of) {
        return handlers{step_of_partition<Reader, E>{&reader, which, of}..., otherwise()};
    }
};

// The events of a list that a reader reads.
template <class Reader, class Events>
struct read_events_of;
template <class Reader, class... E>
struct read_events_of<Reader, events<E...>> {
    static constexpr bool flags[] = {reads<Reader, E>..., false};
    using type                    = typename filter<events<E...>, flags>::type;
};

}  // namespace detail

/// A log, of which projections see the streams of one partition only. A query selects, and counts, what it does in the whole
/// log, so that partitions can be compared by how far they are; and `handlers{…}` see all of that, for a place has its event,
/// whichever partition that is of. Refers to the log.
template <event_log Log>
class partition_of {
public:
    using events = typename Log::events;

    static constexpr bool positions_are_gapless = annals::positions_are_gapless<Log>;

    partition_of(const Log& log, std::size_t which, std::size_t of) : log_(&log), which_(which), of_(of) {}

    template <class Unit, class Reader>
    expected<read_result, error> read(const query<Unit>& what, Reader&& reader) const {
        using plain                     = std::remove_reference_t<Reader>;
        constexpr auto verdict          = detail::judge_reading<events, std::remove_cvref_t<Reader>>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (!detail::is_sound<decltype(verdict)>)
            return read_result{};
        else if constexpr (detail::is_handlers<plain>)
            return log_->read(what, reader);
        else {
            using read_here = typename detail::read_events_of<plain, flat<events>>::type;
            return log_->read(what, detail::partition_reader<plain, read_here>::make(reader, which_, of_));
        }
    }
    [[nodiscard]] expected<position, error> head() const { return log_->head(); }
    [[nodiscard]] bell*                     appended() const noexcept requires waking_log<Log> { return log_->appended(); }

private:
    const Log*  log_;
    std::size_t which_;
    std::size_t of_;
};

/// A store in which the snapshots of one partition have names of their own, which those of no other split have. Refers to the
/// store.
template <snapshot_store Store>
class snapshots_of_partition {
public:
    snapshots_of_partition(Store& store, std::size_t which, std::size_t of)
        : store_(&store), suffix_(", partition " + std::to_string(which + 1) + " of " + std::to_string(of) + " by stream") {}

    expected<std::optional<stored_snapshot>, error> load(std::string_view name) { return store_->load(own(name)); }
    expected<void, error>                           save(std::string_view name, const stored_snapshot& snapshot) {
                                  return store_->save(own(name), snapshot);
    }
    expected<void, error> remove(std::string_view name) { return store_->remove(own(name)); }

private:
    [[nodiscard]] std::string own(std::string_view name) const { return std::string{name}.append(suffix_); }

    Store*      store_;
    std::string suffix_;
};

}  // namespace annals
