// The shop. Read first stock.hpp, then order.hpp, payment.hpp, cart.hpp, fulfilment.hpp, read_models.hpp, provider.hpp,
// office.hpp.
//
//     shop                             a day, told
//     shop [--log PLACE] DIRECTORY run [--seconds S] [--customers N] [--seed X]    customers in threads; may be killed at any time
//     shop [--log PLACE] DIRECTORY check     brings to an end what was under way, and looks whether all is as it must be
//     shop [--log PLACE] DIRECTORY report    the read models
//
// The log is in the directory, too, if no other place is named: see ../support/log_at.hpp.
#include "background.hpp"
#include "check.hpp"
#include "day.hpp"
#include "load.hpp"
#include "office.hpp"

#include "../support/log_at.hpp"

#include <annals/read/file_snapshots.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace shop;
using log_type   = annals::any_log<shop::events>;
using store_type = annals::file_snapshots<>;
using steady     = std::chrono::steady_clock;

template <class T>
T must(annals::expected<T, annals::error> answer) {
    if (!answer) throw std::runtime_error(answer.error().message());
    return std::move(*answer);
}
void must(const annals::expected<void, annals::error>& answer) {
    if (!answer) throw std::runtime_error(answer.error().message());
}

/// Where the shop is.
struct address {
    std::string directory;
    std::string log;
};

/// All that is there.
struct premises {
    log_type                     log;
    store_type                   store;
    bank                         outside;
    office<log_type, store_type> behind_the_counter;

    premises(const address& at, bank::habits habits)
        : log(examples::log_at<shop::events>(made(at).log)),
          store(must(store_type::open(at.directory + "/saved"))),
          outside(at.directory + "/bank", habits),
          behind_the_counter(log, store, outside) {}

private:
    static const address& made(const address& at) {
        std::filesystem::create_directories(at.directory);
        return at;
    }
};

/// Brings everything to an end, timeouts too.
void settle(premises& all) {
    auto&      office  = all.behind_the_counter;
    const auto longest = steady::now() + std::chrono::seconds(60);
    for (must(office.settle()); office.orders.waiting() != 0; must(office.settle())) {
        if (steady::now() > longest) throw std::runtime_error("orders are under way that come to no end");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

int run(const address& at, const load_options& options) {
    bank::habits habits;
    habits.limit       = 8000;
    habits.slow_one_in = 50;
    habits.slow        = options.patience;
    premises all(at, habits);
    auto&    office = all.behind_the_counter;
    std::cout << "open" << std::endl;
    std::uint64_t orders = 0;
    const auto    begin  = steady::now();
    {
        const background processing(office.orders), paying(office.payments), following(office.models);
        orders = load(all.log, office, all.store, options).pass();
    }
    const std::chrono::duration<double> time = steady::now() - begin;
    std::cout << orders << " orders, " << static_cast<double>(orders) / time.count() << " a second" << std::endl;
    settle(all);
    office.look<sales>([](const sales& now) { tell(std::cout, now); });
    office.look<open_orders>([](const open_orders& now) { tell(std::cout, now); });
    return EXIT_SUCCESS;
}
int check(const address& at) {
    premises all(at, {});
    settle(all);
    return inspection(all.log).pass(all.behind_the_counter, all.outside) ? EXIT_SUCCESS : EXIT_FAILURE;
}
int report(const address& at) {
    const auto log    = examples::log_at<shop::events>(at.log, examples::use::reading);
    auto       store  = must(store_type::open(at.directory + "/saved"));
    auto       models = annals::subscribe<annals::fused<sales, open_orders>>(log, annals::whole_log(), store);
    must(models.catch_up());
    models.look([](const auto& all, annals::position) {
        std::apply([](const auto&... each) { (tell(std::cout, each), ...); }, all.states);
    });
    return EXIT_SUCCESS;
}

int usage() {
    std::cerr << "usage: shop [[--log PLACE] DIRECTORY run [--seconds S] [--customers N] [--seed X] | check | report]\n"
                 "PLACE: a directory, memory, sqlite:FILE, or postgresql://USER@HOST/NAME\n";
    return 2;
}
std::optional<load_options> options_of(const std::vector<std::string>& words) {
    load_options options;
    for (std::size_t at = 2; at < words.size(); at += 2) {
        if (at + 1 == words.size()) return {};
        const std::uint64_t value = std::strtoull(words[at + 1].c_str(), nullptr, 10);
        if (words[at] == "--seconds")
            options.time = std::chrono::seconds(value);
        else if (words[at] == "--customers")
            options.customers = static_cast<unsigned>(value);
        else if (words[at] == "--seed")
            options.seed = value;
        else
            return {};
    }
    return options;
}

}  // namespace

int main(int count, char** arguments) try {
    std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.empty()) return day().pass(), EXIT_SUCCESS;
    std::string log;
    if (words.size() > 2 && words[0] == "--log") {
        log = words[1];
        words.erase(words.begin(), words.begin() + 2);
    }
    const address at{words[0], log.empty() ? words[0] + "/log" : log};
    if (words.size() == 2 && words[1] == "check") return check(at);
    if (words.size() == 2 && words[1] == "report") return report(at);
    if (words.size() >= 2 && words[1] == "run")
        if (const auto options = options_of(words)) return run(at, *options);
    return usage();
} catch (const std::exception& failure) {
    std::cerr << "shop: " << failure.what() << '\n';
    return EXIT_FAILURE;
}
