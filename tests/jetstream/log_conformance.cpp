// The log on a NATS server keeps the promises that every log makes.
#include "catch.hpp"
#include "support/nats_server.hpp"

#include <annals/log/jetstream_log.hpp>
#include <annals/testing/log_conformance.hpp>
#include <annals/testing/log_schema_conformance.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using remote = annals::jetstream_log<annals::conformance_events>;

remote open(const std::string& url, const std::string& name) {
    annals::jetstream_log_options options;
    options.name = name;
    auto opened  = remote::open(url, options);
    if (!opened) throw std::runtime_error(opened.error().message());
    return std::move(*opened);
}

}  // namespace

TEST_CASE("A log on a NATS server keeps the promises of every log, also if it is closed and opened again and again",
          "[jetstream]") {
    const support::nats_server server;
    int                        count = 0;
    std::string                name;
    const auto                 fresh = [&] { return open(server.url(), name = "log-" + std::to_string(++count)); };
    for (std::uint64_t seed = 1; seed <= 2; ++seed)
        CHECK(annals::log_conformance(fresh, seed, [&](remote& log) { log = open(server.url(), name); }) ==
              std::vector<std::string>{});
}

TEST_CASE("A log on a NATS server knows what it holds, whatever program opens it", "[jetstream]") {
    const support::nats_server server;
    CHECK(annals::log_schema_conformance([&]<class Events>(std::type_identity<Events>) {
              return annals::jetstream_log<Events>::open(server.url());
          }) == std::vector<std::string>{});
}
