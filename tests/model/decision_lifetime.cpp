// A decision's events are constructed, moved and destroyed as often as they should be, and never on the heap.
#include "catch.hpp"

#include <annals/model/decision.hpp>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {
std::size_t allocations = 0;
}

// Every allocation of this program is counted.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t& nothing) noexcept { return operator new(size, nothing); }
void  operator delete(void* memory) noexcept { std::free(memory); }
void  operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void  operator delete[](void* memory) noexcept { std::free(memory); }
void  operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

// Counts how many of its kind there are.
struct seat {
    static inline int taken  = 0;
    static inline int copies = 0;

    int row;

    explicit seat(int number) : row(number) { ++taken; }
    seat(const seat& other) : row(other.row) { ++taken, ++copies; }
    seat(seat&& other) noexcept : row(std::exchange(other.row, -1)) { ++taken; }
    seat& operator=(const seat&) = default;
    seat& operator=(seat&&)      = default;
    ~seat() { --taken; }
};

struct seat_booked {
    seat place;
};
struct seat_freed {
    seat place;
    int  refund;
};
struct show_cancelled {};
struct noted {
    std::string text;
};
struct entrusted {
    std::unique_ptr<int> key;
};

using booking = annals::decision<annals::events<seat_booked, seat_freed, show_cancelled>, std::string>;
using wider   = annals::decision<annals::events<show_cancelled, noted, seat_freed, seat_booked>, std::string, 9>;

const std::string a_long_text = "a text too long for a small buffer to hold it";

template <class Decision>
std::vector<int> rows(const Decision& decided) {
    std::vector<int> found;
    decided.for_each([&](const auto& event) {
        if constexpr (requires { event.place; }) found.push_back(event.place.row);
    });
    return found;
}

}  // namespace

TEST_CASE("each event of a decision is destroyed once") {
    seat::copies = 0;
    {
        const booking decided = annals::emit(seat_booked{seat{1}}, show_cancelled{}, seat_freed{seat{2}, 5}, seat_booked{seat{3}});
        CHECK(seat::taken == 3);
        CHECK(rows(decided) == std::vector{1, 2, 3});
    }
    CHECK(seat::taken == 0);
    CHECK(seat::copies == 0);
}

TEST_CASE("a copy of a decision has events of its own") {
    seat::copies = 0;
    {
        const booking           first = annals::emit(seat_booked{seat{1}}, seat_freed{seat{2}, 5});
        std::optional<booking> second;
        second.emplace(first);
        CHECK(seat::taken == 4);
        CHECK(seat::copies == 2);
        CHECK(rows(first) == rows(*second));
        second.reset();
        CHECK(seat::taken == 2);
        CHECK(rows(first) == std::vector{1, 2});
    }
    CHECK(seat::taken == 0);
}

TEST_CASE("a moved decision has the events, uncopied, and so has one over more types") {
    seat::copies = 0;
    {
        booking     first  = annals::emit(seat_booked{seat{1}}, seat_freed{seat{2}, 5});
        booking     second = std::move(first);
        const wider third  = std::move(second);
        CHECK(seat::copies == 0);
        CHECK(rows(first) == std::vector{-1, -1});
        CHECK(rows(third) == std::vector{1, 2});
        CHECK(third.size() == 2);
    }
    CHECK(seat::taken == 0);
}

TEST_CASE("a refusal that owns memory lives and dies with its decision") {
    const booking turned_away = annals::refuse(a_long_text);
    const booking copy        = turned_away;
    const wider   more        = copy;
    CHECK(*copy.refusal_reason() == a_long_text);
    CHECK(copy.refusal_reason() != turned_away.refusal_reason());
    CHECK(*more.refusal_reason() == a_long_text);
    CHECK(more.is_refused());
    CHECK(seat::taken == 0);
}

TEST_CASE("events that own memory, or only move, go through a decision") {
    using note_or_cancel  = annals::decision<annals::events<noted, show_cancelled>>;
    note_or_cancel noted_twice = annals::emit(noted{a_long_text}, show_cancelled{}, noted{"short"});
    const note_or_cancel moved = std::move(noted_twice);
    std::string          text;
    moved.for_each([&](const auto& event) {
        if constexpr (requires { event.text; }) text += event.text;
    });
    CHECK(text == a_long_text + "short");

    annals::decision<entrusted> owner = annals::emit(entrusted{std::make_unique<int>(1)}, entrusted{std::make_unique<int>(2)});
    annals::decision<annals::events<show_cancelled, entrusted>> heir = std::move(owner);
    int                                                         keys = 0;
    heir.for_each([&](auto& event) {
        if constexpr (requires { event.key; }) keys += *std::unique_ptr<int>(std::move(event.key));
    });
    CHECK(keys == 3);
}

TEST_CASE("a decision allocates nothing") {
    const std::size_t before = allocations;
    {
        booking     decided = annals::emit(seat_booked{seat{1}}, show_cancelled{}, seat_freed{seat{2}, 5});
        booking     single  = seat_booked{seat{4}};
        wider       more    = decided;
        const wider moved   = std::move(single);
        const booking none  = annals::nothing;
        int           sum   = 0;
        more.for_each([&](const auto& event) {
            if constexpr (requires { event.place; }) sum += event.place.row;
        });
        if (sum != 3 || moved.size() != 1 || none.size() != 0) std::abort();
    }
    CHECK(allocations == before);

    // What counts is counted.
    const auto counted = std::make_unique<noted>(noted{a_long_text});
    CHECK(allocations >= before + 2);
}
