#include "catch.hpp"
#include "support/temporary_directory.hpp"

#include <annals/log/file/zstd.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using annals::position;
using annals::version;

struct counted {
    std::uint64_t number;
};
struct noted {
    std::string   text;
    std::uint64_t number;
};
using log_events = annals::events<counted, noted>;
using log_type   = annals::zstd_file_log<log_events>;
using plain_log  = annals::file_log<log_events>;

using simulated_files = annals::zstd_files<annals::simulated_files>;
using simulated_log   = annals::file_log<log_events, annals::utc_clock, annals::uuid_v7_generator, simulated_files>;

annals::file_log_options options_with(std::uint64_t segment_size) {
    annals::file_log_options options;
    options.segment_size = segment_size;
    options.acknowledge  = annals::acknowledge::when_written;
    options.background   = false;
    return options;
}

template <class Log = log_type>
Log opened(const std::string& directory, std::uint64_t segment_size = std::uint64_t{1} << 20U) {
    auto log = Log::open(directory, options_with(segment_size));
    if (!log) FAIL(log.error().message());
    return std::move(*log);
}

// Appends of one to five events to a few streams of three categories; some that are large, and some to two streams.
template <class Log>
void fill(Log& log, std::uint64_t appends, std::size_t text_size = 300) {
    for (std::uint64_t i = 0; i < appends; ++i) {
        const std::string stream = (i % 3 == 0 ? "order-" : i % 3 == 1 ? "account-" : "audit") + std::to_string(i % 7);
        annals::metadata  about;
        about.actor = "somebody";
        about.values.push_back({"reason", std::to_string(i)});
        std::string text;
        while (text.size() < text_size) text += "text " + std::to_string(i * 7919 % 1000) + ", ";
        if (i % 500 == 499) text.append(200'000, 'x');
        const bool done = i % 10 == 9 ? log.append(about, annals::append_to(stream, annals::any_version, counted{i}),
                                                   annals::append_to("two-" + stream, annals::any_version, noted{text, i}))
                                            .has_value()
                                      : log.append(stream, annals::any_version, about, noted{text, i}, counted{i}).has_value();
        REQUIRE(done);
    }
}

template <class Log, class Query>
std::string answer_to(const Log& log, const Query& query) {
    std::ostringstream said;
    const auto         where_it_is = [&](const annals::context& where) {
        said << where.position.value << ' ' << where.version.value << ' ' << where.stream << ' ' << where.time.nanoseconds << ' '
             << where.actor << ' ';
        for (std::size_t i = 0; i < sizeof(where.id.bytes); ++i) said << static_cast<int>(where.id.bytes[i]) << '.';
    };
    const auto done = log.read(query, annals::handlers{[&](const counted& event, const annals::context& where) {
                                                           where_it_is(where);
                                                           said << event.number << '\n';
                                                       },
                                                       [&](const noted& event, const annals::context& where) {
                                                           where_it_is(where);
                                                           said << event.text << event.number << '\n';
                                                       }});
    if (!done) return said.str() + done.error().message();
    said << done->count << ' ' << done->version.value << ' ' << done->position.value;
    return said.str();
}

// What a log answers to queries of all kinds.
template <class Log>
std::vector<std::string> answers_of(const Log& log) {
    const auto               last = log.head();
    std::vector<std::string> all;
    REQUIRE(last.has_value());
    const auto ask = [&](const auto& query) {
        all.push_back(answer_to(log, query));
        all.push_back(answer_to(log, query.backwards()));
        all.push_back(answer_to(log, query.limit(10)));
        all.push_back(answer_to(log, query.backwards().limit(10)));
    };
    const std::uint64_t begin = log.first_position().value, half = (begin + last->value) / 2;
    ask(annals::whole_log().from(position{begin}));
    ask(annals::whole_log().from(position{half}));
    ask(annals::whole_log().from(position{half}).to(position{half + 20}));
    ask(annals::category("order").from(position{begin}));
    ask(annals::category("account").from(position{half}));
    ask(annals::category("nobody").from(position{begin}));
    for (const std::string_view name : {"order-0", "account-1", "audit2", "two-order-6", "none"}) {
        ask(annals::stream(name));
        ask(annals::stream(name).from(version{300}));
        ask(annals::stream(name).from(version{100}).to(version{150}));
        ask(annals::stream(name).until(position{half}));
    }
    return all;
}
// The answers are long, so only the first that differs is shown.
std::string first_difference(const std::vector<std::string>& now, const std::vector<std::string>& before) {
    for (std::size_t i = 0; i < now.size() && i < before.size(); ++i)
        if (now[i] != before[i]) return "answer " + std::to_string(i) + ": " + now[i].substr(0, 300) + "\nand not " + before[i].substr(0, 300);
    return now.size() == before.size() ? "" : "there are other questions";
}
// Only one type is handled, so that blocks are passed by.
template <class Log>
std::uint64_t sum_of(const Log& log) {
    std::uint64_t sum = 0;
    const auto    done = log.read(annals::whole_log().from(log.first_position()),
                                  annals::handlers{[&](const counted& event) { sum += event.number; }, annals::otherwise()});
    REQUIRE(done.has_value());
    return sum + done->count;
}

std::vector<std::string> names_in(const std::string& directory, std::string_view extension) {
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator(directory))
        if (each.path().extension() == extension) names.push_back(each.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

void flip_byte(const std::string& path, std::uint64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(byte);
    REQUIRE(file.good());
}

}  // namespace

TEST_CASE("a compressed log answers as it did before") {
    const support::temporary_directory room;
    const std::string                  directory = room / "log";
    std::vector<std::string>           before;
    std::uint64_t                      sum = 0;
    {
        auto log = opened(directory);
        fill(log, 6000);
        before = answers_of(log);
        sum    = sum_of(log);
        const auto segments = names_in(directory, ".log").size();
        REQUIRE(segments > 4);

        std::uint64_t last_done = 0, last_all = 0;
        const auto    made = log.compress_sealed(3, [&](std::uint64_t done, std::uint64_t all) {
            CHECK(done > last_done);
            last_done = done;
            last_all  = all;
        });
        REQUIRE(made.has_value());
        CHECK(made->files == segments - 1);
        CHECK(last_done == last_all);
        CHECK(names_in(directory, ".log").size() == 1);
        CHECK(names_in(directory, ".zst").size() == segments - 1);
        CHECK(names_in(directory, ".tmp").empty());
        CAPTURE(made->bytes_before, made->bytes_after);
        CHECK(made->bytes_after * 5 < made->bytes_before);

        CHECK(first_difference(answers_of(log), before).empty());
        CHECK(sum_of(log) == sum);
        const auto verified = log.verify();
        if (!verified) FAIL(verified.error().message());
        const auto again = log.compress_sealed();
        REQUIRE(again.has_value());
        CHECK(again->files == 0);
    }
    SECTION("when it is opened again") {
        auto log = opened(directory);
        CHECK(first_difference(answers_of(log), before).empty());
        CHECK(log.verify().has_value());
    }
    SECTION("when its index is lost") {
        REQUIRE(std::filesystem::remove(directory + "/streams.index"));
        auto log = opened(directory);
        CHECK(first_difference(answers_of(log), before).empty());
        CHECK(sum_of(log) == sum);
        CHECK(log.verify().has_value());
    }
    SECTION("when it is opened for reading, while it is written and compressed further") {
        auto reader = log_type::open_read_only(directory);
        REQUIRE(reader.has_value());
        CHECK(first_difference(answers_of(*reader), before).empty());
        auto log = opened(directory);
        fill(log, 4000);
        REQUIRE(log.compress_sealed().has_value());
        CHECK(first_difference(answers_of(*reader), answers_of(log)).empty());
        fill(log, 4000);
        CHECK(first_difference(answers_of(*reader), answers_of(log)).empty());
        CHECK(reader->compress_sealed().error().code == annals::errc::read_only);
    }
    SECTION("in a copy") {
        REQUIRE(opened(directory).copy_to(room / "copy").has_value());
        CHECK(names_in(room / "copy", ".zst") == names_in(directory, ".zst"));
        auto copy = opened(room / "copy");
        CHECK(first_difference(answers_of(copy), before).empty());
        CHECK(copy.verify().has_value());
    }
    SECTION("in what is salvaged") {
        const auto saved = log_type::salvage(directory, room / "saved");
        REQUIRE(saved.has_value());
        CHECK(saved->gaps.empty());
        CHECK(first_difference(answers_of(opened(room / "saved")), before).empty());
    }
    SECTION("when appends go on, and are repeated") {
        auto             log = opened(directory);
        annals::metadata about;
        about.event_ids.push_back(annals::uuid_v7_generator{}());
        const auto first = log.append("order-0", annals::any_version, about, counted{1});
        REQUIRE(first.has_value());
        fill(log, 3000);
        REQUIRE(log.compress_sealed()->files > 0);
        const auto again = log.append("order-0", version{first->version.value - 1}, about, counted{1});
        REQUIRE(again.has_value());
        CHECK(again->position == first->position);
        CHECK(log.verify().has_value());
    }
}

TEST_CASE("a compressed log that is opened without the library says what to do") {
    const support::temporary_directory room;
    const std::string                  directory = room / "log";
    {
        auto log = opened<plain_log>(directory);
        fill(log, 3000);
    }
    REQUIRE(opened(directory).compress_sealed()->files > 0);
    for (const auto& log : {plain_log::open(directory), plain_log::open_read_only(directory)}) {
        REQUIRE_FALSE(log.has_value());
        CHECK(log.error().code == annals::errc::unsupported);
        CHECK(std::string(log.error().reason).find("annals/log/file/zstd.hpp") != std::string::npos);
    }
    const auto saved = plain_log::salvage(directory, room / "saved");
    REQUIRE_FALSE(saved.has_value());
    CHECK(saved.error().code == annals::errc::unsupported);
}

TEST_CASE("the beginning of a compressed log is dropped") {
    const support::temporary_directory room;
    const std::string                  directory = room / "log";
    std::vector<std::string>           before;
    {
        auto log = opened(directory);
        fill(log, 6000);
        REQUIRE(log.compress_sealed().has_value());
        const auto first = log.truncate_before(position{6000}, counted{7});
        REQUIRE(first.has_value());
        CHECK(first->value > 1);
        CHECK(names_in(directory, ".zst").front() != "0000000001.zst");
        before = answers_of(log);
        fill(log, 3000);
        REQUIRE(log.compress_sealed().has_value());  // what the truncation wrote, too
        before = answers_of(log);
    }
    std::filesystem::remove(directory + "/streams.index");
    auto log = opened(directory);
    CHECK(first_difference(answers_of(log), before).empty());
    CHECK(log.snapshot_of<counted>()->value().state.number == 7);
    CHECK(log.verify().has_value());
}

TEST_CASE("a log that was not closed is compressed") {
    const support::temporary_directory room;
    const std::string                  directory = room / "log", copied = room / "copied";
    auto                               log = opened(directory);
    fill(log, 3000);
    std::filesystem::copy(directory, copied);  // as if the process had died
    std::filesystem::remove(copied + "/streams.index");
    auto       other  = opened(copied);  // the segment that was being written ends without a seal
    const auto before = answers_of(other);
    REQUIRE(other.compress_sealed().has_value());
    CHECK(first_difference(answers_of(other), before).empty());
    CHECK(before == answers_of(log));
    CHECK(other.verify().has_value());
    CHECK(other.close().has_value());
    CHECK(first_difference(answers_of(opened(copied)), before).empty());
}

TEST_CASE("damage in a compressed log is found") {
    const support::temporary_directory room;
    const std::string                  directory = room / "log";
    std::uint64_t                      last = 0;
    {
        auto log = opened(directory);
        fill(log, 6000);
        REQUIRE(log.compress_sealed().has_value());
        last = log.head()->value;
    }
    const std::string path = directory + "/0000000002.zst";
    const auto        size = std::filesystem::file_size(path);
    SECTION("in a chunk") {
        flip_byte(path, size / 2);
        auto          log  = opened(directory);
        std::uint64_t seen = 0;
        const auto    done = log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&) { ++seen; })});
        REQUIRE_FALSE(done.has_value());
        CHECK(done.error().code == annals::errc::damaged);
        CHECK(done.error().path == path);
        CHECK(done.error().position.value == seen + 1);
        CHECK(log.verify().error().code == annals::errc::damaged);
        CHECK(log.copy_to(room / "copy").error().code == annals::errc::damaged);
        REQUIRE(log.read(annals::whole_log().from(position{last - 100}), annals::handlers{annals::otherwise([](const auto&) {})}).has_value());
        CHECK(log.read(annals::whole_log().backwards(), annals::handlers{annals::otherwise([](const auto&) {})}).error().code ==
              annals::errc::damaged);
        CHECK(log.read(annals::stream("order-0"), annals::handlers{annals::otherwise([](const auto&) {})}).error().code ==
              annals::errc::damaged);
        CHECK(log.close().has_value());

        const auto saved = log_type::salvage(directory, room / "saved");
        REQUIRE(saved.has_value());
        CHECK(saved->gaps.size() == 1);
        CHECK(saved->events > last * 2 / 3);
        CHECK(saved->events < last);
    }
    SECTION("in a chunk, when the index is lost, too") {
        flip_byte(path, size / 2);
        std::filesystem::remove(directory + "/streams.index");
        CHECK(log_type::open(directory).error().code == annals::errc::damaged);
        auto log = log_type::open_read_only(directory);
        REQUIRE(log.has_value());
        std::uint64_t seen = 0;
        const auto    done = log->read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&) { ++seen; })});
        CHECK(done.error().code == annals::errc::damaged);
        CHECK(seen > 1000);
        CHECK(seen == log->head()->value);
    }
    SECTION("in the first page, the first frame or the table") {
        const std::uint64_t places[] = {100, 4180, size - 20, size - 4};
        const auto          which    = GENERATE(range(0, 4));
        CAPTURE(which);
        flip_byte(path, places[which]);
        CHECK(log_type::open(directory).error().code == annals::errc::damaged);
        CHECK(log_type::open_read_only(directory).has_value());
        const auto saved = log_type::salvage(directory, room / "saved");
        REQUIRE(saved.has_value());
        CHECK(saved->events == last);
    }
    SECTION("of any byte") {
        for (std::uint64_t at = 0; at < size; at += size / 50) {
            CAPTURE(at);
            flip_byte(path, at);
            auto       log  = log_type::open(directory);
            const bool good = log.has_value() && log->verify().has_value();
            CHECK_FALSE(good);
            if (log) (void)log->close();
            flip_byte(path, at);
        }
    }
    SECTION("of a file that is missing") {
        std::filesystem::remove(path);
        CHECK(log_type::open(directory).error().code == annals::errc::damaged);
    }
}

TEST_CASE("a crash at any moment of compressing loses nothing") {
    const std::uint64_t segment_size = std::uint64_t{64} << 10U;
    const auto          open         = [&](annals::simulated_disk& disk) {
        return simulated_log::open("log", options_with(segment_size), {}, {}, simulated_files(annals::simulated_files(disk)));
    };
    // The operations of compressing are those behind `begin`, up to `end`.
    std::uint64_t begin = 0, end = 0;
    {
        annals::simulated_disk disk;
        auto                   log = open(disk);
        REQUIRE(log.has_value());
        fill(*log, 450);
        REQUIRE(log->sync().has_value());
        begin           = disk.operations();
        const auto made = log->compress_sealed();
        end             = disk.operations();
        REQUIRE(made.has_value());
        CHECK(made->files > 2);
    }
    REQUIRE(end > begin + 10);
    std::size_t both = 0;
    for (std::uint64_t at = begin + 1; at <= end; ++at) {
        for (const bool is_crash : {true, false}) {
            CAPTURE(at, is_crash);
            annals::simulated_disk   disk;
            std::vector<std::string> before;
            auto                     log = open(disk);
            REQUIRE(log.has_value());
            fill(*log, 450);
            REQUIRE(log->sync().has_value());
            before = answers_of(*log);
            disk.fail_at(at, is_crash ? annals::disk_fault::crash(at) : annals::disk_fault::error(EIO));
            try {
                const auto made = log->compress_sealed();
                disk.clear_faults();
                CHECK_FALSE(is_crash);
                CHECK(first_difference(answers_of(*log), before).empty());
            } catch (const annals::simulated_crash&) {}
            disk.clear_faults();
            (void)log->close();
            const auto names = disk.names("log");
            for (const std::string& name : names)
                both += name.ends_with(".zst") && std::count(names.begin(), names.end(), name.substr(0, 10) + ".log") != 0;
            auto again = open(disk);
            if (!again) FAIL(again.error().message());
            CHECK(first_difference(answers_of(*again), before).empty());
            const auto left = disk.names("log");
            CHECK(std::none_of(left.begin(), left.end(), [](const auto& name) { return name.ends_with(".tmp"); }));
            for (const std::string& name : left)
                CHECK_FALSE((name.ends_with(".zst") && std::count(left.begin(), left.end(), name.substr(0, 10) + ".log") != 0));
            REQUIRE(again->compress_sealed().has_value());
            CHECK(first_difference(answers_of(*again), before).empty());
        }
    }
    CHECK(both > 0);
}
