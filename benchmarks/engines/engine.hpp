// What is compared of an engine: this library's log on it, and the engine's own C interface, used as well as one can, on the
// same rows: the same tables, indexes, contents and durability. Each engine has a program of its own (sqlite.cpp, …), whose
// `main` calls `measure`.
#pragma once

#include "../durable/events.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace engines {

/// What one thread has for itself: a connection, or its end of something that threads share; whatever a good user would do.
class client {
public:
    virtual ~client() = default;

    /// Appends to a stream that is at `version`, all or nothing; another version is refused, and ends the program. What
    /// acknowledges later may return before it does.
    virtual void append(const std::string& stream, std::uint64_t version, const warehouse::batch& events) = 0;

    /// Returns when all that this client appended is acknowledged.
    virtual void settle() {}

    /// Folds all events, in the order of their positions.
    virtual warehouse::tally replay() = 0;
};

/// What lies in one place, opened. It outlives its clients.
class store {
public:
    virtual ~store()                          = default;
    virtual std::unique_ptr<client> connect() = 0;
};

/// A place is a directory of its own, which exists and is removed by the harness; its name is unlike any other, for engines
/// that keep their data elsewhere. Opening what is not there makes it.
using opener = std::function<std::unique_ptr<store>(const std::string& place)>;

struct engine {
    const char* name;
    opener      annals;  // opens what `itself` has written, too: so it is seen that the rows are the same
    opener      itself;  // reads what `annals` has written
};

/// Measures what the arguments ask for, and prints it: see measure.cpp. For `main` to return, as it returns 77 if the engine's
/// server is not to be had.
int measure(const engine& which, int argc, char** argv);

/// Ends the program: a figure of what does not work would say nothing.
[[noreturn]] inline void give_up(std::string_view who, std::string_view why) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(who.size()), who.data(), static_cast<int>(why.size()), why.data());
    std::exit(1);
}

}  // namespace engines
