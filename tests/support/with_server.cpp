// Runs a command with a server of its own: with_server postgres|jetstream COMMAND [ARGUMENT]… The command finds the server's
// place, as the examples' --log takes it, in ENGINES, and the server ends with it.
#if ANNALS_TESTS_WITH_POSTGRES
#include "support/postgres_server.hpp"
#endif
#if ANNALS_TESTS_WITH_JETSTREAM
#include "support/nats_server.hpp"
#endif

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

namespace {

int run(char** command, const std::string& place) {
    const pid_t child = ::fork();
    if (child == 0) {
        (void)::setenv("ENGINES", place.c_str(), 1);
        ::execvp(command[0], command);
        ::_exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) return EXIT_FAILURE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

}  // namespace

int main(int count, char** words) try {
    const std::string_view kind = count > 2 ? words[1] : "";
#if ANNALS_TESTS_WITH_POSTGRES
    if (kind == "postgres") {
        const support::postgres_server server;
        return run(words + 2, "postgresql://annals@127.0.0.1:" + std::to_string(server.port()) + "/postgres");
    }
#endif
#if ANNALS_TESTS_WITH_JETSTREAM
    if (kind == "jetstream") {
        support::nats_server server;
        return run(words + 2, server.url() + "/history");
    }
#endif
    std::cerr << "usage: with_server KIND COMMAND [ARGUMENT]..., for the kinds of servers that this was built with\n";
    return 2;
} catch (const std::exception& failure) {
    std::cerr << "with_server: " << failure.what() << '\n';
    return EXIT_FAILURE;
}
