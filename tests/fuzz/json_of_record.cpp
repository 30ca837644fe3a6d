// Any schema and any record: what has JSON can be passed by, and its JSON is JSON.
#include "fuzz/input.hpp"

#include <annals/codec/byte_walker.hpp>
#include <annals/codec/json_of_record.hpp>
#include <annals/schema/parse_schema.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

using fuzz::must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::schema_and_record given({data, size});
    const auto                    schema = annals::parse_schema(given.schema);
    if (!schema) return 0;
    annals::detail::byte_walker walker(*schema, given.record);
    const bool                  passed = walker.skip(0) && walker.left() == 0;
    const auto                  json   = annals::json_of_record(*schema, given.record);
    if (!json) {
        must(json.error().place <= given.record.size(), "an error lies within the record");
        return 0;
    }
    must(passed, "what has JSON can be passed by");
    must(boost::json::serialize(*json).find('\n') == std::string::npos, "its JSON is one line");
    return 0;
}
