// The contestant that the other is compared with: this library, as its users write it.
#include "contestant.hpp"

#include <cstdlib>
#include <memory>
#include <type_traits>

namespace {

template <class E>
inline constexpr bool is_old = std::is_same_v<E, bank::deposited_v1> || std::is_same_v<E, bank::deposited_v2> ||
                               std::is_same_v<E, bank::transferred_v1> || std::is_same_v<E, bank::closed_v1>;

}  // namespace

upcast_replay upcast_by_memory_log(std::size_t count) {
    const auto log = std::make_shared<annals::memory_log<bank::all_events>>();
    bank::generate(count, [&]<class E>(const E& event) {
        bool appended = false;
        if constexpr (is_old<E>)
            appended = log->append("bank-1", annals::any_version, annals::historic(event)).has_value();
        else
            appended = log->append("bank-1", annals::any_version, event).has_value();
        if (!appended) std::abort();
    });
    return [log] { return annals::replay<bank::balance_sheet>(*log).value(); };
}
