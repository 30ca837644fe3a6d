// Events are found by their tags in compressed files, too.
#include "catch.hpp"
#include "support/temporary_directory.hpp"

#include <annals/log/file/zstd.hpp>
#include <annals/log/tagged.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace {

struct noted {
    std::int64_t page;
    std::string  text;

    using tags = annals::tags<&noted::page>;
};
using log_type = annals::zstd_file_log<annals::events<noted>>;

std::vector<std::uint64_t> positions_of(const log_type& log, const annals::log_query& what) {
    std::vector<std::uint64_t> found;
    REQUIRE(log.read(
        what, annals::handlers{[&](const noted&, const annals::context& where) { found.push_back(where.position.value); }}));
    return found;
}

}  // namespace

TEST_CASE("What carries a tag is found in compressed files", "[tags]") {
    const support::temporary_directory directory;
    annals::file_log_options           options;
    options.segment_size = 64 * 1024;
    options.background   = false;
    options.acknowledge  = annals::acknowledge::when_written;
    auto log             = log_type::open(directory.path() / "log", options);
    REQUIRE(log);
    std::vector<std::uint64_t> due;
    for (std::int64_t i = 0; i < 3000; ++i) {
        REQUIRE(log->append("a", annals::any_version, noted{i % 7, std::string(100, 'x')}));
        if (i % 7 == 3) due.push_back(static_cast<std::uint64_t>(i) + 1);
    }
    const auto packed = log->compress_sealed();
    REQUIRE(packed);
    const annals::tag_set page("page", 3);
    CHECK(positions_of(*log, annals::tagged(page)) == due);
    const std::vector<std::uint64_t> backwards(due.rbegin(), due.rend());
    CHECK(positions_of(*log, annals::tagged(page).backwards()) == backwards);
    CHECK(positions_of(*log, annals::tagged(page).backwards().limit(2)) ==
          std::vector<std::uint64_t>(due.rbegin(), due.rbegin() + 2));
    REQUIRE(log->verify());
    REQUIRE(log->close());
    auto again = log_type::open(directory.path() / "log", options);
    REQUIRE(again);
    CHECK(positions_of(*again, annals::tagged(page).from(annals::position{1000})).front() >= 1000);
    CHECK(positions_of(*again, annals::tagged(page)) == due);
}
