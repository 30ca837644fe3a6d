// The schema of an event as text: what a log holds of it, what is compared, hashed and read without the types. It is made of
// names and kinds alone, so that every compiler and standard library makes the same of the same struct.
//
//     event      NAME '{' fields '}'
//     fields     [NAME ':' type {',' NAME ':' type}]
//     type       bool char i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 string uuid
//                'optional<' type '>'   'list<' type '>'   'set<' type '>'   'map<' type ',' type '>'
//                'array<' type ',' COUNT '>'   'tuple<' [types] '>'   'variant<' types '>'
//                'duration<' number ',' TICKS '/' PER_SECOND '>'      how many seconds a tick takes
//                'time<' number ',' TICKS '/' PER_SECOND '>'          since 1970-01-01T00:00 UTC
//                'enum ' NAME ':' integer '{' [NAME '=' VALUE {',' NAME '=' VALUE}] '}'
//                [NAME] '{' fields '}'                                a struct
//                '^' COUNT                                            the struct that encloses this place, the innermost is 0
//
// Durations and times of whole ticks are stored as i64 (u64 if unsigned), because the width that the standard libraries
// choose differs. Times of ticks below a millisecond are stored in nanoseconds for the same reason.
#pragma once

#include <annals/model/type_list.hpp>
#include <annals/schema/enumerators.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/schema/name.hpp>

#include <cstddef>
#include <cstdint>
#include <ratio>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

namespace detail {

template <class Integer>
consteval std::string_view integer_text() {
    constexpr std::string_view is_signed[] = {"i8", "i16", "", "i32", "", "", "", "i64"};
    constexpr std::string_view is_not[]    = {"u8", "u16", "", "u32", "", "", "", "u64"};
    return (std::is_signed_v<Integer> ? is_signed : is_not)[sizeof(Integer) - 1];
}
template <>
consteval std::string_view integer_text<std::byte>() {
    return "u8";
}

template <class Floating>
consteval std::string_view floating_text() {
    return sizeof(Floating) == 4 ? "f32" : "f64";
}

/// What the ticks of a duration are stored as.
template <class Rep>
using stored_ticks = std::conditional_t<std::is_floating_point_v<Rep>, Rep,
                                        std::conditional_t<std::is_unsigned_v<Rep>, std::uint64_t, std::int64_t>>;

/// The tick in which a time is stored, in seconds.
template <class Time>
using stored_tick =
    std::conditional_t<std::is_integral_v<typename Time::rep> && std::ratio_less_v<typename Time::period, std::milli>,
                       std::nano, typename Time::period>;

template <class Rep>
consteval std::string_view ticks_text() {
    if constexpr (std::is_floating_point_v<Rep>)
        return floating_text<Rep>();
    else
        return integer_text<stored_ticks<Rep>>();
}

// Writes text to `Out`, which takes characters, and knows the structs that enclose the place.
template <class Out>
struct schema_writer {
    static constexpr std::size_t deepest = 64;

    Out         out{};
    type_id     enclosing[deepest]{};
    std::size_t depth = 0;

    constexpr void text(std::string_view words) {
        out.put(words);
    }
    constexpr void letter(char one) { out.put(one); }

    constexpr void number(std::uint64_t value) {
        char        digits[20]{};
        std::size_t count = 0;
        do digits[count++] = static_cast<char>('0' + value % 10);
        while ((value /= 10) != 0);
        while (count != 0) out.put(digits[--count]);
    }
    template <class Underlying>
    constexpr void enumerator_value(std::int64_t value) {
        if (std::is_signed_v<Underlying> && value < 0) {
            out.put('-');
            number(std::uint64_t{0} - static_cast<std::uint64_t>(value));
        } else
            number(static_cast<std::uint64_t>(value));
    }

    template <class Rep, class Period>
    constexpr void ticks(std::string_view kind) {
        text(kind);
        text(ticks_text<Rep>());
        letter(',');
        number(static_cast<std::uint64_t>(Period::type::num));
        letter('/');
        number(static_cast<std::uint64_t>(Period::type::den));
        letter('>');
    }

    template <class Enum>
    constexpr void enumeration() {
        text("enum ");
        text(unqualified_name<Enum>());
        letter(':');
        text(integer_text<std::conditional_t<std::is_same_v<underlying<Enum>, bool>, std::uint8_t, underlying<Enum>>>());
        letter('{');
        bool first = true;
        for (const enumerator& each : enumerators_of<Enum>) {
            if (!std::exchange(first, false)) letter(',');
            text(each.name);
            letter('=');
            enumerator_value<underlying<Enum>>(each.value);
        }
        letter('}');
    }

    template <class T>
    constexpr void one_type(bool is_first) {
        if (!is_first) letter(',');
        type<T>();
    }
    template <template <class...> class List, class... T>
    constexpr void types(std::string_view kind, std::type_identity<List<T...>>) {
        text(kind);
        [[maybe_unused]] bool first = true;
        (one_type<T>(std::exchange(first, false)), ...);
        letter('>');
    }

    template <class T>
    constexpr void one_field(std::string_view name, bool is_first) {
        if (!is_first) letter(',');
        text(name);
        letter(':');
        type<T>();
    }
    template <class... T>
    constexpr void fields(type_list<T...>, [[maybe_unused]] const std::string_view* name) {
        [[maybe_unused]] const std::string_view* const first = name;
        ((one_field<T>(*name, name == first), ++name), ...);
    }
    template <class Struct>
    constexpr void structure(std::string_view name) {
        for (std::size_t i = 0; i < depth; ++i)
            if (enclosing[i].mark == id_of<Struct>.mark) {
                letter('^');
                return number(depth - 1 - i);
            }
        enclosing[depth++] = id_of<Struct>;
        text(name);
        letter('{');
        fields(types_of_fields<Struct>{}, field_names<Struct>.data());
        letter('}');
        --depth;
    }

    template <class T>
    constexpr void type() {
        constexpr field_kind kind = kind_of<T>;
        if constexpr (kind == field_kind::another)
            type<typename stored_type<T>::type>();
        else if constexpr (kind == field_kind::boolean)
            text("bool");
        else if constexpr (kind == field_kind::character)
            text("char");
        else if constexpr (kind == field_kind::integer)
            text(integer_text<T>());
        else if constexpr (kind == field_kind::floating)
            text(floating_text<T>());
        else if constexpr (kind == field_kind::enumeration)
            enumeration<T>();
        else if constexpr (kind == field_kind::text)
            text("string");
        else if constexpr (kind == field_kind::uuid)
            text("uuid");
        else if constexpr (kind == field_kind::array) {
            text("array<");
            type<typename T::value_type>();
            letter(',');
            number(std::tuple_size_v<T>);
            letter('>');
        } else if constexpr (kind == field_kind::tuple)
            types("tuple<", std::type_identity<T>{});
        else if constexpr (kind == field_kind::variant)
            types("variant<", std::type_identity<T>{});
        else if constexpr (kind == field_kind::optional) {
            text("optional<");
            type<typename T::value_type>();
            letter('>');
        } else if constexpr (kind == field_kind::list || kind == field_kind::set) {
            text(kind == field_kind::list ? "list<" : "set<");
            type<typename T::value_type>();
            letter('>');
        } else if constexpr (kind == field_kind::map) {
            text("map<");
            type<typename T::key_type>();
            letter(',');
            type<typename T::mapped_type>();
            letter('>');
        } else if constexpr (kind == field_kind::duration)
            ticks<typename T::rep, typename T::period>("duration<");
        else if constexpr (kind == field_kind::time)
            ticks<typename T::rep, stored_tick<T>>("time<");
        else if constexpr (kind == field_kind::structure)
            structure<T>(unqualified_name<T>());
        else
            static_assert(never<T>, "annals: no such field can be stored");
    }
};

struct counted_letters {
    std::size_t count = 0;

    constexpr void put(char) { ++count; }
    constexpr void put(std::string_view words) { count += words.size(); }
};

template <std::size_t N>
struct kept_letters {
    char        letters[N]{};
    std::size_t count = 0;

    constexpr void put(char letter) { letters[count++] = letter; }
    constexpr void put(std::string_view words) {
        for (char letter : words) put(letter);
    }
};

// FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv), 64 bits.
struct hashed_letters {
    std::uint64_t hash = 14695981039346656037u;

    constexpr void put(char letter) { hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211u; }
    constexpr void put(std::string_view words) {
        for (char letter : words) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211u;
    }
};

/// The schema of `E` under a stored name, put into an `Out`.
template <class E, class Out>
constexpr Out write_schema(std::string_view name) {
    schema_writer<Out> writer;
    writer.template structure<E>(name);
    return writer.out;
}

// An event's name is an argument because an old revision is stored under the name of the event that it became.
template <class E, const std::string_view& Name>
inline constexpr auto schema_letters = write_schema<E, kept_letters<write_schema<E, counted_letters>(Name).count>>(Name);

template <class E>
inline constexpr std::string_view own_name = event_name<E>();

}  // namespace detail

/// A hash of a schema's text (FNV-1a, 64 bits): a short name for it. Two schemas with one fingerprint are thinkable, so
/// what decides is always the text.
[[nodiscard]] constexpr std::uint64_t fingerprint_of(std::string_view schema) noexcept {
    detail::hashed_letters hashed;
    for (char letter : schema) hashed.put(letter);
    return hashed.hash;
}

/// The schema of an event under its own name. Takes compile time in proportion to its length.
template <class E>
inline constexpr std::string_view schema_text{detail::schema_letters<E, detail::own_name<E>>.letters,
                                              detail::schema_letters<E, detail::own_name<E>>.count};

/// Its fingerprint.
template <class E>
inline constexpr std::uint64_t fingerprint = detail::write_schema<E, detail::hashed_letters>(event_name<E>()).hash;

}  // namespace annals
