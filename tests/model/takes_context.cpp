// A log is told which readers look at contexts, so that it need not find out what nobody asks for.
#include "catch.hpp"
#include "support/bank.hpp"

#include <annals/model/takes_context.hpp>

#include <string>

using annals::context;
using annals::handlers;
using annals::otherwise;
using annals::detail::takes_context;

namespace {

struct sum {
    using events = annals::events<bank::deposited>;
    void apply(const bank::deposited&) {}
};
struct dated {
    using events = annals::events<bank::deposited, bank::withdrawn>;
    void apply(const bank::deposited&) {}
    void apply(const bank::withdrawn&, const context&) {}
};
struct outside {
    using events = annals::events<bank::deposited>;
};
[[maybe_unused]] void apply(outside&, const bank::deposited&, const context&) {}

template <class Reader>
constexpr bool asks(const Reader&) {
    return takes_context<bank::events, Reader>;
}

}  // namespace

TEST_CASE("Who looks at contexts is known by the handlers' types") {
    CHECK_FALSE(takes_context<bank::events, sum>);
    CHECK(takes_context<bank::events, dated>);
    CHECK(takes_context<bank::events, outside>);
    CHECK_FALSE(takes_context<bank::events, annals::fused<sum, sum>>);
    CHECK(takes_context<bank::events, annals::fused<sum, const dated>>);
    CHECK_FALSE(asks(handlers{[](const bank::deposited&) {}, otherwise()}));
    CHECK(asks(handlers{[](const bank::deposited&, const context&) {}, otherwise()}));
    CHECK(asks(handlers{[](const bank::deposited&) {}, [](const bank::withdrawn&, context) {}, otherwise()}));
    CHECK(asks(handlers{[](const bank::deposited&) {}, otherwise([](const auto&, const context&) {})}));
    // What takes anything is not asked about events that another handler takes.
    CHECK_FALSE(asks(handlers{[](const bank::deposited&) {}, otherwise([](const auto& e) {
                                  static_assert(!std::is_same_v<decltype(e), const bank::deposited&>);
                              })}));
    CHECK(asks(handlers{[](const bank::deposited&) {}, otherwise([](const auto& e, auto&&...) {
                            static_assert(!std::is_same_v<decltype(e), const bank::deposited&>);
                        })}));
}
