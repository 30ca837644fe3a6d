// Makes what the fuzzers begin with of the golden corpus: `fuzz_seeds CORPUS FOLDER`. Takes the place of what is in FOLDER for
// them.
#include "golden/corpus.hpp"
#include "support/every_field.hpp"
#include "generations/generation_10.hpp"

#include <annals/log/archive/contents.hpp>
#include <annals/log/file_log.hpp>
#include <annals/model/event.hpp>
#include <annals/testing/simulated_disk.hpp>

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

// A segment and its saved index, as the fuzzer takes them: as they are, and signed anew.
void add_file_log() {
    using log_t = annals::file_log<shop::events, annals::utc_clock, annals::uuid_v7_generator, annals::simulated_files>;
    annals::simulated_disk   disk;
    annals::file_log_options options;
    options.segment_size = 64 * 1024;
    options.background   = false;
    {
        auto       log  = log_t::open("log", options, {}, {}, annals::simulated_files(disk));
        const auto must = [](bool holds) {
            if (!holds) throw std::runtime_error("the file log cannot be written");
        };
        annals::metadata about;
        about.actor     = "ann";
        about.event_ids = {annals::uuid_v7_generator{}(), annals::uuid_v7_generator{}()};
        must(log.has_value());
        must(log->append("order-7", annals::no_stream, about, shop::ordered{7, {{"a", 2}}, shop::channel::web}, shop::charged{7, 5}).has_value());
        must(log->append("order-1", annals::any_version, annals::historic(shop::v9::called_off{7, "late"})).has_value());
        must(log->append(annals::append_to("s", annals::no_stream, shop::charged{1, 1}), annals::append_to("a", annals::no_stream, shop::charged{1, 1})).has_value());
        must(log->end_stream("s").has_value());
        must(log->drop_events("order-7", {annals::version{2}}).has_value());
        must(log->truncate_before(annals::position{1}, annals::key_value{"k", "v"}).has_value());
    }
    const auto  segment = disk.content("log/0000000001.log");
    const auto  index   = disk.content("log/streams.index");
    std::size_t used    = segment.size();
    while (used > 0 && segment[used - 1] == std::byte{0}) --used;
    for (char mode : {char{0}, char{7}}) {
        std::string seed{mode, static_cast<char>(used & 0xff), static_cast<char>(used >> 8U)};
        seed.append(reinterpret_cast<const char*>(segment.data()), used);
        add("file_log", "whole." + std::to_string(int{mode}), seed);
        seed.append(reinterpret_cast<const char*>(index.data()), index.size());
        add("file_log", "with_index." + std::to_string(int{mode}), seed);
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
    files::remove_all(seeds / "file_log");
    add_file_log();
    add_events(corpus / "every_field", every::events{});
    if (files::exists(corpus / "generations"))
        for (const auto& file : files::directory_iterator(corpus / "generations")) add_archive(file.path());
    return 0;
}
