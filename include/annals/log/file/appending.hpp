// From what an append was given to its frame in the log.
#pragma once

#include <annals/log/append_to.hpp>
#include <annals/log/batch.hpp>
#include <annals/log/file/event_writing.hpp>
#include <annals/log/file/open_log.hpp>

#include <array>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals::detail {

template <class Events, class... Given>
consteval auto judge_share(std::type_identity<stream_append<Given...>>) {
    return judge_given<Events, std::remove_cvref_t<Given>...>();
}
/// The verdict on shares of an append to a log of `Events`.
template <class Events, class... Share>
consteval auto judge_shares() {
    return first_mistake<decltype(judge_share<Events>(std::type_identity<Share>{}))...>();
}

template <class Writer, class Batch>
void note_tags(Writer& writer, Batch& batch) {
    if constexpr (Writer::has_tags) batch.for_each([&](auto&& each) { writer.note_tags(event_to_append(each)); });
}
template <class Writer, class Batch>
void add_events(Writer& writer, Batch& batch) {
    batch.for_each([&](auto&& each) { writer.add(event_to_append(each)); });
}
template <class OpenLog, class Writer>
expected<void, error> commit(OpenLog& log, Writer& writer, const condition_check& unchanged = {}) {
    auto ready = writer.finish();
    if (!ready) return unexpected<error>(std::move(ready.error()));
    return log.store->append(writer.draft(), writer.terms(unchanged), [&] {
        return std::pair<timestamp, uuid>{writer.time() ? *writer.time() : log.clock(), log.make_id()};
    });
}

/// Appends to a stream, if a condition holds.
template <class OpenLog, class Batch>
expected<receipt, error> append_to_one(OpenLog& log, std::string_view stream, expected_version expects,
                                       const condition_check& unchanged, const metadata& about, Batch& batch) {
    receipt      made;
    event_writer writer(*log.schemas, log.buffers, about, {&expects, 1}, {&made, 1});
    note_tags(writer, batch);
    if (auto done = writer.add_streams({{stream, batch.size()}}); !done) return unexpected<error>(std::move(done.error()));
    add_events(writer, batch);
    if (auto done = commit(log, writer, unchanged); !done) return unexpected<error>(std::move(done.error()));
    return made;
}

/// Appends to several streams.
template <class OpenLog, class... Share>
expected<std::array<receipt, sizeof...(Share)>, error> append_to_each(OpenLog& log, const metadata& about, Share... shares) {
    std::array<receipt, sizeof...(Share)> made{};
    const expected_version                expects[] = {shares.expects...};
    std::tuple   batches{std::apply([](auto&&... given) { return make_batch(static_cast<decltype(given)>(given)...); },
                                  std::move(shares.given))...};
    event_writer writer(*log.schemas, log.buffers, about, expects, made);
    std::apply([&](auto&... batch) { (note_tags(writer, batch), ...); }, batches);
    auto done = std::apply([&](auto&... batch) { return writer.add_streams({{shares.stream, batch.size()}...}); }, batches);
    if (!done) return unexpected<error>(std::move(done.error()));
    std::apply([&](auto&... batch) { (add_events(writer, batch), ...); }, batches);
    if (auto written = commit(log, writer); !written) return unexpected<error>(std::move(written.error()));
    return made;
}

/// The same for a number of streams that is known at run time only.
template <class OpenLog, class... Given>
expected<std::vector<receipt>, error> append_to_many(OpenLog& log, const metadata& about,
                                                     const std::vector<stream_append<Given...>>& shares) {
    if (shares.empty()) return unexpected<error>(error{errc::nothing_to_append, "an append needs at least one event", {}});
    const auto batch_of = [](const stream_append<Given...>& share) {
        return std::apply([](auto&... given) { return make_batch(given...); }, share.given);
    };
    using share = typename std::remove_reference_t<decltype(log)>::share;
    std::vector<receipt>          made(shares.size());
    std::vector<expected_version> expects;
    std::vector<share>            streams;
    for (const auto& each : shares) {
        expects.push_back(each.expects);
        streams.push_back({each.stream, batch_of(each).size()});
    }
    event_writer writer(*log.schemas, log.buffers, about, expects, made);
    for (const auto& each : shares) {
        auto batch = batch_of(each);
        note_tags(writer, batch);
    }
    if (auto done = writer.add_streams(streams); !done) return unexpected<error>(std::move(done.error()));
    for (const auto& each : shares) {
        auto batch = batch_of(each);
        add_events(writer, batch);
    }
    if (auto written = commit(log, writer); !written) return unexpected<error>(std::move(written.error()));
    return made;
}

}  // namespace annals::detail
