// The program that checks and accepts a schema lock. `annals_lock_schema` (cmake/annals_lock_schema.cmake) builds it.
#pragma once

#include <annals/schema/lock.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

namespace annals {

/// `check FILE` compares the types with the lock in FILE and prints how they differ: 0 if they do not, 1 for additions, 2 for
/// breaks, 3 if there is no lock or it cannot be read. `accept FILE` writes the lock anew and prints what it accepts.
template <list Events>
int schema_lock_main(int argument_count, const char* const* arguments, std::string_view how_to_accept = {}) {
    constexpr auto verdict          = detail::judge_schemas<Events>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) {
        const std::string_view command = argument_count == 3 ? arguments[1] : "";
        if (command != "check" && command != "accept") {
            std::cerr << "usage: check FILE | accept FILE\n";
            return 3;
        }
        const std::string path   = arguments[2];
        const auto        advise = [&](std::string_view when) {
            if (!how_to_accept.empty()) std::cout << '\n' << when << ": " << how_to_accept << '\n';
        };
        std::string lock;
        if (std::ifstream in{path}; in)
            lock.assign(std::istreambuf_iterator<char>(in), {});
        else if (command == "check") {
            std::cout << path << ": there is no schema lock yet.\n";
            advise("To begin one, and to review it");
            return 3;
        }
        const auto found = compare_with_lock<Events>(lock);
        if (!found) {
            std::cout << path << ": " << found.error().message(lock) << '\n';
            return 3;
        }
        for (const std::string& each : found->breaks) std::cout << "BREAKS OLD LOGS: " << each << "\n\n";
        for (const std::string& each : found->additions) std::cout << "addition: " << each << '\n';
        if (command == "check") {
            if (!found->breaks.empty())
                advise("If no log holds these shapes any more, give them up, and review the file");
            else if (!found->additions.empty())
                advise("If that is intended, accept it, and review the file");
            return !found->breaks.empty() ? 2 : !found->additions.empty() ? 1 : 0;
        }
        const auto text = accepted_lock<Events>(lock);
        if (std::ofstream out{path}; !(out << *text).flush()) {
            std::cout << path << ": cannot be written\n";
            return 3;
        }
        std::cout << path << (found->none() ? ": nothing has changed" : ": accepted") << '\n';
        return 0;
    } else
        return 3;
}

}  // namespace annals
