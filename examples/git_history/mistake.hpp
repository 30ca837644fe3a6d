// What went wrong, in words for the person who asked.
#pragma once

#include <stdexcept>

namespace git_history {

/// A question that cannot be answered. The program prints it on standard error and exits with status 2.
struct mistake : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace git_history
