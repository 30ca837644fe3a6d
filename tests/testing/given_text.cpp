// What a test of a rule prints when the rule does not hold.
#include "catch.hpp"

#include <annals/testing/given.hpp>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct stocked {
    std::uint32_t article;
    std::int64_t  pieces;
    std::string   shelf;
};
struct sold {
    std::uint32_t article;
    std::int64_t  pieces;
};
struct sold_out {
    std::uint32_t article;
};
struct wrapped {
    sold what;
};

struct sell {
    std::uint32_t article;
    std::int64_t  pieces;
};
struct restock {
    std::uint32_t article;
    std::int64_t  pieces;
};
struct wrap {};

enum class refusal { closed = 3, too_few = 5 };

struct shop {
    using events   = annals::events<stocked, sold, sold_out, wrapped>;
    using commands = annals::commands<sell, restock, wrap>;

    std::int64_t pieces = 0;

    void apply(const stocked& e) { pieces += e.pieces; }
    void apply(const sold& e) { pieces -= e.pieces; }
    void apply(const sold_out&) {}
    void apply(const wrapped&) {}

    annals::decision<annals::events<sold, sold_out>, refusal> decide(const sell& c) const {
        if (c.pieces == 0) return annals::nothing;
        if (c.pieces > pieces) return annals::refuse(refusal::too_few);
        if (c.pieces == pieces) return annals::emit(sold{c.article, c.pieces}, sold_out{c.article});
        return sold{c.article, c.pieces};
    }
    annals::decision<stocked> decide(const restock& c) const { return stocked{c.article, c.pieces, "A1"}; }
    annals::decision<wrapped> decide(const wrap&) const { return wrapped{{1, 2}}; }
};

// As Catch2 prints it.
template <class Verdict>
std::string text_of(const Verdict& verdict) {
    return Catch::Detail::stringify(verdict);
}

const auto stock = annals::given<shop>(stocked{1, 5, "B2"});

}  // namespace

TEST_CASE("a field that differs is named, with what was expected and what was decided") {
    CHECK(text_of(stock.when(sell{1, 3}).emits(sold{1, 4})) ==
          "\n  events: - expected, + decided\n"
          "  - sold{article: 1, pieces: 4}\n"
          "  + sold{article: 1, pieces: 3}\n"
          "      pieces: expected 4, decided 3\n");
    CHECK(text_of(stock.when(restock{7, 3}).emits(stocked{8, 3, "A2"})) ==
          "\n  events: - expected, + decided\n"
          "  - stocked{article: 8, pieces: 3, shelf: \"A2\"}\n"
          "  + stocked{article: 7, pieces: 3, shelf: \"A1\"}\n"
          "      article: expected 8, decided 7\n"
          "      shelf: expected \"A2\", decided \"A1\"\n");
}

TEST_CASE("a struct in a field that differs is printed as a whole") {
    CHECK(text_of(stock.when(wrap{}).emits(wrapped{{1, 3}})) ==
          "\n  events: - expected, + decided\n"
          "  - wrapped{what: sold{article: 1, pieces: 3}}\n"
          "  + wrapped{what: sold{article: 1, pieces: 2}}\n"
          "      what: expected sold{article: 1, pieces: 3}, decided sold{article: 1, pieces: 2}\n");
}

TEST_CASE("what is equal is printed once, without a mark") {
    CHECK(text_of(stock.when(sell{1, 5}).emits(sold{1, 5}, sold_out{2})) ==
          "\n  events: - expected, + decided\n"
          "    sold{article: 1, pieces: 5}\n"
          "  - sold_out{article: 2}\n"
          "  + sold_out{article: 1}\n"
          "      article: expected 2, decided 1\n");
    CHECK(text_of(stock.when(sell{1, 5}).emits(sold{1, 5}, sold_out{1})) ==
          "\n  events: - expected, + decided\n"
          "    sold{article: 1, pieces: 5}\n"
          "    sold_out{article: 1}\n");
}

TEST_CASE("events of another type are printed one over the other") {
    CHECK(text_of(stock.when(sell{1, 3}).emits(sold_out{1})) ==
          "\n  events: - expected, + decided\n"
          "  - sold_out{article: 1}\n"
          "  + sold{article: 1, pieces: 3}\n");
}

TEST_CASE("events that are missing and events that were not expected are printed") {
    CHECK(text_of(stock.when(sell{1, 3}).emits(sold{1, 3}, sold_out{1})) ==
          "\n  events: - expected, + decided\n"
          "    sold{article: 1, pieces: 3}\n"
          "  - sold_out{article: 1}\n");
    CHECK(text_of(stock.when(sell{1, 5}).emits(sold{1, 5})) ==
          "\n  events: - expected, + decided\n"
          "    sold{article: 1, pieces: 5}\n"
          "  + sold_out{article: 1}\n");
    CHECK(text_of(stock.when(sell{1, 3}).emits()) ==
          "\n  events: - expected, + decided\n"
          "  + sold{article: 1, pieces: 3}\n");
    CHECK(text_of(stock.when(sell{1, 0}).emits(sold{1, 0}, sold_out{1})) ==
          "\n  events: - expected, + decided\n"
          "  - sold{article: 1, pieces: 0}\n"
          "  - sold_out{article: 1}\n");
}

TEST_CASE("a refusal where events were expected is printed with its reason") {
    CHECK(text_of(stock.when(sell{1, 9}).emits(sold{1, 9}, sold_out{1})) ==
          "\n  events: - expected, + decided\n"
          "  - sold{article: 1, pieces: 9}\n"
          "  - sold_out{article: 1}\n"
          "  + refused: too_few\n");
    CHECK(text_of(stock.when(sell{1, 9}).emits()) ==
          "\n  events: - expected, + decided\n"
          "  + refused: too_few\n");
}

TEST_CASE("where a refusal was expected, what was decided instead is printed") {
    CHECK(text_of(stock.when(sell{1, 9}).refuses(refusal::closed)) == "\n  - refused: closed\n  + refused: too_few\n");
    CHECK(text_of(stock.when(sell{1, 0}).refuses(refusal::closed)) == "\n  - refused: closed\n  + nothing\n");
    CHECK(text_of(stock.when(sell{1, 5}).refuses(refusal::closed)) ==
          "\n  - refused: closed\n  + sold{article: 1, pieces: 5}\n  + sold_out{article: 1}\n");
}
