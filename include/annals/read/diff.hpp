// What is different between two states, field by field, by name.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/read/load.hpp>
#include <annals/read/snapshot.hpp>
#include <annals/schema/equal.hpp>
#include <annals/schema/print.hpp>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// A field that two states have different values of: where it is (`address.city`, `lines[2].count`, `stock["apple"]`), and
/// both values as `print` prints them. What is in one of them only is `none` in the other.
struct field_difference {
    std::string field;
    std::string before;
    std::string after;

    friend bool          operator==(const field_difference&, const field_difference&) = default;
    friend std::ostream& operator<<(std::ostream& out, const field_difference& what) {
        return out << what.field << ": " << what.before << " -> " << what.after;
    }
};

namespace detail {

template <class T>
concept keyed_range = range_of_values<T> && requires(const T& range) {
    typename T::mapped_type;
    range.find(range.begin()->first);
};

// A struct that has no text of its own, and is told apart by its fields.
template <class T>
concept told_apart_by_fields = std::is_aggregate_v<T> && !text_value<T> && !variant_value<T> && !optional_value<T> &&
                               !range_of_values<T> && !tuple_value<T> && !streamable<T> && kind_of<T> != field_kind::uuid &&
                               !std::is_same_v<T, timestamp> && !stored_as_another<T>;

class difference_finder {
public:
    template <class T>
    void compare(const T& before, const T& after) {
        if constexpr (told_apart_by_fields<T>)
            compare_fields(before, after);
        else if constexpr (keyed_range<T>)
            compare_keys(before, after);
        else if constexpr (range_of_values<T> && !text_value<T> && !hashed_range<T> && !requires { typename T::key_type; })
            compare_elements(before, after);
        else if (!equal_fields(before, after))
            note(to_text(before), to_text(after));
    }

    std::vector<field_difference> found;

private:
    void note(std::string before, std::string after) { found.push_back({path_, std::move(before), std::move(after)}); }

    // Does something with a further step of the path.
    template <class Function>
    void inside(std::string_view step, Function&& function) {
        const std::size_t length = path_.size();
        path_ += step;
        function();
        path_.resize(length);
    }

    template <class T>
    void compare_fields(const T& before, const T& after) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (inside((path_.empty() ? "" : ".") + std::string{field_names<T>[I]},
                    [&] { compare(field<I>(before), field<I>(after)); }),
             ...);
        }
        (std::make_index_sequence<field_count<T>>{});
    }
    template <class T>
    void compare_elements(const T& before, const T& after) {
        auto        a = before.begin();
        auto        b = after.begin();
        std::size_t i = 0;
        for (; a != before.end() || b != after.end(); ++i)
            inside("[" + std::to_string(i) + "]", [&] {
                if (a == before.end())
                    note("none", to_text<typename T::value_type>(*b++));
                else if (b == after.end())
                    note(to_text<typename T::value_type>(*a++), "none");
                else
                    compare<typename T::value_type>(*a++, *b++);
            });
    }
    template <class T>
    void compare_keys(const T& before, const T& after) {
        for (const auto& each : before)
            inside("[" + to_text(each.first) + "]", [&] {
                if (const auto other = after.find(each.first); other != after.end())
                    compare(each.second, other->second);
                else
                    note(to_text(each.second), "none");
            });
        for (const auto& each : after)
            if (before.find(each.first) == before.end())
                inside("[" + to_text(each.first) + "]", [&] { note("none", to_text(each.second)); });
    }

    std::string path_;
};

}  // namespace detail

/// What is different between two states, in the order of the fields. A type that has neither fields nor `==` does not compile.
template <class State>
[[nodiscard]] std::vector<field_difference> diff(const State& before, const State& after) {
    detail::difference_finder finder;
    finder.compare(before, after);
    return std::move(finder.found);
}

namespace detail {

template <class Unit>
query<Unit> not_behind(const query<Unit>& what, Unit end) {
    return what.to(end);
}
inline stream_query not_behind(const stream_query& what, position end) { return what.until(end); }
template <class Unit>
query<Unit> not_behind(const query<Unit>& what, timestamp end) {
    return what.until(end);
}

}  // namespace detail

/// What is different between a projection as it was at one moment and at a later one: versions of a stream, positions or times.
/// Errors: those of the log's `read`.
template <class State, event_log Log, class Unit, class Moment>
[[nodiscard]] expected<std::vector<field_difference>, error> diff(const Log& log, const query<Unit>& what, Moment before,
                                                                  Moment after) {
    State then{}, later{};
    if (auto read = log.read(detail::not_behind(what, before), then); !read) return unexpected<error>(std::move(read.error()));
    if (auto read = log.read(detail::not_behind(what, after), later); !read) return unexpected<error>(std::move(read.error()));
    return diff(then, later);
}

/// The same. Each of the two states is loaded as `replay` does with a store: from the nearest snapshot or milestone.
template <class State, event_log Log, class Unit, class Moment, snapshot_store Store>
[[nodiscard]] expected<std::vector<field_difference>, error> diff(const Log& log, const query<Unit>& what, Moment before,
                                                                  Moment after, Store& store) {
    auto then = replay<State>(log, detail::not_behind(what, before), store);
    if (!then) return unexpected<error>(std::move(then.error()));
    auto later = replay<State>(log, detail::not_behind(what, after), store);
    if (!later) return unexpected<error>(std::move(later.error()));
    return diff(*then, *later);
}

}  // namespace annals
