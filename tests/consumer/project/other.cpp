// A second translation unit: what the headers define, they define once.
#include "counted.hpp"

#include <annals/model/hana.hpp>
#include <annals/schema/print.hpp>

#include <cstdlib>

void count(counter_log& log, int by) {
    if (!log.append("counter-1", annals::any_version, counted{by})) std::abort();
}
