// An aside: what one is told who changes a struct and forgets to say what it was. Here `item_added` stands in the list
// without its revisions. No event is read; opening the archive fails, and forgotten.txt is what it answers: how the two
// differ, and the lines that put it right. (The lock, evolution.schema, would have told so before the program was released.)
#include "events.hpp"
#include "file.hpp"

#include <annals/log/archive.hpp>

#include <cstdlib>
#include <iostream>
#include <span>
#include <string>

namespace {

using namespace shop;

using forgetful = annals::events<opened, item_added, delivery_chosen, paid, revoked,
                                 annals::retired<v1::checked_out, v1::faxed>, visit_events>;

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) return EXIT_FAILURE;
    const std::string bytes  = bytes_of_file(arguments[1]);
    const auto        opened = annals::archive<forgetful>::open(std::as_bytes(std::span{bytes}));
    if (opened) return EXIT_FAILURE;
    std::cout << opened.error().message() << '\n';
}
