// Events that are taken out of a log to be handled one by one, when no reading is under way.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/events.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace annals::detail {

/// A context that keeps what it speaks of.
class kept_context {
public:
    explicit kept_context(const context& where) : known_(where), stream_(where.stream), actor_(where.actor) {
        for (const key_value_view& each : where.values) values_.push_back({std::string{each.key}, std::string{each.value}});
    }

    /// Calls `function(context)`, which refers to this.
    template <class Function>
    decltype(auto) with(Function&& function) const {
        std::vector<key_value_view> views;
        for (const key_value& each : values_) views.push_back({each.key, each.value});
        context where = known_;
        where.stream  = stream_;
        where.actor   = actor_;
        where.values  = key_values_view{views.data(), views.size()};
        return function(std::as_const(where));
    }
    [[nodiscard]] annals::position position() const { return known_.position; }

private:
    context                known_;
    std::string            stream_;
    std::string            actor_;
    std::vector<key_value> values_;
};

/// The next events of a log that are in a list.
template <class Events>
class inbox;
template <class... E>
class inbox<events<E...>> {
public:
    struct entry {
        std::variant<E...> event;
        kept_context       where;
    };

    /// Takes up to so many events behind a position. Answers up to where that looked.
    template <event_log Log>
    expected<annals::position, error> fill(const Log& log, annals::position behind, std::uint64_t batch) {
        entries_.clear();
        const auto head = log.head();
        if (!head) return unexpected<error>(head.error());
        if (head->value <= behind.value) return behind;
        const auto read = take(log, whole_log().from(annals::position{behind.value + 1}).until(*head).limit(batch));
        if (!read) return unexpected<error>(read.error());
        return read->count < batch ? *head : read->position;
    }
    /// Takes what a query selects.
    template <event_log Log, class Unit>
    expected<read_result, error> take(const Log& log, const query<Unit>& what) {
        entries_.clear();
        return log.read(what, handlers{keep<E>{&entries_}..., otherwise()});
    }
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

private:
    template <class One>
    struct keep {
        std::vector<entry>* to;

        void operator()(const One& event, const context& where) const { to->push_back({event, kept_context(where)}); }
    };

    std::vector<entry> entries_;
};

}  // namespace annals::detail
