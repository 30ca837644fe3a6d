// That each safeguard is needed: without it, the suite finds something that breaks.
#pragma once

#include <string>

namespace crash_simulation {

/// Tries each safeguard for so long at most. Prints a table. 0 if all are needed.
int check_safeguards(double seconds);

/// Takes one away, by its name; none if there is no such name.
void take_away(const std::string& name);

}  // namespace crash_simulation
