// Texts as the JSON of each event of `every`: what is understood has JSON that is understood as the same.
#include "fuzz/input.hpp"
#include "support/same_bits.hpp"

#include <annals/codec/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace {

using fuzz::must;

template <class E>
void check(std::string_view text) {
    const auto event = annals::from_json_text<E>(text);
    if (!event) return must(!event.error().path.empty(), "an error has its place");
    const std::string again = annals::json_text(*event);
    const auto        same  = annals::from_json_text<E>(again);
    must(same && support::same_bits(*event, *same), "it comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::with_chosen(every::events{}, {data, size},
                      []<class E>(std::type_identity<E>, fuzz::input text) { check<E>(fuzz::as_text(text)); });
    return 0;
}
