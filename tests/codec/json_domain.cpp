// Decisions, contexts and events with their names as JSON, as a web API would have them.
#include "catch.hpp"
#include "support/bank.hpp"

#include <annals/codec/json.hpp>
#include <annals/model/aggregate.hpp>

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ledger {

struct deposited {
    std::int64_t cents = 0;
};
struct withdrawn {
    std::int64_t cents = 0;
    std::string  note;
};
struct closed {
    static constexpr std::string_view event_name = "account-closed";
};

enum class refusal : std::uint8_t { insufficient_funds, no_account };
struct limit_reached {
    std::int64_t limit = 0;
};
using reasons = std::variant<refusal, limit_reached>;

using all = annals::events<deposited, annals::events<withdrawn, closed>>;

}  // namespace ledger

namespace {

using namespace ledger;
using outcome = annals::decision<annals::events<deposited, withdrawn, closed>, refusal>;

template <class Decision>
std::string text_of(const Decision& decided) {
    const std::string text = annals::json_text(decided);
    const auto        back = annals::from_json_text<Decision>(text);
    if (!back) return back.error().message();
    return annals::json_text(*back) == text ? text : "another decision than before";
}
template <class T>
std::string error_of(std::string_view text) {
    const auto read = annals::from_json_text<T>(text);
    return read ? "no error" : read.error().message();
}
std::string error_of_named(std::string_view text) {
    const auto read = annals::from_named_json<all>(boost::json::parse(boost::json::string_view(text.data(), text.size())));
    return read ? "no error" : read.error().message();
}

}  // namespace

TEST_CASE("a decision is its events with their names, or the reason of its refusal") {
    CHECK(text_of(outcome(withdrawn{100, "cash"})) == R"({"events":[{"withdrawn":{"cents":100,"note":"cash"}}]})");
    CHECK(text_of(outcome(annals::emit(withdrawn{1, ""}, deposited{2}, withdrawn{3, ""}, closed{}))) ==
          R"({"events":[{"withdrawn":{"cents":1,"note":""}},{"deposited":{"cents":2}},{"withdrawn":{"cents":3,"note":""}},)"
          R"({"account-closed":{}}]})");
    CHECK(text_of(outcome(annals::nothing)) == R"({"events":[]})");
    CHECK(text_of(outcome(annals::refuse(refusal::no_account))) == R"({"refused":"no_account"})");
    CHECK(text_of(annals::decision<deposited>(deposited{5})) == R"({"events":[{"deposited":{"cents":5}}]})");
    using detailed = annals::decision<deposited, reasons>;
    CHECK(text_of(detailed(annals::refuse(limit_reached{500}))) == R"({"refused":[1,{"limit":500}]})");
}

TEST_CASE("a decision that is read is one like those that are decided") {
    const auto read = annals::from_json_text<outcome>(R"({"events":[{"deposited":{"cents":5}},{"account-closed":{}}]})");
    REQUIRE(read.has_value());
    CHECK(read->size() == 2);
    CHECK_FALSE(read->is_refused());
    std::vector<std::string> seen;
    read->for_each([&](const auto& event) { seen.push_back(annals::json_text(event)); });
    CHECK(seen == std::vector<std::string>{R"({"cents":5})", "{}"});
    const auto refused = annals::from_json_text<outcome>(R"({"refused":"insufficient_funds"})");
    REQUIRE(refused.has_value());
    REQUIRE(refused->is_refused());
    CHECK(*refused->refusal_reason() == refusal::insufficient_funds);
}

TEST_CASE("what is no such decision is told") {
    CHECK(error_of<outcome>("[]") == "$: expected an object");
    CHECK(error_of<outcome>("{}") == "$: expected an object of one member");
    CHECK(error_of<outcome>(R"({"event":[]})") == "$.event: expected events or refused");
    CHECK(error_of<outcome>(R"({"events":{}})") == "$.events: expected an array");
    CHECK(error_of<outcome>(R"({"refused":"tired"})") ==
          "$.refused: expected insufficient_funds, no_account, or a number from 0 to 255");
    CHECK(error_of<outcome>(R"({"events":[{"deposited":{"cents":5}},{"opened":{}}]})") ==
          "$.events[1].opened: expected one of deposited, withdrawn, account-closed");
    CHECK(error_of<outcome>(R"({"events":[{"deposited":{"cents":"5"}}]})") == "$.events[0].deposited.cents: expected a number");
    CHECK(error_of<outcome>(R"({"events":[{}]})") == "$.events[0]: expected an object of one member");
    std::string many = R"({"events":[)";
    for (std::size_t i = 0; i <= outcome::capacity; ++i) many += (i == 0 ? "" : ",") + std::string(R"({"account-closed":{}})");
    CHECK(error_of<outcome>(many + "]}") == "$.events: expected up to 4 events");
}

TEST_CASE("an event has its name around it where the reader must know which it is") {
    CHECK(boost::json::serialize(annals::named_json(deposited{100})) == R"({"deposited":{"cents":100}})");
    CHECK(boost::json::serialize(annals::named_json(closed{})) == R"({"account-closed":{}})");
    CHECK(boost::json::serialize(annals::named_json(all::variant(deposited{100}))) == R"({"deposited":{"cents":100}})");
    const auto read = annals::from_named_json<all>(annals::named_json(withdrawn{7, "x"}));
    REQUIRE(read.has_value());
    REQUIRE(std::holds_alternative<withdrawn>(*read));
    CHECK(std::get<withdrawn>(*read).note == "x");
    CHECK(error_of_named(R"({"opened":{}})") == "$.opened: expected one of deposited, withdrawn, account-closed");
    CHECK(error_of_named(R"({"deposited":{}})") == "$.deposited.cents: missing");
    CHECK(error_of_named(R"({"deposited":{"cents":1},"withdrawn":{}})") == "$: expected an object of one member");
    CHECK(error_of_named("5") == "$: expected an object");
}

TEST_CASE("a context comes back with all that is known of the event") {
    annals::uuid id, correlation, causation;
    id.bytes[0]                           = 0x10;
    correlation.bytes[1]                  = 0x20;
    causation.bytes[15]                   = 0x30;
    const annals::key_value_view values[] = {{"ip", "::1"}, {"ip", "::2"}, {"agent", "\xff"}};
    const annals::context        stored{"account-bob",
                                 annals::version{3},
                                 annals::position{18446744073709551615u},
                                 annals::timestamp(1715000000000000001),
                                 id,
                                 correlation,
                                 causation,
                                 "alice",
                                 annals::key_values_view(values, 3)};
    const std::string            text = annals::json_text(stored);
    CHECK(text ==
          R"({"stream":"account-bob","version":3,"position":18446744073709551615,"time":"2024-05-06T12:53:20.000000001Z",)"
          R"("id":"10000000-0000-0000-0000-000000000000","correlation":"00200000-0000-0000-0000-000000000000",)"
          R"("causation":"00000000-0000-0000-0000-000000000030","actor":"alice",)"
          R"("values":[["ip","::1"],["ip","::2"],["agent",{"hex":"ff"}]]})");

    auto read = annals::from_json_text<annals::owned_context>(text);
    REQUIRE(read.has_value());
    const annals::owned_context copy = *read;
    *read                            = annals::owned_context();
    const annals::context& back      = copy;
    CHECK(back.stream == "account-bob");
    CHECK(back.version == annals::version{3});
    CHECK(back.position == annals::position{18446744073709551615u});
    CHECK(back.time == annals::timestamp(1715000000000000001));
    CHECK(back.id == id);
    CHECK(back.correlation == correlation);
    CHECK(back.causation == causation);
    CHECK(copy->actor == "alice");
    REQUIRE(copy.get().values.size() == 3);
    CHECK(*back.values.find("agent") == "\xff");
    CHECK((back.values.begin() + 1)->value == "::2");
    CHECK(annals::json_text(copy) == text);
}

TEST_CASE("what a context does not have is left out") {
    const std::string text = annals::json_text(annals::context{});
    CHECK(text == R"({"stream":"","version":0,"position":0,"time":"1970-01-01T00:00:00.000000000Z",)"
                  R"("id":"00000000-0000-0000-0000-000000000000","values":[]})");
    const auto read = annals::from_json_text<annals::owned_context>(text);
    REQUIRE(read.has_value());
    CHECK(read->get().correlation.is_nil());
    CHECK(read->get().actor.empty());
    CHECK(read->get().values.size() == 0);
    CHECK(error_of<annals::owned_context>("{}") == "$.stream: missing");
    CHECK(error_of<annals::owned_context>(R"({"stream":"a","version":-1})") ==
          "$.version: expected a number from 0 to 18446744073709551615");
}

TEST_CASE("a context that is owned outlives what it was made of") {
    annals::owned_context owned;
    {
        const std::string                         stream = "a-stream-with-a-rather-long-name", key = "key", value = "value";
        const std::string                         actor = "actor";
        const std::vector<annals::key_value_view> values{{key, value}};
        annals::context                           view{stream, {}, {}, {}, {}, {}, {}, actor, {values.data(), values.size()}};
        owned = annals::owned_context(view);
    }
    CHECK(owned->stream == "a-stream-with-a-rather-long-name");
    CHECK(owned->actor == "actor");
    CHECK(*owned->values.find("key") == "value");
}
