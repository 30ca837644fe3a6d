// The front of every log: what is appended and read is judged by its types here, before the log has its turn. A log derives
// from one of the classes below, says `friend detail::log_access;`, and has for itself:
//   `append_batch(stream, expects, condition, metadata, batch)`   the condition is `on_no_condition` if there is none
//   `read_selected(query, reader)`                                const
#pragma once

#include <annals/log/batch.hpp>
#include <annals/log/capabilities.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/tagged.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace annals::detail {

/// Who may call what a log has for itself.
struct log_access {
    template <class Log, class Condition, class Batch>
    static expected<receipt, error> append(Log& log, std::string_view stream, expected_version expects,
                                           const Condition& condition, const metadata& about, Batch& batch) {
        return log.append_batch(stream, expects, condition, about, batch);
    }
    template <class Log, class Unit, class Reader>
    static expected<read_result, error> read(const Log& log, const query<Unit>& what, Reader& reader) {
        return log.read_selected(what, reader);
    }
};

/// A base of what is read as a log is. `List` is a `checked_list`.
template <class Log, class List>
class log_that_reads {
public:
    using events = typename List::events;

    template <class Unit, class Reader>
    expected<read_result, error> read(const query<Unit>& what, Reader&& reader) const {
        constexpr auto verdict          = judge_reading<events, std::remove_cvref_t<Reader>>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (!is_sound<decltype(verdict)>)
            return read_result{};
        else
            return log_access::read(static_cast<const Log&>(*this), what, reader);
    }

protected:
    static constexpr auto list_verdict = List::verdict;
};

/// A base of logs.
template <class Log, class List>
class log_that_appends : public log_that_reads<Log, List> {
public:
    using events = typename List::events;

    /// It reads `tagged(...)`, and appends on a condition.
    static constexpr bool finds_tags = has_tagged_events<flat<events>>;

    template <class... Given>
    [[nodiscard]] expected<receipt, error> append(std::string_view stream, expected_version expects, Given&&... given) {
        constexpr auto verdict          = judge_given<events, std::remove_cvref_t<Given>...>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (!is_sound<decltype(verdict)>)
            return receipt{};
        else
            return append_if(stream, expects, on_no_condition{}, std::forward<Given>(given)...);
    }
    template <class Condition, class... Given>
    requires(is_append_condition<Condition>)
        [[nodiscard]] expected<receipt, error> append(std::string_view stream, const Condition& unchanged, Given&&... given) {
        constexpr auto verdict          = first_mistake<decltype(judge_condition_on<Log, events, Condition>()),
                                               decltype(judge_given<events, std::remove_cvref_t<Given>...>())>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (!is_sound<decltype(verdict)>)
            return receipt{};
        else
            return append_if(stream, any_version, unchanged, std::forward<Given>(given)...);
    }

private:
    template <class Condition, class... Given>
    expected<receipt, error> append_if(std::string_view stream, expected_version expects, const Condition& condition,
                                       Given&&... given) {
        return with_batch(
            [&](const metadata& about, auto& batch) {
                return log_access::append(static_cast<Log&>(*this), stream, expects, condition, about, batch);
            },
            std::forward<Given>(given)...);
    }
};

/// A base of logs that neither append to several streams nor are ever truncated.
template <class Log, class List>
class plain_log : public log_that_appends<Log, List> {
public:
    using log_that_appends<Log, List>::append;

    template <class... Share>
        requires(sizeof...(Share) > 0 && (is_stream_append<Share> && ...))
    void append(const Share&...) {
        using accepted [[maybe_unused]] = typename log_that_appends_to_one_stream<Log>::accepted;
        log_that_appends_to_one_stream<Log>::explain();
    }
    template <class... Share>
        requires(sizeof...(Share) > 0 && (is_stream_append<Share> && ...))
    void append(const metadata&, const Share&...) {
        using accepted [[maybe_unused]] = typename log_that_appends_to_one_stream<Log>::accepted;
        log_that_appends_to_one_stream<Log>::explain();
    }
    template <class... State>
    void truncate_before(position, const State&...) {
        using accepted [[maybe_unused]] = typename log_that_is_never_truncated<Log>::accepted;
        log_that_is_never_truncated<Log>::explain();
    }
};

}  // namespace annals::detail
