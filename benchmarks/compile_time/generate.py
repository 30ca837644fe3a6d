"""Writes the programs whose compile time is measured: `generate.py CONTESTANT COUNT` prints one.

Each declares COUNT events and a state with a handler for each of them, has the compiler check that every event is
handled, and replays a log of them. What is declared is the same text for all contestants. COUNT 0 gives what each of
them includes, and nothing else.
"""
import sys


def events(count):
    return "".join(f"struct event_{i} {{ long amount; }};\n" for i in range(count))


def handlers(name, count):
    return "".join(f"    void {name}(const event_{i}& e) {{ sum += e.amount * {i % 7 + 1}; }}\n" for i in range(count))


def names(count):
    return ", ".join(f"event_{i}" for i in range(count))


def annals(count):
    include = "#include <annals/annals.hpp>\n"
    if count == 0:
        return include
    return (
        include + "\n" + events(count) + "\n"
        "struct state {\n"
        f"    using events = annals::events<{names(count)}>;\n\n"
        "    long sum = 0;\n" + handlers("apply", count) + "};\n\n"
        "static_assert(annals::projection<state>);\n\n"
        "long replayed(const annals::memory_log<state::events>& log) { return annals::replay<state>(log)->sum; }\n"
    )


def variant_visit(count):
    include = "#include <variant>\n#include <vector>\n"
    if count == 0:
        return include
    return (
        include + "\n" + events(count) + "\n"
        f"using event = std::variant<{names(count)}>;\n\n"
        "struct state {\n"
        "    long sum = 0;\n" + handlers("operator()", count) + "};\n\n"
        "long replayed(const std::vector<event>& log) {\n"
        "    state folded;\n"
        "    for (const event& each : log) std::visit(folded, each);\n"
        "    return folded.sum;\n"
        "}\n"
    )


CONTESTANTS = {"annals": annals, "variant_visit": variant_visit}

if __name__ == "__main__":
    sys.stdout.write(CONTESTANTS[sys.argv[1]](int(sys.argv[2])))
