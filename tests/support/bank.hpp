// A small bank that the tests of logs and repositories share.
#pragma once

#include <annals/annals.hpp>

#include <cstdint>
#include <string>

namespace bank {

struct opened {
    std::uint32_t customer;
};
struct deposited {
    std::int64_t cents;
};
struct withdrawn {
    std::int64_t cents;
};
struct annotated {
    std::string note;
};
struct closed {};

using events = annals::events<opened, deposited, withdrawn, annotated, closed>;

// What everything in a log amounts to.
struct totals {
    using events = bank::events;

    std::int64_t balance = 0;
    std::int64_t seen    = 0;
    std::string  notes;

    void apply(const opened&) { ++seen; }
    void apply(const deposited& e) { ++seen, balance += e.cents; }
    void apply(const withdrawn& e) { ++seen, balance -= e.cents; }
    void apply(const annotated& e) { ++seen, notes += e.note; }
    void apply(const closed&) { ++seen; }
};

// A clock that a test sets, and ids that count.
struct set_clock {
    std::int64_t* now;
    annals::timestamp operator()() const { return annals::timestamp{*now}; }
};
struct counted_ids {
    std::uint8_t next = 1;
    annals::uuid operator()() {
        annals::uuid id;
        id.bytes[0] = next++;
        return id;
    }
};

inline annals::uuid id_of(std::uint8_t number) {
    annals::uuid id;
    id.bytes[15] = number;
    id.bytes[14] = 0xff;
    return id;
}

}  // namespace bank
