// Runs contestants in rounds, so that each pair that is compared was measured side by side.
#pragma once

#include <string>
#include <vector>

/// Runs each of the registered benchmarks once in each round, beginning with another one each time, and prints what each
/// took, a line for each: `CLAIM <tab> CONTESTANT <tab> ROUND <tab> VALUE`, for a benchmark named `CLAIM:CONTESTANT`. The
/// value is the real time of an iteration in nanoseconds. A counter that the benchmark sets is a line of its own, under
/// the claim `COUNTER_CLAIM`.
void run_in_rounds(const std::vector<std::string>& names, int rounds);
