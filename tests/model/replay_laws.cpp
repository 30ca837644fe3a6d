// What holds for every history, tried on many that are made up.
#include "catch.hpp"

#include <annals/model/reader.hpp>
#include <annals/model/replay.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace {

struct stocked {
    std::uint32_t article;
    std::uint32_t pieces;
};
struct sold {
    std::uint32_t article;
    std::uint32_t pieces;
};
struct renamed {
    std::uint32_t article;
    std::string   name;
};
struct audited {};

using shop    = annals::events<stocked, sold, renamed, audited>;
using history = std::vector<shop::variant>;

// Depends on every event and on their order.
struct journal {
    using events = shop;

    std::string text;

    void apply(const stocked& e) { note('+', e.article, std::to_string(e.pieces)); }
    void apply(const sold& e) { note('-', e.article, std::to_string(e.pieces)); }
    void apply(const renamed& e) { note('=', e.article, e.name); }
    void apply(const audited&) { text += "!;"; }

    void note(char what, std::uint32_t article, const std::string& detail) {
        text += what + std::to_string(article) + ':' + detail + ';';
    }
    bool operator==(const journal&) const = default;
};
struct turnover {
    using events = annals::events<sold>;

    std::uint64_t pieces = 0;
    std::uint64_t last   = 0;

    void apply(const sold& e, const annals::context& where) {
        pieces = pieces * 3 + e.pieces;
        last   = where.position.value;
    }
    bool operator==(const turnover&) const = default;
};
struct stock {
    using events  = annals::events<sold, stocked>;
    using ignores = annals::events<renamed, audited>;

    std::int64_t pieces = 0;

    void apply(const stocked& e) { pieces += e.pieces; }
    bool operator==(const stock&) const = default;
};
void apply(stock& state, const sold& e) {
    state.pieces -= e.pieces;
}

shop::variant any_event(std::mt19937& random) {
    const auto number = [&](std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); };
    switch (number(4)) {
        case 0: return stocked{number(5), number(100)};
        case 1: return sold{number(5), number(100)};
        case 2: return renamed{number(5), std::string(number(40), static_cast<char>('a' + number(26)))};
        default: return audited{};
    }
}
history any_history(std::mt19937& random) {
    history made;
    for (auto events = random() % 20; events != 0; --events) made.push_back(any_event(random));
    return made;
}

// Tries a law on many histories, the same in every run; says for which it does not hold.
template <class Law>
void holds_for_any_history(const Law& law) {
    std::mt19937 random{20260};
    for (int round = 0; round < 300; ++round) {
        const history past = any_history(random);
        INFO("round " << round << ": " << annals::replay<journal>(past).text);
        REQUIRE(law(past, random));
    }
}

// The events of a history, one by one, as if written in the source: three at most, for three is enough to differ.
template <class State, class... E>
State replay_directly(std::span<const shop::variant> rest, const E&... before) {
    if constexpr (sizeof...(E) < 3) {
        if (!rest.empty())
            return std::visit([&](const auto& next) { return replay_directly<State>(rest.subspan(1), before..., next); }, rest[0]);
    }
    return annals::replay<State>(before...);
}

// All states in one pass, as a log does it.
template <class... State>
std::tuple<State...> replay_fused(const history& past) {
    annals::fused<State...> all{};
    std::uint64_t           count = 0;
    for (const auto& event : past) {
        ++count;
        std::visit(
            [&]<class E>(const E& each) {
                if constexpr (annals::detail::reads<annals::fused<State...>, E>)
                    annals::detail::deliver(all, each, annals::detail::counted_context{count});
            },
            event);
    }
    return all.states;
}

}  // namespace

TEST_CASE("for any history, what is replayed in two parts is what is replayed at once") {
    holds_for_any_history([](const history& past, std::mt19937& random) {
        const std::size_t cut = random() % (past.size() + 1);
        const std::span   whole(past);
        journal           journal_in_parts = annals::replay<journal>(whole.first(cut));
        annals::fold(journal_in_parts, whole.subspan(cut));
        stock stock_in_parts = annals::replay<stock>(whole.first(cut));
        annals::fold(stock_in_parts, whole.subspan(cut));
        return journal_in_parts == annals::replay<journal>(past) && stock_in_parts == annals::replay<stock>(past);
    });
}

TEST_CASE("for any history, events given one by one lead where a range of variants leads") {
    holds_for_any_history([](const history& past, std::mt19937&) {
        const std::span begin = std::span(past).first(past.size() < 3 ? past.size() : 3);
        return replay_directly<journal>(begin) == annals::replay<journal>(begin) &&
               replay_directly<stock>(begin) == annals::replay<stock>(begin);
    });
}

TEST_CASE("for any history, several projections in one pass are the same as one after another") {
    holds_for_any_history([](const history& past, std::mt19937&) {
        const auto [a, b, c] = replay_fused<turnover, journal, stock>(past);
        return a == annals::replay<turnover>(past) && b == annals::replay<journal>(past) && c == annals::replay<stock>(past);
    });
}

TEST_CASE("for any history, events that a projection does not list make no difference to it, save to its versions") {
    holds_for_any_history([](const history& past, std::mt19937&) {
        history sales;
        for (const auto& event : past)
            if (std::holds_alternative<sold>(event)) sales.push_back(event);
        return annals::replay<turnover>(past).pieces == annals::replay<turnover>(sales).pieces &&
               annals::replay<turnover>(sales).last == sales.size();
    });
}

TEST_CASE("for any history, the last event's position is its place") {
    holds_for_any_history([](const history& past, std::mt19937&) {
        std::size_t last = 0;
        for (std::size_t i = 0; i < past.size(); ++i)
            if (std::holds_alternative<sold>(past[i])) last = i + 1;
        return annals::replay<turnover>(past).last == last;
    });
}
