// Events with their names, and decisions, as JSON.
#pragma once

#include <annals/codec/json/read.hpp>
#include <annals/codec/json/write.hpp>
#include <annals/model/decision.hpp>
#include <annals/model/dispatch.hpp>
#include <annals/model/events.hpp>
#include <annals/schema/name.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace annals::detail {

template <class List>
struct names_of_events;
template <class... E>
struct names_of_events<events<E...>> {
    // One more than there are, for a list may be empty.
    static constexpr std::string_view names[] = {event_name<E>()..., {}};

    static std::size_t find(std::string_view name) {
        std::size_t number = 0;
        while (number < sizeof...(E) && names[number] != name) ++number;
        return number;
    }
    static std::string all() {
        std::string text;
        for (std::size_t i = 0; i < sizeof...(E); ++i) text.append(i == 0 ? " " : ", ").append(names[i]);
        return text;
    }
};

template <class E>
void put_named(boost::json::value& out, const E& event) {
    json_writer(json_root::of<E>()).put(add_member(out.emplace_object(), event_name<E>()), event);
}

/// Reads an event with its name, of those that `List` has, and calls `take` with it.
template <class List, class Take>
bool get_named(const boost::json::value& in, json_reader& reader, Take&& take) {
    using names              = names_of_events<List>;
    const auto* const member = reader.only_member(in);
    if (member == nullptr) return false;
    const std::string_view name  = plain_view(member->key());
    bool                   good  = false;
    const bool             known = dispatch<List::size>(names::find(name), [&](auto index) {
        using event = at<List, index()>;
        event value{};
        reader.enter(json_root::of<event>());
        good = reader.get(member->value(), value);
        if (good) take(index, std::move(value));
    });
    if (!known) reader.fail("expected one of" + names::all());
    return good || reader.in_member(name);
}

/// Makes a decision of events whose types are known at run time only.
struct decision_access {
    template <class Decision, class Variant>
    static Decision make(std::size_t size, Variant* events) {
        using slot = typename Decision::slot;
        return Decision(at_run_time{}, size, [&](auto place) {
            return place() < size ? slot_with<slot>(events[place()], std::integral_constant<std::size_t, 0>{}) : slot();
        });
    }

private:
    template <class Slot, class Variant, std::size_t I>
    static Slot slot_with(Variant& event, std::integral_constant<std::size_t, I>) {
        if constexpr (I == std::variant_size_v<Variant>)
            return Slot();
        else
            return event.index() == I ? Slot(std::move(*std::get_if<I>(&event)))
                                      : slot_with<Slot>(event, std::integral_constant<std::size_t, I + 1>{});
    }
};

template <class Decision>
void put_decision(boost::json::value& out, const Decision& decision) {
    auto& object = out.emplace_object();
    if (decision.is_refused()) {
        using refusal = typename Decision::refusal;
        json_writer(json_root::of<refusal>()).put(add_member(object, "refused"), *decision.refusal_reason());
        return;
    }
    auto& list = add_member(object, "events").emplace_array();
    list.reserve(decision.size());
    decision.for_each([&](const auto& event) { put_named(add_element(list), event); });
}

template <class Decision>
std::optional<Decision> decision_from(const boost::json::value& in, json_reader& reader) {
    using variant            = typename Decision::events::variant;
    const auto* const member = reader.only_member(in);
    if (member == nullptr) return std::nullopt;
    if (member->key() == "refused") {
        typename Decision::refusal reason{};
        reader.enter(json_root::of<typename Decision::refusal>());
        if (!reader.get(member->value(), reason)) {
            reader.in_member("refused");
            return std::nullopt;
        }
        return Decision(refuse(std::move(reason)));
    }
    if (member->key() != "events") {
        reader.fail("expected events or refused");
        reader.in_member(plain_view(member->key()));
        return std::nullopt;
    }
    const auto* const list = reader.elements_of(member->value());
    if (list == nullptr || list->size() > Decision::capacity) {
        if (list != nullptr) reader.fail("expected up to " + std::to_string(Decision::capacity) + " events");
        reader.in_member("events");
        return std::nullopt;
    }
    std::vector<variant> events;
    events.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i)
        if (!get_named<typename Decision::events>((*list)[i], reader, [&](auto index, auto&& event) {
                events.emplace_back(std::in_place_index<index()>, std::move(event));
            })) {
            reader.in_element(i) || reader.in_member("events");
            return std::nullopt;
        }
    return decision_access::make<Decision>(events.size(), events.data());
}

}  // namespace annals::detail
