// The events in the golden corpus: of each event of `every`, as it is when nothing was said, and with something in each field.
// What stands here was written, and must not change; what is added gets a number of its own.
#pragma once

#include "support/every_field.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace golden {

inline annals::uuid id_of(unsigned char first) {
    annals::uuid id;
    for (unsigned char i = 0; i < 16; ++i) id.bytes[i] = static_cast<unsigned char>(first + i);
    return id;
}
inline every::address address_of(std::string street) { return {std::move(street), "3rd", {4, -5}}; }
inline every::shape   triangle() { return {{{0, 0}, {3, 0}, {0, 4}}, every::name{"triangle"}}; }

// Each `more_of` answers what there is beside the event that has nothing but defaults.
template <class E>
using some = std::vector<E>;

inline some<every::nothing_happened> more_of(std::type_identity<every::nothing_happened>) { return {}; }
inline some<every::integers_counted> more_of(std::type_identity<every::integers_counted>) {
    return {{-1, -2, -3, -4, 1, 2, 3, 4, -5, 5, -6, 6, std::byte{0xab}, annals::position{7}},
            {std::numeric_limits<std::int8_t>::min(), std::numeric_limits<std::int16_t>::min(),
             std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int64_t>::min(), 0xff, 0xffff, 0xffffffff,
             0xffffffffffffffff, 0x123456789, 0x123456789, 0x123456789abcdef0, 0xfedcba9876543210, std::byte{0xff},
             annals::position{0xffffffffffffffff}}};
}
inline some<every::letters_read> more_of(std::type_identity<every::letters_read>) {
    return {{true, 'a', u8'b', u'\u00e9', U'\U0001f600'}, {false, '\xff', {}, u'\uffff', {}}};
}
inline some<every::lengths_measured> more_of(std::type_identity<every::lengths_measured>) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    return {{1.5F, -0.1, {1, 2, 3}, {0.25, 1e300, -0.0}, 1e-9}, {-0.0F, infinite, {}, {-infinite, 5e-324}, 0.0}};
}
inline some<every::choices_made> more_of(std::type_identity<every::choices_made>) {
    using namespace every;
    return {{color::blue,
             level::lowest,
             answer::yes,
             port::http,
             rights::administer,
             distance::far,
             mask::highest,
             nameless{-7},
             right_side,
             usual::savings,
             {color::red, color::green, color{200}},
             {level::lowest, level::highest}}};
}
inline some<every::texts_written> more_of(std::type_identity<every::texts_written>) {
    return {{"", "gr\xc3\xbc\xc3\x9f", {"one", "", "three"}, {{"yes", "oui"}, {"no", "non"}}, std::vector<std::string>{"n"}},
            {std::string("\0zero", 5), "\xff\xfe", {}, {}, std::vector<std::string>{}}};
}
inline some<every::lists_filled> more_of(std::type_identity<every::lists_filled>) {
    every::lists_filled event;
    event.numbers      = {1, -2, 3};
    event.truths       = {true, false, true};
    event.bytes        = {std::byte{0}, std::byte{255}};
    event.letters      = {'x', '\n'};
    event.rows         = {{1, 2}, {}, {-3}};
    event.bit_rows     = {{true}, {false, true}};
    event.waiting      = {"first", "second"};
    event.path         = {{1, 2}, {3, 4}};
    event.addresses    = {address_of("Main Street"), {}};
    event.empties      = {{}, {}, {}};
    event.empty_arrays = {{}, {}};
    event.answers      = {std::nullopt, true, false};
    return {event};
}
inline some<every::sets_gathered> more_of(std::type_identity<every::sets_gathered>) {
    every::sets_gathered event;
    event.numbers      = {-1, 0, 1};
    event.words        = {"a", "b", ""};
    event.points       = {{1, 2}, {1, 3}};
    event.measures     = {-1.5, 0.0, 2.5};
    event.at_most_one  = {{}};
    event.shares       = {*every::percent::of(1), *every::percent::of(100)};
    event.hashed       = {1, 0xffffffffffffffff};
    event.hashed_words = {"x", "y"};
    event.names        = {{"ann"}, {"bob"}};
    event.groups       = {{1, 2}, {}};
    return {event};
}
inline some<every::maps_drawn> more_of(std::type_identity<every::maps_drawn>) {
    every::maps_drawn event;
    event.counts    = {{"one", 1}, {"two", 2}};
    event.lines     = {{1, {"a", "b"}}, {2, {}}};
    event.places    = {{every::color::red, {1, 2}}, {every::color{9}, {3, 4}}};
    event.prices    = {{{1, true}, {100}}, {{2, false}, {-200}}};
    event.nothings  = {{{}, {}}};
    event.addresses = {{"home", address_of("Side Street")}, {"work", {}}};
    event.rates     = {{{"eur"}, 1.0}, {{"chf"}, std::nullopt}};
    event.sums      = {{std::uint8_t{1}, {{5}, {6}}}, {std::uint8_t{2}, {}}};
    event.nested    = {{"outer", {{"inner", true}}}, {"none", {}}};
    return {event};
}
inline some<every::arrays_joined> more_of(std::type_identity<every::arrays_joined>) {
    every::arrays_joined event;
    for (std::size_t i = 0; i < event.digest.size(); ++i) event.digest[i] = static_cast<std::uint8_t>(16 * i);
    event.truths   = {true, false, true};
    event.line     = {{{1, 2}, {3, 4}}};
    event.matrix   = {{{1, -2}, {3, -4}}};
    event.bits     = {{std::vector<bool>{true}, std::vector<bool>{}}};
    event.branch   = {8, "north"};
    event.triple   = {std::int8_t{-8}, "three", every::cents{300}};
    event.nested   = {{true, false}, {}};
    event.nothings = {{}, {}};
    return {event};
}
inline some<every::options_left> more_of(std::type_identity<every::options_left>) {
    every::options_left event;
    event.number   = -1;
    event.truth    = std::nullopt;
    event.word     = "word";
    event.presence = every::empty{};
    event.twice    = std::optional<std::uint8_t>{};
    event.moved_to = address_of("New Street");
    event.line     = {{{1, 2}, {3, 4}}};
    event.truths   = {{"so", true}};
    every::options_left other;
    other.truth = false;
    other.twice = std::optional<std::uint8_t>{5};
    return {event, other};
}
inline some<every::ways_parted> more_of(std::type_identity<every::ways_parted>) {
    every::ways_parted event;
    event.first      = "third";
    event.of_structs = every::point{1, 2};
    event.same_twice.emplace<1>(std::uint8_t{6});
    event.nested  = std::optional<double>{0.5};
    event.several = {std::monostate{}, triangle(), every::tree{1, {{2, {}}}}};
    event.perhaps = std::vector<std::byte>{std::byte{1}, std::byte{2}};
    every::ways_parted other;
    other.first      = -9;
    other.of_structs = every::empty{};
    other.nested     = std::variant<bool, char>{'c'};
    other.perhaps    = every::color::blue;
    return {event, other};
}
inline some<every::times_kept> more_of(std::type_identity<every::times_kept>) {
    using namespace std::chrono;
    every::times_kept event;
    event.ns               = nanoseconds(1);
    event.ms               = milliseconds(-2);
    event.s                = seconds(3);
    event.h                = hours(4);
    event.unsigned_seconds = duration<std::uint32_t>(0xffffffff);
    event.short_minutes    = duration<std::int16_t, std::ratio<60>>(std::int16_t{-32768});
    event.thirds           = duration<std::int64_t, std::ratio<1, 3>>(7);
    event.fraction         = duration<double>(0.125);
    event.fraction_of_ms   = duration<float, std::milli>(-1.5F);
    // Whole microseconds, for not every standard library's clock counts finer.
    event.at             = system_clock::time_point(duration_cast<system_clock::duration>(microseconds(1715000000123456)));
    event.at_second      = sys_seconds(seconds(-1));
    event.on_day         = sys_days(days(19849));
    event.at_millisecond = every::time<std::int64_t, std::milli>(milliseconds(1715000000123));
    event.at_microsecond = every::time<std::int64_t, std::micro>(microseconds(-7));
    event.at_nanosecond  = every::time<std::int64_t, std::nano>(nanoseconds(1715000000123456789));
    event.at_third       = every::time<std::int64_t, std::ratio<1, 3>>(duration<std::int64_t, std::ratio<1, 3>>(-5));
    event.at_fraction    = every::time<double, std::ratio<1>>(duration<double>(1.25));
    event.until          = sys_seconds(seconds(1715000000));
    event.laps           = {minutes(1), minutes(-2)};
    every::times_kept ends;
    ends.at             = system_clock::time_point::max();
    ends.at_second      = sys_seconds::min();
    ends.at_microsecond = every::time<std::int64_t, std::micro>::min();
    ends.until          = sys_seconds::max();
    return {event, ends};
}
inline some<every::ids_given> more_of(std::type_identity<every::ids_given>) {
    every::ids_given event;
    event.id       = id_of(0x10);
    event.other    = static_cast<boost::uuids::uuid>(id_of(0x20));
    event.several  = {id_of(0x30), {}};
    event.perhaps  = id_of(0x40);
    event.versions = {{id_of(0x50), annals::version{1}}, {id_of(0x60), annals::version{2}}};
    return {event};
}
inline some<every::secrets_kept> more_of(std::type_identity<every::secrets_kept>) {
    const auto          percent = [](std::int32_t value) { return *every::percent::of(value); };
    every::secrets_kept event;
    event.share    = percent(50);
    event.outside  = every::temperature(293.15);
    event.between  = *every::interval::of({percent(10), percent(20)});
    event.shares   = {percent(0), percent(100)};
    event.perhaps  = *every::interval::of({percent(1), percent(1)});
    event.measured = {{percent(5), every::temperature(0)}, {percent(6), every::temperature(-0.0)}};
    event.either   = percent(99);
    return {event};
}
inline some<every::structs_nested> more_of(std::type_identity<every::structs_nested>) {
    every::structs_nested event;
    event.price               = {-12};
    event.customer            = {"carol"};
    event.home                = address_of("Old Street");
    event.loose               = {true, 0.5, 'y', 6};
    event.outline             = triangle();
    event.without_name.width  = 3;
    event.without_name.height = 4;
    event.shapes              = {{triangle(), {}}};
    return {event};
}
inline some<every::trees_grown> more_of(std::type_identity<every::trees_grown>) {
    every::trees_grown event;
    event.oak = {1, {{2, {{3, {}}, {4, {}}}}, {5, {}}}};
    every::folder inner;
    inner.files        = {every::file{{"b.txt"}, {}}};
    event.root.files   = {every::file{{"a.iso"}, {inner}}};
    event.root.folders = {inner, {}};
    event.root.trash   = std::vector<every::file>{{{"c.old"}, {}}};
    return {event};
}
inline some<every::changed<every::name>> more_of(std::type_identity<every::changed<every::name>>) {
    return {{{"ann"}, {"bob"}}};
}
inline some<every::price_ticked> more_of(std::type_identity<every::price_ticked>) {
    return {{1715000000123456789, -12345, 600, every::color::blue, -1, 65535}};
}

/// The events of one kind in the corpus, in the order of their numbers.
template <class E>
std::vector<E> examples() {
    std::vector<E> all(1);
    for (E& each : more_of(std::type_identity<E>{})) all.push_back(std::move(each));
    return all;
}

}  // namespace golden
