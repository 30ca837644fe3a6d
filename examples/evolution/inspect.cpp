// Chapter 5: the archive tells about itself. This program has none of the shop's structs, and reads any archive: its
// schemas, then each event as a line of JSON. In fifty years that is all that anybody needs to know.
#include "file.hpp"

#include <annals/codec/json.hpp>
#include <annals/codec/json_of_record.hpp>
#include <annals/log/archive/contents.hpp>
#include <annals/schema/describe.hpp>
#include <annals/schema/parse_schema.hpp>

#include <boost/json/src.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

int main(int argument_count, char** arguments) {
    if (argument_count != 2) return EXIT_FAILURE;
    const std::string bytes    = shop::bytes_of_file(arguments[1]);
    const auto        contents = annals::archive_contents::open(std::as_bytes(std::span{bytes}));
    if (!contents) {
        std::cerr << contents.error().message() << '\n';
        return EXIT_FAILURE;
    }

    std::vector<annals::description> schemas;
    for (const annals::archived_schema& schema : contents->schemas()) {
        auto parsed = annals::parse_schema(schema.text);
        if (!parsed) {
            std::cerr << parsed.error().message(schema.text) << '\n';
            return EXIT_FAILURE;
        }
        std::cout << annals::pretty_text(*parsed) << "\n\n";
        schemas.push_back(std::move(*parsed));
    }
    for (const annals::archive_contents::event& event : contents->events()) {
        const annals::description& schema = schemas[event.schema];
        const auto                 json   = annals::json_of_record(schema, event.payload);
        if (!json) {
            std::cerr << json.error().message() << '\n';
            return EXIT_FAILURE;
        }
        const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds{event.time}};
        std::cout << boost::json::object{{"stream", contents->streams()[event.stream].name},
                                         {"version", event.version},
                                         {"time", annals::to_json(std::chrono::floor<std::chrono::seconds>(time))},
                                         {schema.event().name, *json}}
                  << '\n';
    }
    return EXIT_SUCCESS;
}
