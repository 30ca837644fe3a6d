// For logs in SQLite that keep JSON beside their events' bytes (Boost.JSON: see annals/codec/json.hpp for what is linked, and
// for what becomes of a field).
#pragma once

#include <annals/codec/json_of_record.hpp>
#include <annals/log/sqlite/json_column.hpp>
#include <annals/schema/parse_schema.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace annals {

namespace detail {

// A name that no field has.
inline std::string text_of_no_json(std::string_view why) {
    return boost::json::serialize(boost::json::object{{"$error", boost::json::string_view(why.data(), why.size())}});
}

}  // namespace detail

/// For `sqlite_log_options::json`: an event is an object of its fields. One that cannot be JSON, for its bytes are none of its
/// schema, or it is nested more than 1024 deep, is `{"$error": why}`. SQLite's own functions take whole numbers beyond 2^63 for
/// fractions.
inline sqlite_json_printer sqlite_json(std::string_view schema) {
    auto parsed = parse_schema(schema);
    if (!parsed) return [](std::span<const std::byte>) { return detail::text_of_no_json("the schema cannot be read"); };
    return [described = std::make_shared<const description>(std::move(*parsed))](std::span<const std::byte> payload) {
        const auto json = json_of_record(*described, payload);
        return json ? boost::json::serialize(*json) : detail::text_of_no_json(json.error().message());
    };
}

}  // namespace annals
