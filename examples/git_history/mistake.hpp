// What went wrong, in words for the person who asked.
#pragma once

#include <stdexcept>
#include <utility>

namespace git_history {

/// A question that cannot be answered. The program prints it on standard error and exits with status 2.
struct mistake : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What an expected holds, or else its error as a mistake.
template <class Expected>
[[nodiscard]] auto value_of(Expected&& answer) {
    if (!answer) throw mistake(answer.error().message());
    return *std::forward<Expected>(answer);
}

}  // namespace git_history
