// How a mistake in a domain is told. Each kind of mistake is a class template whose name says what is wrong and whose
// arguments are the user's types. A public function judges the types that it was given and names the verdict's member
// `accepted` before anything else; a mistake has no such member, so that the compiler's first line reads
//     no type named 'accepted' in 'annals::event_without_apply<bank::account, annals::events<bank::withdrawn>>'
// and `explain()` adds the remedy. The function's body stands behind `if constexpr`, so that nothing else follows.
// Of the ways tried, this is the one that puts words and types into one line with g++ and clang alike.
#pragma once

#include <type_traits>

namespace annals::detail {

/// The verdict on types without a mistake.
struct sound_design {
    using accepted = void;
    static consteval void explain() {}
};

template <class Verdict>
inline constexpr bool is_sound = std::is_same_v<const Verdict, const sound_design>;

template <class...>
inline constexpr bool never = false;

/// The first of several verdicts that is a mistake; `sound_design` if none is.
template <class First = sound_design, class... Rest>
consteval auto first_mistake() {
    if constexpr (!is_sound<First> || sizeof...(Rest) == 0)
        return First{};
    else
        return first_mistake<Rest...>();
}

}  // namespace annals::detail
