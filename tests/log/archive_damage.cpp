// What was done to an archive since it was written is found out.
#include "catch.hpp"
#include "support/archives.hpp"

#include <annals/log/archive.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace bank;
using annals::errc;
using annals::version;
using support::beside_each_other;
using support::forged;

namespace {

bool        mentions(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }
std::string fault(const support::bytes& file) {
    const annals::error found = support::refusal<bank::events>(file);
    CHECK(found.code == errc::damaged);
    return found.details;
}

}  // namespace

TEST_CASE("an archive with any bit flipped, or cut off anywhere, is damaged, and says where") {
    const beside_each_other both;
    std::size_t             unnoticed = 0;
    for (std::size_t bit = 0; bit < 8 * both.file.size(); ++bit) {
        support::bytes flipped = both.file;
        flipped[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
        const auto opened_log = annals::archive_contents::open(flipped);
        if (opened_log || opened_log.error().code != errc::damaged || !mentions(opened_log.error().details, "at byte "))
            ++unnoticed;
    }
    for (std::size_t length = 0; length < both.file.size(); ++length) {
        const support::bytes cut(both.file.begin(), both.file.begin() + static_cast<std::ptrdiff_t>(length));
        const auto           opened_log = annals::archive_contents::open(cut);
        if (opened_log || opened_log.error().code != errc::damaged || !mentions(opened_log.error().details, "at byte "))
            ++unnoticed;
    }
    CHECK(unnoticed == 0);
    CHECK(fault({}) == "this is no archive of annals, or of a later format, at byte 0");
    const std::string place  = ", at byte " + std::to_string(both.file.size());
    support::bytes    longer = both.file;
    longer.push_back(std::byte{0});
    CHECK(fault(longer) == "there is something behind the end" + place);
    // Another archive behind it is no part of it.
    support::bytes twice = both.file;
    twice.insert(twice.end(), both.file.begin(), both.file.end());
    CHECK(fault(twice) == "there is something behind the end" + place);
}

TEST_CASE("what stands in an archive in no sensible order is damage") {
    const std::string    text(annals::schema_text<deposited>);
    const support::bytes ten{std::byte{10}, {}, {}, {}, {}, {}, {}, {}};
    const auto           begun = [&] { return forged().schema("deposited", text).stream("account-ann"); };

    CHECK(annals::archive<bank::events>::open(begun().event(0, 0, 1, 1, 0, ten).end(1)).has_value());
    CHECK(mentions(fault(begun().event(1, 0, 1, 1, 0, ten).end(1)), "a schema that was not announced, at byte "));
    CHECK(mentions(fault(begun().event(0, 1, 1, 1, 0, ten).end(1)), "a stream that was not announced, at byte "));
    CHECK(mentions(fault(begun().event(0, 0, 0, 1, 0, ten).end(1)), "the versions of a stream do not ascend"));
    CHECK(mentions(fault(begun().event(0, 0, 1, 0, 0, ten).end(1)), "positions do not ascend"));
    CHECK(mentions(fault(begun().event(0, 0, 1, 2, 0, ten).event(0, 0, 2, 1, 0, ten).end(2)), "positions do not ascend"));
    CHECK(mentions(fault(begun().event(0, 0, 2, 1, 0, ten).event(0, 0, 1, 2, 0, ten).end(2)),
                   "versions of a stream do not ascend"));
    CHECK(mentions(fault(begun().event(0, 0, 1, 1, 5, ten).event(0, 0, 2, 2, 4, ten).end(2)), "times do not ascend"));
    CHECK(mentions(fault(begun().event(0, 0, 1, 1, 0, ten).end(2)), "not as many events as the end says"));
    CHECK(mentions(fault(forged().stream("").end(0)), "a stream has no name"));
    CHECK(mentions(fault(begun().stream("account-ann").end(0)), "a stream is announced twice"));
    CHECK(mentions(fault(begun().add(annals::archived_stream{"other"}, ten).end(0)), "only events have a payload"));
    // What a later program may write is not guessed at.
    support::bytes later = begun().end(0);
    std::size_t    magic = sizeof(annals::detail::archive_magic) - 1;
    later[magic]         = std::byte{2};
    CHECK(mentions(fault(later), "or of a later format"));
}

TEST_CASE("an event whose bytes are none of its schema is an error when it is read, and names itself") {
    const support::bytes ten{std::byte{10}, {}, {}, {}, {}, {}, {}, {}};
    const support::bytes file = forged()
                                    .schema("deposited", std::string(annals::schema_text<deposited>))
                                    .stream("account-ann")
                                    .event(0, 0, 1, 1, 0, ten)
                                    .event(0, 0, 2, 2, 0, {std::byte{1}})
                                    .event(0, 0, 3, 3, 0, ten)
                                    .end(3);
    const auto archive = annals::archive<bank::events>::open(file);
    REQUIRE(archive.has_value());
    totals     state;
    const auto read = archive->read(annals::whole_log(), state);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == errc::damaged);
    CHECK(read.error().message() ==
          "damaged: stream account-ann at version 2: an event's bytes are none of its schema\n"
          "deposited: too_short at byte 0: the bytes end before the value does");
    CHECK(state.balance == 10);

    SECTION("unless nobody reads it") {
        CHECK(archive->read(annals::whole_log(), annals::handlers{[](const opened&) {}, annals::otherwise()}).has_value());
        CHECK(archive->read(annals::stream("account-ann").from(version{3}), state).has_value());
        CHECK(state.balance == 20);
    }
}
