// Makes what the fuzzers begin with of the golden corpus: `fuzz_seeds CORPUS FOLDER`. Takes the place of what is in FOLDER for
// them.
#include "golden/corpus.hpp"
#include "support/every_field.hpp"

#include <annals/log/archive/contents.hpp>
#include <annals/model/event.hpp>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

namespace files = std::filesystem;

files::path seeds;

void add(std::string_view target, const std::string& name, std::string_view what) {
    files::create_directories(seeds / target);
    std::ofstream(seeds / target / name, std::ios::binary).write(what.data(), static_cast<std::streamsize>(what.size()));
}
void add_record(const std::string& name, std::string_view schema, std::string_view record) {
    const std::string both = std::string(schema).append(1, '\0').append(record);
    add("transcode", name, both);
    add("json_of_record", name, both);
}

template <class... E>
void add_events(const files::path& folder, annals::events<E...>) {
    char       index   = 0;
    const auto add_one = [&](std::string_view event) {
        const std::string schema = golden::read_text(folder / golden::schema_file(event));
        add("parse_schema", std::string{event}, schema);
        for (std::size_t i = 0; files::exists(folder / golden::record_file(event, i)); ++i) {
            const std::string name   = std::string(event) + "." + std::to_string(i);
            const std::string record = golden::read_text(folder / golden::record_file(event, i));
            add("decode_record", name, std::string(1, index) + record);
            add("json", name, std::string(1, index) + golden::read_text(folder / golden::json_file(event, i)));
            add_record(name, schema, record);
        }
        ++index;
    };
    (add_one(annals::event_name<E>()), ...);
}

void add_archive(const files::path& path) {
    const golden::bytes archive = golden::read_bytes(path);
    add("archive", path.stem().string(), golden::as_text(archive));
    const auto contents = annals::archive_contents::open(archive);
    if (!contents) throw std::runtime_error(contents.error().message());
    std::size_t number = 0;
    for (const auto& event : contents->events()) {
        const annals::archived_schema& schema = contents->schemas()[event.schema];
        add_record(path.stem().string() + "." + std::to_string(++number), schema.text,
                   golden::as_text({event.payload.begin(), event.payload.end()}));
        add("parse_schema", path.stem().string() + "." + schema.name, schema.text);
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::cerr << "fuzz_seeds CORPUS FOLDER\n";
        return 2;
    }
    const files::path corpus = words[1];
    seeds                    = words[2];
    for (const char* const target : {"archive", "decode_record", "json", "json_of_record", "parse_schema", "transcode"})
        files::remove_all(seeds / target);
    add_events(corpus / "every_field", every::events{});
    if (files::exists(corpus / "generations"))
        for (const auto& file : files::directory_iterator(corpus / "generations")) add_archive(file.path());
    return 0;
}
