// A schema as a log holds it.
#pragma once

#include <cstdint>
#include <string>

namespace annals::detail {

/// A schema that events of the log have. Numbers are never used again for another.
struct schema_record {
    std::uint16_t number = 0;
    std::string   name;
    std::string   text;  // see annals/schema/schema_text.hpp; behind it the tags: tagged_schemas.hpp
};

}  // namespace annals::detail
