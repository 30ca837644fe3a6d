// One append to several streams at once.
#pragma once

#include <annals/log/append.hpp>

#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace annals {

/// One stream's share of an append: see `append_to`. Refers to what it was made from.
template <class... Given>
struct stream_append {
    std::string_view       stream;
    expected_version       expects;
    std::tuple<Given&&...> given;
};

/// For logs that append to several streams at once, all or nothing:
/// `log.append(append_to("account-ann", version{3}, withdrawn{5}), append_to("account-bob", stream_exists, deposited{5}))`.
template <class... Given>
[[nodiscard]] constexpr stream_append<Given...> append_to(std::string_view stream, expected_version expects, Given&&... given) {
    return {stream, expects, std::tuple<Given&&...>(std::forward<Given>(given)...)};
}

namespace detail {

template <class T>
inline constexpr bool is_stream_append = false;
template <class... Given>
inline constexpr bool is_stream_append<stream_append<Given...>> = true;

}  // namespace detail
}  // namespace annals
