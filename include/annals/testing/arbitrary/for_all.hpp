// for_all<event>(property): a property is put to the test with arbitrary values.
#pragma once

#include <annals/model/events.hpp>
#include <annals/schema/print.hpp>
#include <annals/testing/arbitrary/shrink.hpp>
#include <annals/testing/arbitrary/value.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace annals {

/// How a property is tested. The same seed finds the same counterexample.
struct for_all_options {
    std::uint64_t seed         = 1;
    std::size_t   runs         = 100;
    std::size_t   size         = 8;       // how many elements containers have, roughly
    std::size_t   most_shrinks = 10'000;  // how often the property is asked for a simpler counterexample at most
};

/// What was found: true if the property held in all runs. Prints, where it is printed (Catch2 does), the counterexample as
/// it was made, the simplest that was found from there, and the seed that makes it at once.
template <class... Value>
struct property_verdict {
    struct counterexample {
        std::tuple<Value...> original;
        std::tuple<Value...> simplest;
        std::string          thrown;     // what the property threw for the simplest; empty if it answered false
        std::size_t          steps = 0;  // how often a simpler one was found
    };

    for_all_options               options;  // in case of a counterexample the seed and size that make it in one run
    std::size_t                   runs = 0;
    std::optional<counterexample> found;

    explicit operator bool() const noexcept { return !found; }

    friend std::ostream& operator<<(std::ostream& out, const property_verdict& verdict) {
        const std::uint64_t seed = verdict.options.seed;
        const std::size_t   size = verdict.options.size;
        if (!verdict.found) return out << "\n  held in " << verdict.runs << " runs from seed " << seed;
        out << "\n  does not hold in run " << verdict.runs << ", which is {.seed = " << seed << ", .runs = 1";
        if (size != for_all_options{}.size) out << ", .size = " << size;
        out << "}\n";
        const std::size_t steps = verdict.found->steps;
        print_values(out, steps == 0 ? "counterexample" : "simplest counterexample, after " + std::to_string(steps) + " steps",
                     verdict.found->simplest);
        if (!verdict.found->thrown.empty()) out << "    throws " << verdict.found->thrown << '\n';
        if (steps != 0) print_values(out, "found as", verdict.found->original);
        return out;
    }

private:
    template <class T>
    static void print_value(std::ostream& out, const T& value) {
        out << "    ";
        print(out, value);
        out << '\n';
    }
    // A history line by line.
    template <class... E>
    static void print_value(std::ostream& out, const std::vector<std::variant<E...>>& history) {
        if (history.empty()) out << "    (no events)\n";
        for (const auto& event : history) print_value<std::variant<E...>>(out, event);
    }
    static void print_values(std::ostream& out, const std::string& title, const std::tuple<Value...>& values) {
        out << "  " << title << ":\n";
        std::apply([&](const auto&... each) { (print_value(out, each), ...); }, values);
    }
};

namespace detail {

// What a property is asked of: a history in place of a list of events.
template <class T>
struct tested {
    using type = T;

    static type make(random_source& random) { return arbitrary<T>(random); }
};
template <class... E>
struct tested<events<E...>> {
    using type = std::vector<typename events<E...>::variant>;

    static type make(random_source& random) { return arbitrary_history<events<E...>>(random); }
};

template <class Property, class... Value>
class property_test {
public:
    using values = std::tuple<Value...>;

    property_test(Property& property, const for_all_options& options) : property_(property), options_(options) {}

    /// True if the property does not hold, or throws.
    bool fails(const values& tried) {
        thrown_.clear();
        try {
            return !std::apply([&](const Value&... each) { return static_cast<bool>(property_(each...)); }, tried);
        } catch (const std::exception& exception) { thrown_ = std::string("an exception: ") + exception.what(); } catch (...) {
            thrown_ = "what is no std::exception";
        }
        return true;
    }

    /// The simplest counterexample that is found by one step after the other.
    auto simplify(values original) {
        typename property_verdict<Value...>::counterexample found{original, std::move(original), thrown_, 0};
        std::size_t                                         asked = 0;
        for (bool simpler = true; simpler;) {
            values next;
            simpler = each_simpler<values>(found.simplest, [&](const values& tried) {
                if (asked == options_.most_shrinks) return false;
                ++asked;
                if (!fails(tried)) return false;
                next = tried;
                return true;
            });
            if (!simpler) break;
            found.simplest = std::move(next);
            found.thrown   = thrown_;
            ++found.steps;
        }
        return found;
    }

private:
    Property&       property_;
    for_all_options options_;
    std::string     thrown_;
};

}  // namespace detail

/// Asks `property` of arbitrary values, one of each type, or for a list of events a history of it:
///
///     CHECK(annals::for_all<deposited>([](const deposited& event) { return event == decoded(encoded(event)); }));
///     CHECK(annals::for_all<bank::events>([](const std::vector<bank::events::variant>& history) { ... }));
///
/// The property answers something that converts to bool, and the same for the same values; to throw is to fail. Catch2's
/// CHECK in there would report each attempt, so let it answer. After the first failure simpler values are tried, as long as
/// they fail too. The seed is always the same if none is given: give one that changes to look elsewhere each time.
template <class... E, class Property>
[[nodiscard]] auto for_all(Property&& property, for_all_options options = {}) {
    using verdict = property_verdict<typename detail::tested<E>::type...>;
    detail::property_test<Property, typename detail::tested<E>::type...> test(property, options);
    std::uint64_t                                                        seed = options.seed;
    for (std::size_t run = 1; run <= options.runs; ++run) {
        random_source random(seed, options.size);
        std::tuple    values{detail::tested<E>::make(random)...};
        if (test.fails(values)) {
            for_all_options again = options;
            again.seed            = seed;
            return verdict{again, run, test.simplify(std::move(values))};
        }
        seed = random_source(seed).next();
    }
    return verdict{options, options.runs, std::nullopt};
}

}  // namespace annals
