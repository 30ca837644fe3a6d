// Somebody who works in the background: a process, effects or a subscription in a thread of its own.
#pragma once

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>
#include <thread>

namespace shop {

/// Runs until it is destroyed. If the log fails, or something throws, nothing can go on as it is, and the program ends: the one
/// that is started next continues.
class background {
public:
    template <class Runner>
    explicit background(Runner& runner)
        : stop_([](void* what) { static_cast<Runner*>(what)->stop(); }),
          runner_(&runner),
          thread_([&runner] { run(runner); }) {}
    background(const background&)            = delete;
    background& operator=(const background&) = delete;
    ~background() {
        stop_(runner_);
        thread_.join();
    }

private:
    template <class Runner>
    static void run(Runner& runner) {
        try {
            const auto done = runner.run();
            if (!done) give_up(done.error().message());
        } catch (const std::exception& failure) { give_up(failure.what()); }
    }
    [[noreturn]] static void give_up(std::string_view why) {
        std::cerr << "shop: " << why << std::endl;
        std::_Exit(EXIT_FAILURE);
    }

    void (*stop_)(void*);
    void*       runner_;
    std::thread thread_;
};

}  // namespace shop
