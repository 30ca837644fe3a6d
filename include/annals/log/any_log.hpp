// A log whose kind is chosen while the program runs: one for tests, another for production, named in a configuration.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/front.hpp>
#include <annals/log/stored_variant.hpp>
#include <annals/log/tagged.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// Mistake: the log holds other events than the `any_log`, or cannot do what that promises.
template <class Log, class Events>
struct log_of_other_events {
    static consteval void explain() {
        static_assert(detail::never<Log>, "annals: make both logs with the same list of events");
    }
};

namespace detail {

/// Who is handed events of a list, without their types.
class erased_reader {
public:
    virtual void take(std::size_t type, const void* event, const context& where) = 0;

protected:
    ~erased_reader() = default;
};

template <class Events>
class erased_log {
public:
    using batch = std::vector<stored_variant<Events>>;

    virtual ~erased_log() = default;

    virtual expected<receipt, error> append(std::string_view, expected_version, const metadata&, const batch&)             = 0;
    virtual expected<receipt, error> append(std::string_view, const any_condition<Events>&, const metadata&, const batch&) = 0;
    virtual expected<read_result, error> read(const query<version>&, erased_reader&) const                                 = 0;
    virtual expected<read_result, error> read(const query<position>&, erased_reader&) const                                = 0;
    virtual expected<position, error>    head() const                                                                      = 0;
    virtual bell*                        appended() const noexcept                                                         = 0;
};

template <class Events, class Log>
class erased final : public erased_log<Events> {
    using batch = typename erased_log<Events>::batch;

public:
    template <class... Given>
    explicit erased(Given&&... given) : log_(std::forward<Given>(given)...) {}

    expected<receipt, error> append(std::string_view stream, expected_version expects, const metadata& about,
                                    const batch& events) override {
        return log_.append(stream, expects, about, events);
    }
    expected<receipt, error> append([[maybe_unused]] std::string_view             stream,
                                    [[maybe_unused]] const any_condition<Events>& unchanged,
                                    [[maybe_unused]] const metadata& about, [[maybe_unused]] const batch& events) override {
        if constexpr (tagged_log<Log>)
            return log_.append(stream, unchanged, about, events);
        else
            return receipt{};  // which no any_log of events with tags holds
    }
    expected<read_result, error> read(const query<version>& what, erased_reader& reader) const override {
        return read_any(what, reader);
    }
    expected<read_result, error> read(const query<position>& what, erased_reader& reader) const override {
        return read_any(what, reader);
    }
    expected<position, error> head() const override { return log_.head(); }
    bell*                     appended() const noexcept override {
        if constexpr (waking_log<Log>)
            return log_.appended();
        else
            return nullptr;
    }

private:
    template <class Unit>
    expected<read_result, error> read_any(const query<Unit>& what, erased_reader& reader) const {
        auto take = [&]<class E>(const E& event, const context& where) {
            reader.take(index_in<stored<Events>, E>, &event, where);
        };
        return log_.read(what, handlers{otherwise(as_stored{take})});
    }

    Log log_;
};

/// Hands events to a reader with their types.
template <class Events, class Reader>
class typed_reader final : public erased_reader {
public:
    explicit typed_reader(Reader& reader) : reader_(reader) {}

    void take(std::size_t type, const void* event, const context& where) override {
        hand_over(type, event, where, stored<Events>{});
    }

private:
    template <class... E>
    void hand_over(std::size_t type, const void* event, const context& where, annals::events<E...>) {
        const auto known = [&]() -> const context& { return where; };
        dispatch<sizeof...(E)>(type, [&](auto index) {
            using each = element_at<type_list<E...>, index()>;
            if constexpr (reads_stored<Events, Reader, each>())
                deliver_stored<Events>(reader_, *static_cast<const each*>(event), known);
        });
    }

    Reader& reader_;
};

}  // namespace detail

/// Holds a log of any kind, for programs that are told when they start where to keep their events:
///
///     using any = annals::any_log<events>;
///     any log   = in_memory ? any(std::in_place_type<annals::memory_log<events>>) : any(std::move(*files));
///
/// Keeps the promises of that log, and all that takes an `event_log` takes it. It costs a call through a pointer for each event
/// that is read, of whatever type: a program that folds millions takes the log itself as a template parameter.
///
/// If the events have tags, it appends on a condition, and only logs that do go in. Moved from, it is only to be assigned to.
template <list Events>
class any_log : public detail::plain_log<any_log<Events>, detail::checked_list<Events>> {
    using front         = detail::plain_log<any_log, detail::checked_list<Events>>;
    using accepted_list = typename decltype(front::list_verdict)::accepted;
    static_assert((front::list_verdict.explain(), true));

public:
    using events = typename front::events;

    /// As far as anybody knows who is not told which log it is.
    static constexpr bool positions_are_gapless = false;

    /// Takes a log that was opened.
    template <event_log Log>
    requires(!std::same_as<Log, any_log> && std::move_constructible<Log>) explicit any_log(Log log)
        : any_log(std::in_place_type<Log>, std::move(log)) {}
    /// Makes a log of what its constructor takes.
    template <event_log Log, class... Given>
    explicit any_log(std::in_place_type_t<Log>, Given&&... given) {
        constexpr auto verdict          = judge<Log>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>)
            inner_ = std::make_unique<detail::erased<events, Log>>(std::forward<Given>(given)...);
    }

    /// As that of the log, with its errors and exceptions. The events are copied on the way.
    using front::append;
    /// As that of the log, with its errors. Throws only what a handler throws.
    using front::read;

    /// The position of the last event; 0 if there is none.
    [[nodiscard]] expected<position, error> head() const { return std::as_const(*inner_).head(); }
    /// Rung behind each append; null if the log does not ring.
    [[nodiscard]] bell* appended() const noexcept { return inner_->appended(); }

private:
    friend detail::log_access;

    template <class Log>
    static consteval auto judge() {
        if constexpr (!std::is_same_v<stored<typename Log::events>, stored<events>>)
            return log_of_other_events<Log, events>{};
        else if constexpr (front::finds_tags && !tagged_log<Log>)
            return log_that_does_not_append_on_a_condition<Log>{};
        else
            return detail::sound_design{};
    }

    template <class Condition, class Batch>
    expected<receipt, error> append_batch(std::string_view stream, expected_version expects, const Condition& condition,
                                          const metadata& about, Batch& batch) {
        typename detail::erased_log<events>::batch all;
        all.reserve(batch.size());
        batch.for_each([&](auto&& each) { all.emplace_back(std::forward<decltype(each)>(each)); });
        if constexpr (detail::is_append_condition<Condition>)
            return inner_->append(stream, detail::any_condition<events>(condition), about, all);
        else
            return inner_->append(stream, expects, about, all);
    }
    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        detail::typed_reader<events, Reader> typed(reader);
        return inner_->read(what, typed);
    }

    std::unique_ptr<detail::erased_log<events>> inner_;
};

}  // namespace annals
