// The log in a database keeps the promises that every log makes.
#include "catch.hpp"
#include "support/temporary_directory.hpp"

#include <annals/log/sqlite_log.hpp>
#include <annals/testing/log_conformance.hpp>
#include <annals/testing/log_schema_conformance.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using durable = annals::sqlite_log<annals::conformance_events>;

class databases {
public:
    explicit databases(const annals::sqlite_log_options& options) : options_(options) {}

    std::vector<std::string> broken(std::uint64_t seed) {
        return annals::log_conformance(
            [&] {
                current_ = home_ / (std::to_string(++count_) + ".db");
                return open();
            },
            seed, [&](durable& log) { log = open(); });
    }

private:
    durable open() const {
        auto opened = durable::open(current_, options_);
        if (!opened) throw std::runtime_error(opened.error().message());
        return std::move(*opened);
    }

    support::temporary_directory home_;
    annals::sqlite_log_options   options_;
    std::string                  current_;
    int                          count_ = 0;
};

}  // namespace

TEST_CASE("An SQLite log keeps the promises of every log, also if it is closed and opened again and again") {
    annals::sqlite_log_options options;
    SECTION("and durable") {}
    SECTION("when it is not told to wait for the disk") { options.durable = false; }
    for (std::uint64_t seed = 1; seed <= 2; ++seed) CHECK(databases(options).broken(seed) == std::vector<std::string>{});
}

TEST_CASE("An SQLite log knows what it holds, whatever program opens it") {
    const support::temporary_directory home;
    CHECK(annals::log_schema_conformance([&]<class Events>(std::type_identity<Events>) {
              return annals::sqlite_log<Events>::open(home / "log.db");
          }) == std::vector<std::string>{});
}
