// Event and command lists as Boost.Hana sequences of types: Hana's algorithms work on them, and they convert to and from
// a `hana::tuple` of `hana::type`s. Not part of annals.hpp: Hana would add a fifth to what that costs to compile.
//     hana::contains(account::events{}, hana::type_c<opened>)
//     hana::filter(account::events{}, …)          is again an events list
//     hana::to_tuple(account::events{})           is hana::tuple_t<opened, deposited, …>
//     hana::to<annals::events_tag>(some_tuple)    is events<…>
// An algorithm that makes something else than types of the types, such as their sizes, wants `hana::to_tuple` first.
#pragma once

#include <annals/model/events.hpp>

#include <boost/hana/at.hpp>
#include <boost/hana/bool.hpp>
#include <boost/hana/concept/sequence.hpp>
#include <boost/hana/core/make.hpp>
#include <boost/hana/core/tag_of.hpp>
#include <boost/hana/core/to.hpp>
#include <boost/hana/drop_front.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/is_empty.hpp>
#include <boost/hana/length.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>

#include <cstddef>
#include <utility>

namespace annals {

/// The Hana tag of event lists.
struct events_tag {};
/// The Hana tag of command lists.
struct commands_tag {};

namespace detail {

template <class Tag>
struct list_with_tag;
template <>
struct list_with_tag<events_tag> {
    template <class... T>
    using type = events<T...>;
};
template <>
struct list_with_tag<commands_tag> {
    template <class... T>
    using type = commands<T...>;
};

template <class Tag, std::size_t Dropped, template <class...> class List, class... T, std::size_t... I>
constexpr auto without_front(List<T...>, std::index_sequence<I...>) {
    return typename list_with_tag<Tag>::template type<element_at<type_list<T...>, Dropped + I>...>{};
}

}  // namespace detail
}  // namespace annals

// Hana looks for full specializations; what both tags share stands here.
namespace annals::detail {

template <class Tag>
struct hana_make {
    template <class... Type>
    static constexpr auto apply(const Type&...) {
        return typename list_with_tag<Tag>::template type<typename Type::type...>{};
    }
};

struct hana_unpack {
    template <class List, class Function>
    static constexpr decltype(auto) apply(const List&, Function&& function) {
        return with(typename List::flat{}, std::forward<Function>(function));
    }

private:
    template <template <class...> class List, class... T, class Function>
    static constexpr decltype(auto) with(List<T...>, Function&& function) {
        return std::forward<Function>(function)(boost::hana::type<T>{}...);
    }
};

struct hana_length {
    template <class List>
    static constexpr auto apply(const List&) {
        return boost::hana::size_c<List::size>;
    }
};

struct hana_at {
    template <class List, class Index>
    static constexpr auto apply(const List&, const Index&) {
        return boost::hana::type<annals::at<List, Index::value>>{};
    }
};

struct hana_is_empty {
    template <class List>
    static constexpr auto apply(const List&) {
        return boost::hana::bool_c<List::size == 0>;
    }
};

template <class Tag>
struct hana_drop_front {
    template <class List, class Count>
    static constexpr auto apply(const List&, const Count&) {
        constexpr std::size_t dropped = Count::value < List::size ? Count::value : List::size;
        return without_front<Tag, dropped>(typename List::flat{},
                                                           std::make_index_sequence<List::size - dropped>{});
    }
};

}  // namespace annals::detail

namespace boost::hana {

template <class... E>
struct tag_of<annals::events<E...>> {
    using type = annals::events_tag;
};
template <class... C>
struct tag_of<annals::commands<C...>> {
    using type = annals::commands_tag;
};

template <>
struct Sequence<annals::events_tag> {
    static constexpr bool value = true;
};
template <>
struct Sequence<annals::commands_tag> {
    static constexpr bool value = true;
};

template <>
struct make_impl<annals::events_tag> : annals::detail::hana_make<annals::events_tag> {};
template <>
struct unpack_impl<annals::events_tag> : annals::detail::hana_unpack {};
template <>
struct length_impl<annals::events_tag> : annals::detail::hana_length {};
template <>
struct at_impl<annals::events_tag> : annals::detail::hana_at {};
template <>
struct is_empty_impl<annals::events_tag> : annals::detail::hana_is_empty {};
template <>
struct drop_front_impl<annals::events_tag> : annals::detail::hana_drop_front<annals::events_tag> {};

template <>
struct make_impl<annals::commands_tag> : annals::detail::hana_make<annals::commands_tag> {};
template <>
struct unpack_impl<annals::commands_tag> : annals::detail::hana_unpack {};
template <>
struct length_impl<annals::commands_tag> : annals::detail::hana_length {};
template <>
struct at_impl<annals::commands_tag> : annals::detail::hana_at {};
template <>
struct is_empty_impl<annals::commands_tag> : annals::detail::hana_is_empty {};
template <>
struct drop_front_impl<annals::commands_tag> : annals::detail::hana_drop_front<annals::commands_tag> {};

}  // namespace boost::hana
