// A domain whose events have every kind of field that can be stored, in every shape.
#pragma once

#include "every_field_values.hpp"

#include <annals/model/context.hpp>
#include <annals/model/events.hpp>

#include <boost/uuid/uuid.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <ratio>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace every {

template <class Rep, class Period>
using time = std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<Rep, Period>>;

// Events. An array of texts stands in a container, for g++ 12 crashes (check_noexcept_r) where it is a field itself.
struct nothing_happened {};
struct integers_counted {
    std::int8_t        i8          = 0;
    std::int16_t       i16         = 0;
    std::int32_t       i32         = 0;
    std::int64_t       i64         = 0;
    std::uint8_t       u8          = 0;
    std::uint16_t      u16         = 0;
    std::uint32_t      u32         = 0;
    std::uint64_t      u64         = 0;
    long               is_long     = 0;
    unsigned long      is_unsigned = 0;
    long long          is_longer   = 0;
    unsigned long long is_longest  = 0;
    std::byte          a_byte{};
    annals::position   counted_at;
};
struct letters_read {
    bool     truth = false;
    char     letter{};
    char8_t  narrow{};
    char16_t wide{};
    char32_t wider{};
};
struct lengths_measured {
    float                 f32 = 0;
    double                f64 = 0;
    std::array<float, 3>  position{};
    std::vector<double>   samples;
    std::optional<double> error;
};
struct choices_made {
    color              of_color    = color::green;
    level              of_level    = level::low;
    answer             of_answer   = answer::no;
    port               of_port     = port::ssh;
    rights             of_rights   = rights::none;
    distance           of_distance = distance::none;
    mask               of_mask     = mask::none;
    nameless           of_nothing{};
    unscoped           of_side = left_side;
    usual              of_kind = usual::current;
    std::vector<color> palette;
    std::set<level>    seen;
};
struct texts_written {
    std::string                             title = "untitled";
    std::string                             body;
    std::vector<std::string>                lines;
    std::vector<std::array<std::string, 2>> translations;
    std::optional<std::vector<std::string>> notes;
};
struct lists_filled {
    std::vector<std::int32_t>              numbers;
    std::vector<bool>                      truths;
    std::vector<std::byte>                 bytes;
    std::vector<char>                      letters;
    std::vector<std::vector<std::int16_t>> rows;
    std::vector<std::vector<bool>>         bit_rows;
    std::deque<std::string>                waiting;
    std::list<point>                       path;
    std::vector<address>                   addresses;
    std::vector<empty>                     empties;
    std::vector<std::array<empty, 2>>      empty_arrays;
    std::vector<std::optional<bool>>       answers;
};
struct sets_gathered {
    std::set<std::int32_t>              numbers;
    std::set<std::string>               words;
    std::set<point>                     points;
    std::set<double>                    measures;
    std::set<empty>                     at_most_one;
    std::set<percent>                   shares;
    std::unordered_set<std::uint64_t>   hashed;
    std::unordered_set<std::string>     hashed_words;
    std::unordered_set<name>            names;
    std::vector<std::set<std::uint8_t>> groups;
};
struct maps_drawn {
    std::map<std::string, std::int32_t>                counts;
    std::map<std::int32_t, std::vector<std::string>>   lines;
    std::map<color, point>                             places;
    std::map<std::pair<std::int32_t, bool>, cents>     prices;
    std::map<empty, empty>                             nothings;
    std::unordered_map<std::string, address>           addresses;
    std::unordered_map<name, std::optional<double>>    rates;
    std::unordered_map<std::uint8_t, std::set<cents>>  sums;
    std::map<std::string, std::map<std::string, bool>> nested;
};
struct arrays_joined {
    std::array<std::uint8_t, 16>                         digest{};
    std::array<bool, 3>                                  truths{};
    std::array<point, 2>                                 line{};
    std::array<std::array<std::int16_t, 2>, 2>           matrix{};
    std::optional<std::array<std::vector<bool>, 2>>      bits;
    std::pair<std::int32_t, std::string>                 branch;
    std::tuple<std::int8_t, std::string, cents>          triple;
    std::tuple<>                                         nothing;
    std::tuple<std::pair<bool, bool>, std::tuple<empty>> nested;
    std::vector<std::tuple<>>                            nothings;
};
struct options_left {
    std::optional<std::int32_t>                number;
    std::optional<bool>                        truth = true;
    std::optional<std::string>                 word;
    std::optional<empty>                       presence;
    std::optional<std::optional<std::uint8_t>> twice;
    std::optional<address>                     moved_to;
    std::optional<std::array<point, 2>>        line;
    std::optional<std::map<std::string, bool>> truths;
};
struct ways_parted {
    std::variant<std::monostate, std::int32_t, std::string>       first;
    std::variant<cents, name, point, empty>                       of_structs;
    std::variant<std::uint8_t, std::uint8_t>                      same_twice;
    std::variant<std::variant<bool, char>, std::optional<double>> nested;
    std::vector<std::variant<std::monostate, shape, tree>>        several;
    std::optional<std::variant<color, std::vector<std::byte>>>    perhaps;
};
struct times_kept {
    std::chrono::nanoseconds                              ns{};
    std::chrono::milliseconds                             ms{};
    std::chrono::seconds                                  s{};
    std::chrono::hours                                    h{};
    std::chrono::duration<std::uint32_t>                  unsigned_seconds{};
    std::chrono::duration<std::int16_t, std::ratio<60>>   short_minutes{};
    std::chrono::duration<std::int64_t, std::ratio<1, 3>> thirds{};
    std::chrono::duration<double>                         fraction{};
    std::chrono::duration<float, std::milli>              fraction_of_ms{};
    std::chrono::system_clock::time_point                 at{};
    std::chrono::sys_seconds                              at_second{};
    std::chrono::sys_days                                 on_day{};
    time<std::int64_t, std::milli>                        at_millisecond{};
    time<std::int64_t, std::micro>                        at_microsecond{};
    time<std::int64_t, std::nano>                         at_nanosecond{};
    time<std::int64_t, std::ratio<1, 3>>                  at_third{};
    time<double, std::ratio<1>>                           at_fraction{};
    std::optional<std::chrono::sys_seconds>               until;
    std::vector<std::chrono::minutes>                     laps;
};
struct ids_given {
    annals::uuid                            id;
    boost::uuids::uuid                      other{};
    std::vector<annals::uuid>               several;
    std::optional<annals::uuid>             perhaps;
    std::map<annals::uuid, annals::version> versions;
};
struct secrets_kept {
    percent                               share;
    temperature                           outside;
    interval                              between;
    std::vector<percent>                  shares;
    std::optional<interval>               perhaps;
    std::map<percent, temperature>        measured;
    std::variant<std::monostate, percent> either;
};
struct structs_nested {
    cents   price;
    name    customer;
    address home;
    padded  loose;
    empty   nothing;
    shape   outline;
    struct {
        std::int32_t width = 1, height = 1;
    } without_name;
    std::vector<std::array<shape, 2>> shapes;
};
struct trees_grown {
    tree   oak;
    folder root;
};
template <class T>
struct changed {
    static constexpr std::string_view event_name = "name_changed";

    T before;
    T after;
};

// Nothing but bytes, none of them between the fields.
struct price_ticked {
    std::uint64_t at     = 0;
    std::int64_t  cents  = 0;
    std::uint32_t volume = 0;
    color         mark   = color::red;
    std::int8_t   change = 0;
    std::uint16_t venue  = 0;
};

using events = annals::events<nothing_happened, integers_counted, letters_read, lengths_measured, choices_made, texts_written,
                              lists_filled, sets_gathered, maps_drawn, arrays_joined, options_left, ways_parted, times_kept,
                              ids_given, secrets_kept, structs_nested, trees_grown, changed<name>, price_ticked>;

}  // namespace every
