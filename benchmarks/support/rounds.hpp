// Runs contestants in rounds, so that each pair that is compared was measured side by side.
#pragma once

#include <string>
#include <vector>

/// Runs each of the registered benchmarks once in each round, beginning with another one each time, and prints what each
/// took, a line for each: `CLAIM <tab> CONTESTANT <tab> ROUND <tab> VALUE`, for a benchmark named `CLAIM:CONTESTANT`. The value is the
/// counter `value` if the benchmark sets it, else its real time in nanoseconds.
void run_in_rounds(const std::vector<std::string>& names, int rounds);
