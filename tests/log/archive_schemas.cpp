// What fits the types of today in no way is told, and what is to be written because of it.
#include "catch.hpp"
#include "support/archives.hpp"

#include <annals/log/archive.hpp>
#include <annals/log/memory_log.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace bank;
using annals::errc;
using support::archived;
using support::forged;

namespace {

namespace then {
enum class kind : std::uint8_t { usual, odd };
struct line {
    std::int32_t sku;
    std::int16_t cents;
};
struct ordered {
    std::string       customer;
    std::vector<line> lines;
    kind              of;
};
struct moved {
    std::int32_t x, y;
};
struct flagged {
    std::string why;
};
using events = annals::events<ordered, moved, flagged>;
}  // namespace then

namespace now {
enum class kind : std::uint8_t { usual };
struct line {
    std::int32_t sku;
    std::int8_t  cents;
};
struct ordered {
    std::string       customer;
    std::vector<line> lines;
    kind              of;
};
struct moved {
    std::int32_t x, z;
};
using events = annals::events<ordered, moved>;
}  // namespace now

}  // namespace

TEST_CASE("all that does not fit the types is told at once, each with what to write") {
    annals::memory_log<then::events> log;
    REQUIRE(log.append("s", annals::no_stream, then::ordered{"ann", {{1, 2}}, then::kind::odd}, then::moved{1, 2},
                       then::flagged{"x"})
                .has_value());
    const support::bytes file    = archived(log);
    const auto           archive = annals::archive<now::events>::open(file);
    REQUIRE_FALSE(archive.has_value());
    CHECK(archive.error().code == errc::incompatible_schema);
    CHECK(archive.error().message() == R"(incompatible_schema: what is stored does not fit the types
event 'ordered': what is stored cannot be read as what the types say:
  enumerator 'odd' of field 'of' is gone
  field 'lines[].cents' was i16 and is i8
Paste what is stored, say what becomes of it, and list it before what it becomes:

namespace v1 {

struct line {
    std::int32_t sku;
    std::int16_t cents;
};
enum class kind : std::uint8_t { usual = 0, odd = 1 };
struct ordered {
    std::string       customer;
    std::vector<line> lines;
    kind              of;
};

::now::ordered upcast(const ordered& old);

}  // namespace v1

    annals::revisions<v1::ordered, now::ordered>
event 'moved': what is stored cannot be read as what the types say:
  field 'y: i32' is gone; it may have been renamed to 'z'
  field 'z: i32' is new and has no default
Paste what is stored, say what becomes of it, and list it before what it becomes:

namespace v1 {

struct moved {
    std::int32_t x;
    std::int32_t y;
};

::now::moved upcast(const moved& old);

}  // namespace v1

    annals::revisions<v1::moved, now::moved>
event 'flagged' is stored, and not listed. If it is no longer written, paste what is stored, and list it:

namespace v1 {

struct flagged {
    std::string why;
};

}  // namespace v1

    annals::retired<v1::flagged>)");
}

TEST_CASE("a log may hold an event under several schemas, each of which is read in its way") {
    const support::bytes file = forged()
                                    .schema("deposited", "deposited{cents:i8}")
                                    .stream("account-ann")
                                    .event(0, 0, 1, 1, 0, {std::byte{0xff}})
                                    .schema("deposited", "deposited{cents:u16}")
                                    .event(1, 0, 2, 2, 0, {std::byte{0xff}, std::byte{0xff}})
                                    .schema("deposited", std::string(annals::schema_text<deposited>))
                                    .event(2, 0, 3, 3, 0, {std::byte{1}, {}, {}, {}, {}, {}, {}, std::byte{1}})
                                    .event(0, 0, 4, 4, 0, {std::byte{7}})
                                    .end(4);
    std::vector<std::int64_t> cents;
    REQUIRE(annals::archive<bank::events>::open(file)
                ->read(annals::whole_log(),
                       annals::handlers{[&](const deposited& event) { cents.push_back(event.cents); }, annals::otherwise()})
                .has_value());
    CHECK(cents == std::vector<std::int64_t>{-1, 65535, (std::int64_t{1} << 56) + 1, 7});
}

TEST_CASE("a schema that is none is told as such") {
    const support::bytes no_schema = forged().schema("deposited", "deposited{cents:money}").end(0);
    CHECK(support::refusal<bank::events>(no_schema).code == errc::incompatible_schema);
    CHECK(support::refusal<bank::events>(no_schema).details ==
          "event 'deposited': what is stored as its schema is none: line 1, column 17: no type is called 'money'");
    const support::bytes of_another = forged().schema("withdrawn", std::string(annals::schema_text<deposited>)).end(0);
    CHECK(support::refusal<bank::events>(of_another).details ==
          "event 'withdrawn': what is stored as its schema is none: it is that of 'deposited'");
}
