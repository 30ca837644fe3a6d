// Chapter 4: an archive of 2021 is opened by the program of today, which carries on where the old one ended.
// Read 2021/events.hpp first, then events.hpp and shop.hpp.
#include "events.hpp"
#include "file.hpp"
#include "shop.hpp"

#include <annals/log/archive.hpp>
#include <annals/schema/enumerators.hpp>

#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace shop;

template <annals::event_log Log>
bool show_orders(const Log& log) {
    const auto models = annals::replay<order_book, wishes>(log);
    if (!models) return false;
    const auto& [book, dreams] = *models;
    for (const auto& [name, line] : book.orders)
        std::cout << "  " << name << ": customer " << line.customer << " in " << annals::enumerator_name(line.to)
                  << (line.gift ? ", a gift" : "") << ", " << line.total.cents / 100 << '.' << std::setfill('0') << std::setw(2)
                  << line.total.cents % 100 << ' ' << annals::enumerator_name(line.total.in) << ", " << line.status << '\n';
    for (const auto& [article, count] : dreams.count_of)
        std::cout << "  article " << article << " is wished for by " << count << '\n';
    return true;
}

template <class Answer>
void tell(std::string_view what, const Answer& answer) {
    std::cout << what << ": ";
    if (answer)
        std::cout << "done, version " << answer->version.value << '\n';
    else if (answer.error() == refusal::no_delivery)
        std::cout << "refused, " << to_string(refusal::no_delivery) << '\n';
    else
        std::cout << "failed\n";
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) return EXIT_FAILURE;

    // Opening is where the old schemas meet the types of today: each of them fits, or the answer says what to write.
    const std::string bytes   = bytes_of_file(arguments[1]);
    const auto        of_2021 = annals::archive<shop::events>::open(std::as_bytes(std::span{bytes}));
    if (!of_2021) {
        std::cerr << of_2021.error().message() << '\n';
        return EXIT_FAILURE;
    }
    std::cout << "the orders of 2021, as the shop of today sees them\n";
    if (!show_orders(*of_2021)) return EXIT_FAILURE;

    // An archive never changes. Its events go on in a log of today, as events of today: what was dropped stays behind, what
    // was split counts as two.
    annals::memory_log<shop::events> log;
    bool                             written    = true;
    const auto                       carry_over = annals::otherwise([&](const auto& event, const annals::context& was) {
        const annals::metadata about{.actor = std::string{was.actor}};
        written = written && log.append(was.stream, annals::any_version, about, event);
    });
    const auto                       read       = of_2021->read(annals::whole_log(), annals::handlers{carry_over});
    if (!read || !written) return EXIT_FAILURE;

    // One basket has been standing there ever since.
    const auto orders = annals::repository_of<order>(log);
    tell("order 3 is paid by card", orders.handle("3", pay{payment::card}));
    tell("order 3 is to be fetched", orders.handle("3", choose_delivery{delivery::pickup}));
    tell("order 3 is paid by card", orders.handle("3", pay{payment::card}));

    const auto new_order = log.append("order-4", annals::no_stream, opened{70'000, country::switzerland, true},
                                      item_added{100'000, {42'00, currency::franc}});
    std::cout << "the orders of today\n";
    return new_order && show_orders(log) ? EXIT_SUCCESS : EXIT_FAILURE;
}
