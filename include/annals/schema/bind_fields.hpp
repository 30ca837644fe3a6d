// All fields of a struct at once, by structured bindings. Boost.PFR does the same for up to 200 fields; but how many there are it
// finds out anew, and hands them over as a tuple, which together took three quarters of what the codec of an event took to
// compile. It is still asked for structs of more fields than stand here.
#pragma once

#include <annals/model/event.hpp>

#include <boost/pfr/core.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace annals::detail {

/// How many fields a struct has. Each is asked to be initialised by `{}`, which costs the compiler much less than a value that
/// converts to anything; only a struct with a field that cannot be so initialised is counted by such values.
template <class Struct>
consteval std::size_t count_fields_by_braces() {
    if constexpr (!requires { Struct{{}}; })
        return 0;
    else if constexpr (!requires { Struct{{}, {}}; })
        return 1;
    else if constexpr (!requires { Struct{{}, {}, {}}; })
        return 2;
    else if constexpr (!requires { Struct{{}, {}, {}, {}}; })
        return 3;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}}; })
        return 4;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}}; })
        return 5;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}}; })
        return 6;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}}; })
        return 7;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 8;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 9;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 10;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 11;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 12;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 13;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 14;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 15;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 16;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 17;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 18;
    else if constexpr (!requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; })
        return 19;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 20;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 21;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 22;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 23;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 24;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 25;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 26;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 27;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 28;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 29;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 30;
    else if constexpr (!requires {
                           Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                  {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       })
        return 31;
    else
        return no_count;
}
template <class Struct>
consteval std::size_t count_fields() {
    constexpr std::size_t count = count_fields_by_braces<Struct>();
    if constexpr (count == no_count || takes<Struct, any_value>(std::make_index_sequence<count + 1>{}))
        return count_initializers<Struct>();
    else
        return count;
}

/// Calls `function` with each field of `value`, in the order of their declaration, and returns what that returns.
template <class Struct, class Function>
[[gnu::always_inline]] constexpr decltype(auto) with_fields([[maybe_unused]] Struct& value, Function&& function) {
    constexpr std::size_t count = count_fields<std::remove_const_t<Struct>>();
    if constexpr (count == 0)
        return function();
    else if constexpr (count == 1) {
        auto& [f0] = value;
        return function(f0);
    } else if constexpr (count == 2) {
        auto& [f0, f1] = value;
        return function(f0, f1);
    } else if constexpr (count == 3) {
        auto& [f0, f1, f2] = value;
        return function(f0, f1, f2);
    } else if constexpr (count == 4) {
        auto& [f0, f1, f2, f3] = value;
        return function(f0, f1, f2, f3);
    } else if constexpr (count == 5) {
        auto& [f0, f1, f2, f3, f4] = value;
        return function(f0, f1, f2, f3, f4);
    } else if constexpr (count == 6) {
        auto& [f0, f1, f2, f3, f4, f5] = value;
        return function(f0, f1, f2, f3, f4, f5);
    } else if constexpr (count == 7) {
        auto& [f0, f1, f2, f3, f4, f5, f6] = value;
        return function(f0, f1, f2, f3, f4, f5, f6);
    } else if constexpr (count == 8) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7);
    } else if constexpr (count == 9) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8);
    } else if constexpr (count == 10) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9);
    } else if constexpr (count == 11) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10);
    } else if constexpr (count == 12) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11);
    } else if constexpr (count == 13) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12);
    } else if constexpr (count == 14) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13);
    } else if constexpr (count == 15) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14);
    } else if constexpr (count == 16) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15);
    } else if constexpr (count == 17) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16);
    } else if constexpr (count == 18) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17);
    } else if constexpr (count == 19) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18);
    } else if constexpr (count == 20) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19);
    } else if constexpr (count == 21) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20);
    } else if constexpr (count == 22) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21);
    } else if constexpr (count == 23) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                        f22);
    } else if constexpr (count == 24) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23] =
            value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23);
    } else if constexpr (count == 25) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24);
    } else if constexpr (count == 26) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24, f25] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24, f25);
    } else if constexpr (count == 27) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24, f25, f26] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24, f25, f26);
    } else if constexpr (count == 28) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24, f25, f26, f27] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24, f25, f26, f27);
    } else if constexpr (count == 29) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24, f25, f26, f27, f28] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24, f25, f26, f27, f28);
    } else if constexpr (count == 30) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24, f25, f26, f27, f28, f29] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24, f25, f26, f27, f28, f29);
    } else if constexpr (count == 31) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24, f25, f26, f27, f28, f29, f30] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24, f25, f26, f27, f28, f29, f30);
    } else if constexpr (count == 32) {
        auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
               f24, f25, f26, f27, f28, f29, f30, f31] = value;
        return function(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
                        f23, f24, f25, f26, f27, f28, f29, f30, f31);
    } else
        return std::apply([&](auto&... each) -> decltype(auto) { return function(each...); }, boost::pfr::structure_tie(value));
}

}  // namespace annals::detail
