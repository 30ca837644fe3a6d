// A simulated disk answers as a system's files do, and loses, tears and damages as a disk does.
#include "catch.hpp"

#include <annals/log/file/posix_files.hpp>
#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using annals::disk_fault;
using annals::file_access;
using annals::simulated_disk;
using annals::simulated_files;

namespace {

constexpr std::size_t   sector    = 512;
constexpr std::uint64_t all_seeds = 1000;

constexpr annals::disk_options small{.seed = 1, .largest_file = 16 * sector};

std::vector<std::byte> filled(std::size_t size, char with) {
    return std::vector<std::byte>(size, static_cast<std::byte>(with));
}

std::string text(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// The first character of each sector.
std::string sectors(const std::vector<std::byte>& bytes) {
    std::string firsts;
    for (std::size_t at = 0; at < bytes.size(); at += sector)
        firsts += bytes[at] == std::byte{} ? '.' : static_cast<char>(bytes[at]);
    return firsts;
}

template <class File>
void write(File&& file, std::uint64_t offset, const std::vector<std::byte>& bytes) {
    const auto written = file.write_at(offset, bytes);
    REQUIRE(written);
    REQUIRE(*written == bytes.size());
}

template <class T>
int code_of(const annals::io_result<T>& result) {
    return result ? 0 : result.error().code;
}

// A file with this content, of which all is on the disk.
annals::simulated_file durable_file(simulated_disk& disk, const std::string& path, const std::vector<std::byte>& bytes) {
    disk.set_content(path, bytes);
    auto file = simulated_files(disk).open(path, file_access::update);
    REQUIRE(file);
    return std::move(*file);
}

// What `look` finds after crashes of all seeds, each on a disk of its own after `prepare`.
std::set<std::string> after_crashes(const std::function<void(simulated_disk&)>&        prepare,
                                    const std::function<std::string(simulated_disk&)>& look) {
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < all_seeds; ++seed) {
        simulated_disk disk(small);
        prepare(disk);
        disk.crash(seed);
        found.insert(look(disk));
    }
    return found;
}

std::string names(const simulated_disk& disk, std::string_view directory = "") {
    std::string joined;
    for (const std::string& each : disk.names(directory)) joined += (joined.empty() ? "" : " ") + each;
    return joined;
}

using outcomes = std::set<std::string>;

}  // namespace

TEST_CASE("a simulated disk answers every call as the system does") {
    std::string directory = (std::filesystem::temp_directory_path() / "annals_files_XXXXXX").string();
    REQUIRE(::mkdtemp(directory.data()) != nullptr);
    const auto seed = GENERATE(range<std::uint64_t>(0, 20));
    CAPTURE(seed);
    annals::random_source random(seed);

    simulated_disk      disk;
    annals::posix_files real;
    simulated_files     simulated(disk);
    disk.set_content(directory + "/removed", {});
    REQUIRE(simulated.remove(directory + "/removed"));

    std::vector<annals::posix_file>     real_file;
    std::vector<annals::simulated_file> file;  // the one that is open, if one is
    std::vector<annals::posix_lock>     real_locks;
    std::vector<annals::simulated_lock> locks;
    annals::posix_mapping               real_mapping;
    annals::simulated_mapping           mapping;
    bool                                is_mapped = false;
    for (int step = 0; step < 300; ++step) {
        const auto path = [&] { return directory + "/" + std::string(1, static_cast<char>('a' + random.below(3))); };
        const auto what = random.below(12);
        CAPTURE(step, what);
        if (what == 0) {
            const auto name = path();
            const auto as   = static_cast<file_access>(random.below(3));
            auto       ours = simulated.open(name, as);
            auto       its  = real.open(name, as);
            REQUIRE(code_of(ours) == code_of(its));
            if (!ours) continue;
            is_mapped = false;
            file.clear(), real_file.clear();
            file.push_back(std::move(*ours)), real_file.push_back(std::move(*its));
        } else if (what == 1) {
            const auto from = path(), to = path();
            REQUIRE(code_of(simulated.rename(from, to)) == code_of(real.rename(from, to)));
        } else if (what == 2) {
            const auto name = path();
            REQUIRE(code_of(simulated.remove(name)) == code_of(real.remove(name)));
        } else if (what == 3) {
            auto ours = simulated.list(directory);
            auto its  = real.list(directory);
            std::sort(ours->begin(), ours->end());
            std::sort(its->begin(), its->end());
            REQUIRE(*ours == *its);
            REQUIRE(code_of(simulated.list(directory + "/none")) == code_of(real.list(directory + "/none")));
        } else if (what == 4) {
            const auto name = path() + "/b";
            REQUIRE(code_of(simulated.make_directory(directory)) == code_of(real.make_directory(directory)));
            REQUIRE(code_of(simulated.sync_directory(directory)) == code_of(real.sync_directory(directory)));
            REQUIRE(simulated.open(name, file_access::create).has_value() == real.open(name, file_access::create).has_value());
        } else if (what == 5) {
            const auto name = path();
            auto       ours = simulated.lock(name);
            auto       its  = real.lock(name);
            REQUIRE(code_of(ours) == code_of(its));
            if (ours) locks.push_back(std::move(*ours)), real_locks.push_back(std::move(*its));
        } else if (what == 6 && !random.one_in(4)) {
            locks.clear(), real_locks.clear();
        } else if (!file.empty()) {
            const auto offset = random.below(5000);
            const auto bytes  = filled(static_cast<std::size_t>(random.below(3000)), static_cast<char>('a' + random.below(26)));
            if (what == 7 || what == 8) {
                const auto ours = file[0].write_at(offset, bytes);
                const auto its  = real_file[0].write_at(offset, bytes);
                REQUIRE(code_of(ours) == code_of(its));
                if (ours) REQUIRE(*ours == *its);
            } else if (what == 9 && !is_mapped) {
                REQUIRE(code_of(file[0].resize(offset)) == code_of(real_file[0].resize(offset)));
            } else if (what == 10) {
                std::vector<std::byte> ours(2000), its(2000);
                REQUIRE(*file[0].read_at(offset, ours) == *real_file[0].read_at(offset, its));
                REQUIRE(ours == its);
                REQUIRE(*file[0].size() == *real_file[0].size());
                REQUIRE(file[0].sync().has_value());
                REQUIRE(real_file[0].sync().has_value());
            } else if (what == 11) {
                const auto size = *file[0].size();
                mapping         = *file[0].map(size);
                is_mapped       = true;
                real_mapping    = std::move(*real_file[0].map(size));
            }
        }
        if (is_mapped) REQUIRE(text(mapping.bytes()) == text(real_mapping.bytes()));
    }
    std::filesystem::remove_all(directory);
}

TEST_CASE("what was synced survives every crash") {
    const auto found = after_crashes(
        [](simulated_disk& disk) {
            simulated_files files(disk);
            REQUIRE(files.make_directory("log"));
            REQUIRE(files.sync_directory("."));
            auto file = files.open("log/a", file_access::create);
            write(*file, 100, filled(1000, 'w'));
            write(*file, 100, filled(2000, 'x'));
            REQUIRE(file->sync());
            REQUIRE(files.rename("log/a", "log/b"));
            REQUIRE(files.sync_directory("/log/"));
        },
        [](simulated_disk& disk) { return names(disk, "log") + text(disk.content("log/b")); });
    CHECK(found == outcomes{"b" + std::string(100, '\0') + std::string(2000, 'x')});
}

TEST_CASE("of each sector that was not synced any state may survive") {
    const auto found = after_crashes(
        [](simulated_disk& disk) {
            auto file = durable_file(disk, "f", filled(3 * sector, 'a'));
            write(file, 0, filled(3 * sector, 'b'));
            write(file, sector, filled(sector, 'c'));
        },
        [](simulated_disk& disk) { return sectors(disk.content("f")); });
    outcomes possible;
    for (const char first : {'a', 'b'})
        for (const char second : {'a', 'b', 'c'})
            for (const char third : {'a', 'b'}) possible.insert({first, second, third});
    CHECK(found == possible);
}

TEST_CASE("a sector is not torn") {
    for (std::uint64_t seed = 0; seed < all_seeds; ++seed) {
        CAPTURE(seed);
        simulated_disk disk(small);
        auto           file = durable_file(disk, "f", filled(2 * sector, 'a'));
        write(file, 300, filled(sector, 'b'));
        disk.crash(seed);
        const std::string now = text(disk.content("f"));
        CHECK((now.substr(0, sector) == std::string(sector, 'a') ||
               now.substr(0, sector) == std::string(300, 'a') + std::string(sector - 300, 'b')));
        CHECK((now.substr(sector) == std::string(sector, 'a') ||
               now.substr(sector) == std::string(300, 'b') + std::string(sector - 300, 'a')));
    }
}

TEST_CASE("a file that grew may be as it was, shorter than it became, or have zeros where its new bytes were") {
    const auto found = after_crashes(
        [](simulated_disk& disk) {
            auto file = durable_file(disk, "f", filled(sector, 'a'));
            write(file, sector, filled(2 * sector, 'b'));
        },
        [](simulated_disk& disk) { return sectors(disk.content("f")); });
    CHECK(found == outcomes{"a", "ab", "a.", "abb", "ab.", "a.b", "a.."});
}

TEST_CASE("a file that was cut may be as it was or cut, and what was written behind the cut comes after it") {
    const auto found = after_crashes(
        [](simulated_disk& disk) {
            auto file = durable_file(disk, "f", filled(3 * sector, 'a'));
            REQUIRE(file.resize(sector));
            write(file, 2 * sector, filled(sector, 'b'));
        },
        [](simulated_disk& disk) { return sectors(disk.content("f")); });
    CHECK(found == outcomes{"aaa", "a", "a.", "a.b", "a.."});
}

TEST_CASE("a new file may vanish, though what is in it was synced") {
    const auto found = after_crashes(
        [](simulated_disk& disk) {
            auto file = simulated_files(disk).open("f", file_access::create);
            write(*file, 0, filled(10, 'a'));
            REQUIRE(file->sync());
        },
        [](simulated_disk& disk) { return names(disk) + ":" + text(disk.content("f")); });
    CHECK(found == outcomes{":", "f:aaaaaaaaaa"});
}

TEST_CASE("a name that was synced says nothing of what is in the file") {
    const auto found = after_crashes(
        [](simulated_disk& disk) {
            simulated_files files(disk);
            auto            file = files.open("f", file_access::create);
            write(*file, 0, filled(10, 'a'));
            REQUIRE(files.sync_directory("."));
        },
        [](simulated_disk& disk) { return names(disk) + ":" + sectors(disk.content("f")); });
    CHECK(found == outcomes{"f:", "f:.", "f:a"});
}

TEST_CASE("a rename has happened or not, and a removed file may be back") {
    const auto renamed = after_crashes(
        [](simulated_disk& disk) {
            disk.set_content("new", filled(1, 'n'));
            disk.set_content("old", filled(1, 'o'));
            REQUIRE(simulated_files(disk).rename("new", "old"));
        },
        [](simulated_disk& disk) { return names(disk) + ":" + text(disk.content("old")); });
    CHECK(renamed == outcomes{"new old:o", "old:n"});

    const auto removed = after_crashes(
        [](simulated_disk& disk) {
            disk.set_content("a", {});
            disk.set_content("b", {});
            REQUIRE(simulated_files(disk).remove("a"));
            REQUIRE(simulated_files(disk).remove("b"));
        },
        [](simulated_disk& disk) { return names(disk); });
    CHECK(removed == outcomes{"", "a", "b", "a b"});
}

TEST_CASE("a change of a name needs those of the same names before it") {
    const auto found = after_crashes(
        [](simulated_disk& disk) {
            simulated_files files(disk);
            REQUIRE(files.open("made", file_access::create));
            REQUIRE(files.rename("made", "one"));
            REQUIRE(files.open("made", file_access::create));
            REQUIRE(files.open("other", file_access::create));
        },
        [](simulated_disk& disk) { return names(disk); });
    CHECK(found == outcomes{"", "made", "one", "made one", "other", "made other", "one other", "made one other"});
    const auto lost_by_a_later_one = after_crashes(
        [](simulated_disk& disk) {
            simulated_files files(disk);
            auto            first = files.open("made", file_access::create);
            write(*first, 0, filled(1, '1'));
            REQUIRE(first->sync());
            REQUIRE(files.rename("made", "one"));
            auto second = files.open("made", file_access::create);
            write(*second, 0, filled(1, '2'));
            REQUIRE(second->sync());
        },
        [](simulated_disk& disk) { return text(disk.content("one")) + text(disk.content("made")); });
    CHECK(lost_by_a_later_one == outcomes{"", "1", "12"});
}

TEST_CASE("a directory is lost with what is in it, though that was synced") {
    const auto made = [](simulated_disk& disk) {
        simulated_files files(disk);
        REQUIRE(files.make_directory("log"));
        REQUIRE(files.open("log/f", file_access::create));
        REQUIRE(files.sync_directory("log"));
    };
    CHECK(after_crashes(made, [](simulated_disk& disk) { return names(disk) + ":" + names(disk, "log"); }) ==
          outcomes{":", "log:f"});
}

TEST_CASE("a file that went to another directory is in one of them") {
    const auto moved = [](simulated_disk& disk) {
        simulated_files files(disk);
        disk.set_content("from/other", {});
        disk.set_content("to/other", {});
        REQUIRE(files.open("from/f", file_access::create));
        REQUIRE(files.rename("from/f", "to/f"));
    };
    const auto look = [](simulated_disk& disk) { return names(disk, "from") + ":" + names(disk, "to"); };
    CHECK(after_crashes(moved, look) == outcomes{"other:other", "f other:other", "other:f other"});
    const auto synced = [&](simulated_disk& disk) {
        moved(disk);
        REQUIRE(simulated_files(disk).sync_directory("to"));
    };
    CHECK(after_crashes(synced, look) == outcomes{"other:f other"});
}

TEST_CASE("after a crash what was open is dead, and touches the disk no more") {
    simulated_disk  disk;
    simulated_files files(disk);
    auto            file    = durable_file(disk, "f", filled(1000, 'a'));
    auto            mapping = file.map(1000);
    auto            lock    = files.lock("f");
    REQUIRE(lock);
    disk.crash(1);
    const std::uint64_t before = disk.operations();

    CHECK(code_of(file.write_at(0, filled(1, 'b'))) == EIO);
    CHECK(code_of(file.sync()) == EIO);
    CHECK(code_of(file.size()) == EIO);
    CHECK(code_of(files.remove("f")) == EIO);
    CHECK(code_of(files.open("f", file_access::read)) == EIO);
    CHECK(disk.operations() == before);
    CHECK(text(disk.content("f")) == std::string(1000, 'a'));

    simulated_files later(disk);
    CHECK(later.boot_id() != files.boot_id());
    CHECK(later.process_name() != files.process_name());
    auto again = later.lock("f");
    CHECK(again);
    lock = std::move(again);  // gives back the dead one, which changes nothing
    CHECK(code_of(later.lock("f")) == EWOULDBLOCK);
    write(*later.open("f", file_access::update), 0, filled(1000, 'c'));
    CHECK(text(mapping->bytes()) == std::string(1000, 'a'));
}

TEST_CASE("what was written survives the process, and not yet the power") {
    simulated_disk  disk;
    simulated_files files(disk);
    auto            file = durable_file(disk, "f", filled(10, 'a'));
    auto            lock = files.lock("f");
    write(file, 0, filled(10, 'b'));
    disk.kill();
    simulated_files later(disk);
    CHECK(later.boot_id() == files.boot_id());
    CHECK(code_of(file.write_at(0, filled(10, 'c'))) == EIO);
    CHECK(text(disk.content("f")) == std::string(10, 'b'));
    CHECK(text(disk.durable_content("f")) == std::string(10, 'a'));
    auto held = later.lock("f");
    CHECK(held);
    { const auto dead = std::move(*lock); }
    CHECK(code_of(later.lock("f")) == EWOULDBLOCK);

    const auto found = after_crashes(
        [](simulated_disk& each) {
            auto written = durable_file(each, "f", filled(1, 'a'));
            write(written, 0, filled(1, 'b'));
            each.kill();
        },
        [](simulated_disk& each) { return text(each.content("f")); });
    CHECK(found == outcomes{"a", "b"});
}

TEST_CASE("a mapping stays where it is and shows what is written later") {
    simulated_disk disk;
    auto           file    = durable_file(disk, "f", filled(10, 'a'));
    auto           mapping = file.map(10);
    REQUIRE(mapping);
    CHECK(code_of(file.map(11)) == EINVAL);
    write(file, 5, filled(100000, 'b'));
    CHECK(file.map(100005)->bytes().data() == mapping->bytes().data());
    CHECK(text(mapping->bytes()) == "aaaaabbbbb");
}

TEST_CASE("a disk has so much room, and a file too") {
    annals::disk_options options;
    options.largest_file = 3000;
    options.capacity     = 4000;
    simulated_disk  disk(options);
    simulated_files files(disk);
    auto            first = files.open("first", file_access::create);
    auto            other = files.open("other", file_access::create);
    CHECK(*first->write_at(0, filled(3001, 'a')) == 3000);
    CHECK(code_of(first->write_at(3000, filled(1, 'a'))) == EFBIG);
    CHECK(code_of(first->resize(3001)) == EFBIG);
    CHECK(*other->write_at(0, filled(1500, 'b')) == 1000);
    CHECK(code_of(other->write_at(1000, filled(500, 'b'))) == ENOSPC);
    CHECK(code_of(other->resize(1001)) == ENOSPC);
    write(*other, 0, filled(1000, 'c'));
    disk.set_capacity(4100);
    CHECK(*other->write_at(1000, filled(500, 'b')) == 100);
    REQUIRE(files.remove("first"));
    write(*other, 1100, filled(500, 'b'));
}

TEST_CASE("a planned error happens once at its operation, or from then on") {
    simulated_disk disk;
    auto           file  = durable_file(disk, "f", filled(10, 'a'));
    const auto     start = disk.operations();
    disk.fail_at(start + 2, disk_fault::error(EIO));
    CHECK(file.size());
    CHECK(code_of(file.size()) == EIO);
    CHECK(file.size());
    CHECK(disk.operations() == start + 3);
    CHECK(disk.faults() == 1);

    disk.fail_at(start + 5, disk_fault::error(EIO).from_then_on());
    CHECK(file.size());
    CHECK(code_of(file.resize(3)) == EIO);
    CHECK(code_of(simulated_files(disk).list(".")) == EIO);
    disk.clear_faults();
    CHECK(*file.size() == 10);
}

TEST_CASE("an error waits for an operation that can fail so") {
    simulated_disk disk;
    auto           file = durable_file(disk, "f", filled(10, 'a'));
    disk.fail_at(0, disk_fault::error(ENOSPC));
    CHECK(file.size());
    CHECK(file.map(1));
    CHECK(disk.faults() == 0);
    CHECK(code_of(file.write_at(0, filled(10, 'b'))) == ENOSPC);
    CHECK(text(disk.content("f")) == "aaaaaaaaaa");
    disk.fail_at(0, disk_fault::short_write());
    CHECK(file.sync());
    const auto count = file.write_at(0, filled(10, 'b'));
    REQUIRE(count);
    CHECK(*count > 0);
    CHECK(*count < 10);
    CHECK(text(disk.content("f")) == std::string(*count, 'b') + std::string(10 - *count, 'a'));
}

TEST_CASE("an interrupted sync has lost nothing, and is repeated") {
    simulated_disk disk;
    auto           file = durable_file(disk, "f", filled(10, 'a'));
    write(file, 0, filled(10, 'b'));
    disk.fail_at(0, disk_fault::error(EINTR));
    CHECK(annals::detail::sync_file(file));
    CHECK(disk.faults() == 1);
    CHECK(text(disk.durable_content("f")) == std::string(10, 'b'));
}

TEST_CASE("what a failed sync did not write is never written, though it may be read and a later sync succeeds") {
    std::set<std::string> durable;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        annals::disk_options options;
        options.seed = seed;
        simulated_disk disk(options);
        auto           file = durable_file(disk, "f", filled(3 * sector, 'a'));
        write(file, 0, filled(3 * sector, 'b'));
        disk.fail_at(0, disk_fault::failed_sync(annals::after_failed_sync::keeps_pages));
        CHECK(code_of(file.sync()) == EIO);
        CHECK(sectors(disk.content("f")) == "bbb");
        CHECK(file.sync());
        disk.kill();
        CHECK(sectors(disk.content("f")) == "bbb");
        const std::string now = sectors(disk.durable_content("f"));
        CHECK(now.find('a') != std::string::npos);
        durable.insert(now);
        disk.crash(seed);
        CHECK(sectors(disk.content("f")) == now);
    }
    CHECK(durable == outcomes{"aaa", "aab", "aba", "abb", "baa", "bab", "bba"});
}

TEST_CASE("a system that reverts pages shows what is on the disk after a failed sync") {
    simulated_disk disk;
    auto           file    = durable_file(disk, "f", filled(2 * sector, 'a'));
    auto           mapping = file.map(2 * sector);
    write(file, sector, filled(2 * sector, 'b'));
    disk.fail_at(0, disk_fault::failed_sync(annals::after_failed_sync::reverts_pages));
    CHECK(code_of(file.sync()) == EIO);
    CHECK(disk.content("f") == disk.durable_content("f"));
    CHECK(sectors(disk.content("f")) != "abb");
    CHECK(text(mapping->bytes()) == text(disk.content("f")).substr(0, 2 * sector));
    CHECK(file.sync());
}

TEST_CASE("a planned crash comes before its operation, in it or after it, and is thrown") {
    outcomes found;
    for (std::uint64_t seed = 0; seed < all_seeds; ++seed) {
        CAPTURE(seed);
        simulated_disk disk(small);
        auto           file = durable_file(disk, "f", filled(sector, 'a'));
        REQUIRE(simulated_files(disk).open("g", file_access::create));
        const bool is_kill = seed % 2 == 0;
        disk.fail_at(disk.operations() + 1, is_kill ? disk_fault::kill(seed) : disk_fault::crash(seed));
        CHECK_THROWS_AS(file.write_at(0, filled(2 * sector, 'b')), annals::simulated_crash);
        CHECK(code_of(file.sync()) == EIO);
        if (is_kill) {
            const std::string now = text(disk.content("f"));
            CHECK(disk.names("").size() == 2);
            found.insert(now == std::string(sector, 'a') ? "none" : now == std::string(2 * sector, 'b') ? "all" : "part");
        }
    }
    CHECK(found == outcomes{"none", "part", "all"});

    simulated_disk disk;
    disk.set_content("f", {});
    auto lock = simulated_files(disk).lock("f");
    disk.fail_at(disk.operations() + 1, disk_fault::crash(0));
    CHECK_THROWS_WITH(simulated_files(disk).lock("f"), "crash at operation 2: flock of f");
    disk.fail_at(disk.operations() + 1, disk_fault::crash(1).silently());
    simulated_files files(disk);
    CHECK(code_of(files.list("/")) == EIO);
    CHECK(code_of(files.list("/")) == EIO);
    CHECK(simulated_files(disk).list("/"));
}

TEST_CASE("a sync in which the power fails has written all, a part or nothing") {
    outcomes found;
    for (std::uint64_t seed = 0; seed < all_seeds; ++seed) {
        simulated_disk disk(small);
        auto           file = durable_file(disk, "f", filled(2 * sector, 'a'));
        write(file, 0, filled(2 * sector, 'b'));
        disk.fail_at(disk.operations() + 1, disk_fault::crash(seed).silently());
        CHECK(code_of(file.sync()) == EIO);
        found.insert(sectors(disk.content("f")));
    }
    CHECK(found == outcomes{"aa", "ab", "ba", "bb"});
}

TEST_CASE("a disk damages what was durable") {
    simulated_disk disk;
    auto           file = durable_file(disk, "f", filled(4 * sector, 'a'));
    write(file, sector, filled(sector, 'b'));
    REQUIRE(file.sync());
    const auto now = [&] {
        CHECK(disk.content("f") == disk.durable_content("f"));
        return sectors(disk.content("f"));
    };
    SECTION("by a bit") {
        disk.flip_bit("f", 1000, 3);
        const std::string flipped = text(disk.content("f"));
        CHECK(flipped == std::string(sector, 'a') + std::string(1000 - sector, 'b') + static_cast<char>('b' ^ 8) +
                             std::string(2 * sector - 1001, 'b') + std::string(2 * sector, 'a'));
        CHECK(now() == "abaa");
    }
    SECTION("by a sector of zeros") {
        disk.zero_sector("f", 3);
        CHECK(now() == "aba.");
        CHECK_THROWS(disk.zero_sector("f", 4));
    }
    SECTION("by a write that was lost") {
        disk.lose_write("f", 1);
        CHECK(now() == "aaaa");
    }
    SECTION("by a write that came to another place") {
        disk.misdirect("f", 1, 3);
        CHECK(now() == "aaab");
    }
    SECTION("and not what is newer") {
        write(file, 0, filled(sector, 'c'));
        disk.zero_sector("f", 0);
        CHECK(sectors(disk.content("f")) == "cbaa");
        CHECK(sectors(disk.durable_content("f")) == ".baa");
    }
}

TEST_CASE("a disk does the same for the same seeds") {
    const auto history = [](std::uint64_t seed) {
        annals::disk_options options;
        options.seed = seed;
        simulated_disk disk(options);
        std::string    told;
        for (std::uint64_t round = 0; round < 20; ++round) {
            simulated_files files(disk);
            const auto      name = std::to_string(round);
            auto            file = files.open(name, file_access::create);
            write(*file, 0, filled(5000, 'a'));
            disk.fail_at(0, disk_fault::error(EIO));
            (void)file->sync();
            (void)files.sync_directory("/");
            write(*file, 1000, filled(5000, 'b'));
            disk.crash(seed + round);
            const auto listed = simulated_files(disk).list("/");
            for (const std::string& each : *listed) told += each + sectors(disk.content(each));
        }
        return told;
    };
    CHECK(history(1) == history(1));
    CHECK(history(1) != history(2));
}

TEST_CASE("several threads use a disk") {
    simulated_disk           disk;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, name = std::to_string(i)] {
            simulated_files files(disk);
            auto            file = files.open(name, file_access::create);
            for (std::uint64_t at = 0; file && at < 100; ++at)
                (void)file->write_at(at * 10, filled(10, 'a')), (void)file->sync();
        });
    for (std::thread& each : threads) each.join();
    REQUIRE(simulated_files(disk).sync_directory("/"));
    CHECK(disk.operations() == 4 * 201 + 1);
    for (int i = 0; i < 4; ++i) CHECK(text(disk.durable_content(std::to_string(i))) == std::string(1000, 'a'));
}
