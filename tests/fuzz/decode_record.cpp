// Bytes as each event of `every`: what is decoded has an encoding that is decoded to the same, and whoever reads it without
// the type reads the same too.
#include "fuzz/input.hpp"
#include "support/same_bits.hpp"

#include <annals/codec/binary.hpp>
#include <annals/codec/byte_walker.hpp>
#include <annals/codec/json.hpp>
#include <annals/codec/json_of_record.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace {

using fuzz::must;

// Values of which each has one encoding: nothing is rounded, and nothing has an order of its own.
using strict = annals::events<every::nothing_happened, every::integers_counted, every::letters_read, every::texts_written,
                              every::lists_filled, every::ways_parted, every::trees_grown, every::price_ticked>;

template <class E>
void check(std::span<const std::byte> record) {
    static const annals::description schema = *annals::parse_schema(annals::schema_text<E>);

    const auto event = annals::decode<E>(record);
    if (!event) return must(event.error().place <= record.size(), "an error lies within the record");
    annals::detail::byte_walker walker(schema, record);
    must(walker.skip(0) && walker.left() == 0, "what is decoded can be passed by");

    std::vector<std::byte> again;
    must(annals::encode(*event, again).has_value(), "what is decoded can be encoded");
    must(again.size() == record.size() && annals::encoded_size(*event) == again.size(), "an encoding has its length");
    if constexpr (annals::contains<strict, E>) must(std::ranges::equal(again, record), "there is one encoding of it");

    const auto same = annals::decode<E>(again);
    must(same && support::same_bits(*event, *same), "it comes back");
    E other{};
    must(annals::decode_into(record, other) && annals::decode_into(again, other), "it is decoded into another");
    must(support::same_bits(*event, other), "nothing of the other is left");
    const auto json = annals::json_of_record(schema, again);
    must(json.has_value(), "it has JSON without its type");
    must(boost::json::serialize(*json) == annals::json_text(*event), "which is that of the type");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::with_chosen(every::events{}, {data, size},
                      []<class E>(std::type_identity<E>, fuzz::input record) { check<E>(fuzz::as_bytes(record)); });
    return 0;
}
