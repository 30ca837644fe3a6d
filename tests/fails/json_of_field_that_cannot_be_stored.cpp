// JSON is made of the same kinds of fields as those that are stored.
// refused: annals::field_that_cannot_be_stored<bank::transferred
// remedy: annals: give the field a type that can be stored
#include <annals/codec/json.hpp>

#include <cstdint>

namespace bank {

struct transferred {
    std::int64_t cents = 0;
#ifdef MUST_NOT_COMPILE
    long double rate = 1;
#else
    double rate = 1;
#endif
};

}  // namespace bank

boost::json::value exported(const bank::transferred& event) { return annals::to_json(event); }
