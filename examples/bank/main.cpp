// Chapter 3: a day at the bank. Read account.hpp first, then read_models.hpp.
#include "account.hpp"
#include "read_models.hpp"

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace bank;

// The answer to a command is a value: where its events are now, or why there are none. A refusal is the account's own
// word; any other failure is the log's.
template <class Answer>
void tell(std::string_view what, const Answer& answer) {
    std::cout << what << ": ";
    if (answer)
        std::cout << "done, version " << answer->version.value << '\n';
    else if (answer.error() == refusal::overdrawn)
        std::cout << "refused, " << to_string(refusal::overdrawn) << '\n';
    else
        std::cout << "failed\n";
}

}  // namespace

int main() {
    annals::memory_log<account_events> log;

    // A repository loads an account from its events, lets it decide a command, and appends what it yields, in one call.
    const auto accounts = annals::repository_of<account>(log);
    tell("open an account for Ann", accounts.handle("ann", open{1}));
    tell("Ann brings 100.00", accounts.handle("ann", deposit{10'000}));
    tell("Ann wants 150.00", accounts.handle("ann", withdraw{15'000}));
    tell("Ann takes 30.00", accounts.handle("ann", withdraw{3'000}));
    tell("open an account for Bob", accounts.handle("bob", open{2}));
    // What is known beside the event goes into its metadata.
    tell("Bob brings 5.00", accounts.handle("bob", deposit{500}, annals::metadata{.actor = "the teller"}));
    tell("Bob closes his account", accounts.handle("bob", bank::close{}));

    // Now, and as it was: the same replay, only not as far.
    const auto now  = accounts.load("ann");
    const auto then = accounts.load("ann", annals::version{2});
    if (!now || !then) return EXIT_FAILURE;
    std::cout << "Ann has " << now->state.balance << " cents; before her withdrawal she had " << then->state.balance << '\n';

    // Two tellers who loaded the same version cannot both write: the second is turned away, and looks again.
    const auto first  = log.append("account-ann", now->version, deposited{1});
    const auto second = log.append("account-ann", now->version, deposited{1});
    std::cout << "two tellers at once: the first " << (first ? "writes" : "fails") << ", the second gets "
              << (second ? "through" : annals::to_string(second.error().code)) << '\n';

    // Both read models from one pass over the log.
    const auto both = annals::replay<cash_flow, open_accounts>(log);
    if (!both) return EXIT_FAILURE;
    const auto& [flow, open_now] = *both;
    std::cout << "in " << flow.in << ", out " << flow.out << ", open accounts:";
    for (const auto& [stream, customer] : open_now.customer_of) std::cout << ' ' << stream << " (customer " << customer << ')';
    std::cout << '\n';

    // Any question can be asked of the events as they are, with a handler for each type that matters.
    std::cout << "Bob's statement:";
    const auto statement = log.read(
        annals::stream("account-bob"),
        annals::handlers{
            [](const opened&) { std::cout << " opened"; },
            [](const deposited& e, const annals::context& where) { std::cout << " +" << e.cents << " by " << where.actor; },
            [](const withdrawn& e) { std::cout << " -" << e.cents; },
            [](const annotated& e) { std::cout << ' ' << e.note; },
            [](const closed&) { std::cout << " closed"; },
        });
    std::cout << '\n';
    return statement ? EXIT_SUCCESS : EXIT_FAILURE;
}
