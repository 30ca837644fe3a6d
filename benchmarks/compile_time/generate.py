"""Writes the programs whose compile time is measured: `generate.py CONTESTANT COUNT` prints one.

Each declares COUNT events and a state with a handler for each of them, has the compiler check that every event is
handled, and replays a log of them. What is declared is the same text for all contestants. COUNT 0 gives what each of
them includes, and nothing else.

The codec's contestants encode and decode COUNT events of five fields instead, each of them for itself.
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


FIELDS = ["std::uint64_t account", "std::int32_t cents", "std::string owner", "std::vector<std::uint32_t> items", "double rate"]


def records(count):
    """Events of five fields, which come in another order in each of five."""
    includes = "#include <cstdint>\n#include <string>\n#include <vector>\n\n"
    return includes + "".join(
        f"struct event_{i} {{ {'; '.join(FIELDS[i % 5:] + FIELDS[:i % 5])}; }};\n" for i in range(count)) + "\n"


def codec_annals(count):
    include = "#include <annals/codec/binary.hpp>\n#include <annals/schema/schema_text.hpp>\n"
    if count == 0:
        return include
    return include + records(count) + "".join(
        f"bool encoded(const event_{i}& event, std::vector<std::byte>& to) {{ return annals::encode(event, to).has_value(); }}\n"
        f"bool decoded(std::span<const std::byte> from, event_{i}& event) {{ return annals::decode_into(from, event).has_value(); }}\n"
        f"std::uint64_t fingerprint(const event_{i}&) {{ return annals::fingerprint<event_{i}>; }}\n" for i in range(count))


def codec_cereal(count):
    include = ("#include <cereal/archives/binary.hpp>\n#include <cereal/types/string.hpp>\n"
               "#include <cereal/types/vector.hpp>\n#include <istream>\n#include <ostream>\n")
    if count == 0:
        return include
    return include + records(count) + "".join(
        f"template <class Archive>\nvoid serialize(Archive& archive, event_{i}& e) {{\n"
        f"    archive({', '.join('e.' + field.split()[-1] for field in FIELDS[i % 5:] + FIELDS[:i % 5])});\n}}\n"
        f"void encoded(const event_{i}& event, std::ostream& to) {{ cereal::BinaryOutputArchive archive(to); archive(event); }}\n"
        f"void decoded(std::istream& from, event_{i}& event) {{ cereal::BinaryInputArchive archive(from); archive(event); }}\n"
        for i in range(count))


CONTESTANTS = {"annals": annals, "variant_visit": variant_visit}
CODECS = {"annals": codec_annals, "cereal": codec_cereal}

if __name__ == "__main__":
    sys.stdout.write({**CONTESTANTS, "codec_annals": codec_annals, "codec_cereal": codec_cereal}[sys.argv[1]](int(sys.argv[2])))
