// The log in PostgreSQL keeps the promises that every log makes.
#include "catch.hpp"
#include "support/postgres_server.hpp"

#include <annals/log/postgres_log.hpp>
#include <annals/testing/log_conformance.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using durable = annals::postgres_log<annals::conformance_events>;

class schemas {
public:
    std::vector<std::string> broken(std::uint64_t seed) {
        return annals::log_conformance(
            [&] {
                options_.schema = "conformance " + std::to_string(++count_);
                return open();
            },
            seed, [&](durable& log) { log = open(); });
    }

private:
    durable open() const {
        auto opened = durable::open(support::shared_postgres_server().connection(), options_);
        if (!opened) throw std::runtime_error(opened.error().message());
        return std::move(*opened);
    }

    annals::postgres_log_options options_;
    int                          count_ = 0;
};

}  // namespace

TEST_CASE("A log in PostgreSQL keeps the promises of every log, also if it is closed and opened again and again",
          "[postgres]") {
    CHECK(schemas().broken(1) == std::vector<std::string>{});
}
