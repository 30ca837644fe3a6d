// The plainest of all logs: a list, which is searched from one end to the other.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/error.hpp>
#include <annals/log/query.hpp>
#include <annals/log/tagged.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/observed.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace annals::conformance {

class plain_log {
public:
    explicit plain_log(bool is_gapless) : is_gapless_(is_gapless) {}

    struct entry {
        observed    known;
        std::size_t append;  // its number
        any_event   event;
    };

    [[nodiscard]] const std::vector<entry>& all() const noexcept { return all_; }
    [[nodiscard]] std::uint64_t             size() const noexcept { return all_.size(); }

    [[nodiscard]] annals::version version_of(std::string_view stream) const {
        std::uint64_t count = 0;
        for (const entry& each : all_) count += each.known.stream == stream ? 1 : 0;
        return annals::version{count};
    }

    /// What an append has to answer, if it is not to be written: the first receipt, or the code of the error.
    [[nodiscard]] std::optional<std::variant<receipt, errc>> refusal(std::string_view stream, expected_version expects,
                                                                     const std::vector<uuid>& ids, std::size_t count) const {
        if (stream.empty()) return errc::invalid_stream_name;
        if (count == 0) return errc::nothing_to_append;
        if (!ids.empty() && (ids.size() != count || !are_distinct(ids))) return errc::invalid_metadata;
        std::vector<const entry*> known;
        for (const uuid& id : ids)
            for (const entry& each : all_)
                if (each.known.stream == stream && each.known.id == id) known.push_back(&each);
        if (!known.empty())
            return is_repeated(known, count) ? std::variant<receipt, errc>{receipt_of(*known.back(), count)}
                                             : std::variant<receipt, errc>{errc::duplicate_event};
        if (!expects.holds(version_of(stream))) return errc::version_conflict;
        return {};
    }

    /// The position of the 1st, 2nd, 3rd … event; behind the last one, one that no event has; 0 for 0.
    [[nodiscard]] annals::position position_of(std::uint64_t number) const {
        if (number == 0 || number == unlimited) return annals::position{number};
        if (number <= all_.size()) return all_[number - 1].known.position;
        return annals::position{(all_.empty() ? 0 : all_.back().known.position.value) + (number - all_.size())};
    }

    /// Adds what a log wrote. The version is given here, and the position, unless there are gaps between those of the log; time
    /// and id by the log.
    receipt add(const std::string& stream, const metadata& about, const std::vector<any_event>& batch,
                const std::vector<observed>& as_written) {
        std::uint64_t at    = version_of(stream).value;
        const auto    gaps  = [&](std::size_t i) { return !is_gapless_ && i < as_written.size(); };
        const auto    first = gaps(0) ? as_written[0].position : annals::position{all_.size() + 1};
        for (std::size_t i = 0; i < batch.size(); ++i) {
            observed known{stream,
                           annals::version{++at},
                           gaps(i) ? as_written[i].position : annals::position{all_.size() + 1},
                           {},
                           {},
                           about.correlation,
                           about.causation,
                           about.actor,
                           about.values,
                           first,
                           std::visit([](const auto& event) { return text_of(event); }, batch[i])};
            if (i < as_written.size()) {
                known.time = as_written[i].time;
                known.id   = as_written[i].id;
            }
            if (!about.event_ids.empty()) known.id = about.event_ids[i];
            all_.push_back({std::move(known), appends_, batch[i]});
        }
        ++appends_;
        return receipt_of(all_.back(), batch.size());
    }

    /// What a query selects, in its order.
    template <class Unit>
    [[nodiscard]] std::vector<const entry*> select(const query<Unit>& what) const {
        std::vector<const entry*> found;
        for (const entry& each : all_) {
            const std::uint64_t number =
                what.scope == query_scope::stream ? each.known.version.value : each.known.position.value;
            if (is_in_scope(what, each) && number >= what.first && number <= what.last &&
                each.known.position <= what.last_position && each.known.time <= what.last_time)
                found.push_back(&each);
        }
        if (what.descending) std::reverse(found.begin(), found.end());
        if (found.size() > what.most) found.resize(static_cast<std::size_t>(what.most));
        return found;
    }

private:
    static bool are_distinct(const std::vector<uuid>& ids) {
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (ids[i].is_nil() || std::count(ids.begin(), ids.end(), ids[i]) != 1) return false;
        return true;
    }
    // True if these, in the order of the ids that they were found by, are one append, and all of it.
    bool is_repeated(const std::vector<const entry*>& known, std::size_t count) const {
        std::size_t in_append = 0;
        for (const entry& each : all_) in_append += each.append == known.front()->append ? 1 : 0;
        if (known.size() != count || in_append != count) return false;
        for (std::size_t i = 0; i < count; ++i)
            if (known[i]->append != known.front()->append || known[i] != known.front() + i) return false;
        return true;
    }
    static receipt receipt_of(const entry& last, std::size_t count) { return {last.known.version, last.known.position, count}; }

    template <class Unit>
    static bool is_in_scope(const query<Unit>& what, const entry& each) {
        const std::string& stream = each.known.stream;
        switch (what.scope) {
            case query_scope::stream: return stream == what.name;
            case query_scope::category: return stream.substr(0, stream.find('-')) == what.name;
            case query_scope::whole_log: break;
            case query_scope::tagged:
                return std::visit([&](const auto& event) { return detail::carries(event, what.name); }, each.event);
        }
        return true;
    }

    bool               is_gapless_;
    std::vector<entry> all_;
    std::size_t        appends_ = 0;
};

/// How what a log answered to a query differs from what it should have, or nothing.
template <class Unit>
std::string difference_of(const reading& read, const query<Unit>& what, const std::vector<const plain_log::entry*>& due) {
    if (!read.answer) return text_of(what) + " is refused: " + read.answer.error().message();
    for (std::size_t i = 0; i < read.seen.size() && i < due.size(); ++i)
        if (!same(read.seen[i], due[i]->known))
            return text_of(what) + " yields\n  " + text_of(read.seen[i]) + "\nand not\n  " + text_of(due[i]->known);
    if (read.seen.size() != due.size())
        return text_of(what) + " yields " + std::to_string(read.seen.size()) + " events and not " + std::to_string(due.size());
    return {};
}
/// The same of what the read itself answered.
template <class Unit>
std::string difference_of(const expected<read_result, error>& answer, const query<Unit>& what,
                          const std::vector<const plain_log::entry*>& due) {
    read_result right;
    right.count = due.size();
    if (!due.empty()) {
        right.version  = due.back()->known.version;
        right.position = due.back()->known.position;
    }
    if (answer && answer->count == right.count && answer->version == right.version && answer->position == right.position)
        return {};
    const auto words = [](const read_result& each) {
        return std::to_string(each.count) + " events up to version " + std::to_string(each.version.value) + ", position " +
               std::to_string(each.position.value);
    };
    if (!answer) return text_of(what) + " is refused: " + answer.error().message();
    return text_of(what) + " answers " + words(*answer) + " and not " + words(right);
}

}  // namespace annals::conformance
