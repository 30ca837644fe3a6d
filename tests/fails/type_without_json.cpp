// What is no event, state, context or decision has JSON only if it could be a field of an event.
// refused: annals::type_without_json<std::vector<long double
// remedy: annals: use a struct, or another type that can be a field of an event
#include <annals/codec/json.hpp>

#include <vector>

namespace bank {

#ifdef MUST_NOT_COMPILE
using rates = std::vector<long double>;
#else
using rates = std::vector<double>;
#endif

}  // namespace bank

bool is_list_of_rates(const boost::json::value& json) { return annals::from_json<bank::rates>(json).has_value(); }
