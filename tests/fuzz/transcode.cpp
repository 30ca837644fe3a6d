// Any schema and any record, read as the events of today: a plan makes nothing but records of today's schema.
#include "fuzz/input.hpp"
#include "generations/generation_10.hpp"

#include <annals/codec/record_reader.hpp>
#include <annals/schema/matching.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using fuzz::must;
using all = annals::join<every::events, shop::events>;

// Its records as those of the type that was found, by the plan alone.
void check_plan(annals::schema_match match, std::span<const std::byte> record) {
    annals::detail::encoded_defaults defaults;
    annals::detail::with_stored_type<all>(
        match.type, [&]<class E>(std::type_identity<E>) { defaults = annals::detail::defaults_of<E>(match.current); });
    const annals::description        current = match.current;
    const annals::detail::transcoder plan(std::move(match.stored), std::move(match.current), std::move(defaults));
    std::vector<std::byte>           out;
    if (const auto done = plan(record, out); !done)
        return must(done.error().place <= record.size(), "an error lies within the record");
    annals::detail::byte_walker walker(current, out);
    must(walker.skip(0) && walker.left() == 0, "a plan makes records of today's schema");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::schema_and_record given({data, size});
    const std::string_view        name   = given.schema.substr(0, given.schema.find('{'));
    auto                          reader = annals::detail::record_reader<all>::for_schema(name, given.schema);
    auto                          match  = annals::match_schema<all>(name, given.schema);
    must(reader.has_value() == match.has_value(), "there is a reader if a listed shape reads it");
    if (!reader) {
        must(!reader.error().message.empty(), "an error says what it is");
        return 0;
    }
    std::size_t            seen = 0;
    std::vector<std::byte> room;
    annals::handlers       counting{annals::otherwise([&](const auto&) { ++seen; })};
    const auto             done = reader->read(
                    given.record, counting, [] { return annals::context{}; }, room);
    must(done || done.error().place <= std::max(given.record.size(), room.size()), "an error lies within the record");
    must(done || seen == 0, "what is no record is handed to nobody");
    check_plan(std::move(*match), given.record);
    return 0;
}
