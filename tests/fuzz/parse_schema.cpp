// Texts as schemas: what is understood is written as a text that is understood in the same way.
#include "fuzz/input.hpp"

#include <annals/schema/describe.hpp>
#include <annals/schema/difference.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/sketch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

using fuzz::must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text   = fuzz::as_text({data, size});
    const auto schema = annals::parse_schema(text);
    const auto all    = annals::parse_schemas(text);
    if (!schema) {
        must(schema.error().place <= size && !schema.error().message(text).empty(),
             "an error has its place and says what it is");
        return 0;
    }
    must(all && all->size() == 1 && all->front() == *schema, "one schema is a list of one");

    const std::string canonical = annals::to_text(*schema);
    const auto        again     = annals::parse_schema(canonical);
    must(again && *again == *schema, "its text says the same");
    must(annals::to_text(*again) == canonical, "there is one text of it");
    must(annals::differences_between(*schema, *again, {}).empty(), "it does not differ from itself");
    must(!annals::sketch(*schema, "v1").empty(), "it can be sketched");
    return 0;
}
