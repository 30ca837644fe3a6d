#include "counted.hpp"

int main() {
    counter_log log;
    count(log, 2);
    count(log, 3);
    const auto state = annals::replay<total>(log);
    return state && state->value == 5 ? 0 : 1;
}
