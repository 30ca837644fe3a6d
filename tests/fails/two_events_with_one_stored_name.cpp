// Two events of one log that are called the same, though in two namespaces.
// refused: annals::two_events_with_one_stored_name<annals::events<bank::closed, shop::closed>
// remedy: annals: give one of them another `static constexpr std::string_view event_name`
#include <annals/annals.hpp>

#include <string_view>

namespace bank {
struct closed {};
}  // namespace bank

namespace shop {
struct opened {};
struct closed {
#ifndef MUST_NOT_COMPILE
    static constexpr std::string_view event_name = "shop_closed";
#endif
};
}  // namespace shop

annals::memory_log<annals::events<bank::closed, shop::opened, shop::closed>> history;
