// The log in PostgreSQL keeps the promises that every log makes.
#include "catch.hpp"
#include "support/postgres_logs.hpp"
#include "support/postgres_server.hpp"

#include <annals/log/postgres_log.hpp>
#include <annals/testing/log_conformance.hpp>
#include <annals/testing/log_schema_conformance.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using durable = annals::postgres_log<annals::conformance_events>;

class schemas {
public:
    // `disturb` is called now and then.
    template <class Disturb>
    std::vector<std::string> broken(std::uint64_t seed, Disturb&& disturb) {
        return annals::log_conformance(
            [&] {
                options_.schema = support::fresh_schema() + " with a space";
                return open();
            },
            seed, disturb);
    }
    void reopen(durable& log) { log = open(); }

private:
    durable open() const {
        auto opened = durable::open(support::shared_postgres_server().connection(), options_);
        if (!opened) throw std::runtime_error(opened.error().message());
        return std::move(*opened);
    }

    annals::postgres_log_options options_;
};

}  // namespace

TEST_CASE("A log in PostgreSQL keeps the promises of every log, also if it is closed and opened again and again",
          "[postgres]") {
    schemas all;
    CHECK(all.broken(1, [&](durable& log) { all.reopen(log); }) == std::vector<std::string>{});
}

TEST_CASE("A log in PostgreSQL keeps the promises of every log while its connections are cut", "[postgres]") {
    support::postgres_tool other;
    CHECK(schemas().broken(2, [&](durable&) {
        REQUIRE(other("SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity WHERE backend_type = 'client backend' "
                      "AND pid <> pg_backend_pid()") == "t|");
    }) == std::vector<std::string>{});
}

TEST_CASE("A log in PostgreSQL knows what it holds, whatever program opens it", "[postgres]") {
    const auto schema = support::fresh_schema();
    CHECK(annals::log_schema_conformance([&]<class Events>(std::type_identity<Events>) {
              annals::postgres_log_options options;
              options.schema = schema;
              return annals::postgres_log<Events>::open(support::shared_postgres_server().connection(), options);
          }) == std::vector<std::string>{});
}
