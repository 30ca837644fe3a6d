"""What the benchmarks claim: which figures are compared, and with which bar.

Figures come as lines `CLAIM <tab> CONTESTANT <tab> ROUND <tab> VALUE`, a file for each compiler. A ratio is the median of
the rounds' ratios: each pair was measured side by side in one round.
"""
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

PATTERNS = {"random": "types at random", "runs_of_16": "in runs of 16", "mostly_one": "90 % one type"}
LENGTHS = (1, 10, 100)
COUNTS = (8, 64, 256, 1000)
CODEC = {"encode": "encode", "append": "encode, appended", "decode": "decode", "decode_reused": "decode, event kept",
         "sum": "read in place"}
JSON = {"json_to_value": "struct to JSON value", "json_from_value": "JSON value to struct", "json_to_text": "struct to JSON text",
        "json_from_text": "JSON text to struct"}

DURABLE_APPENDS = (("1", "one"), ("100", "100 at once"), ("10000", "10 000 at once"),
                   ("1_threads_4", "4 threads"), ("1_threads_16", "16 threads"), ("1_threads_64", "64 threads"))
DURABLE_BARS = {"1": {"sqlite": 1, "lmdb": 1, "rocksdb": 1, "raw_file": 0.9}} | dict.fromkeys(
    ("100", "10000"), {"sqlite": 2, "lmdb": 2, "rocksdb": 2})
CATCH_UPS = {"memory": "from memory"} | {
    f"file_{count}": f"from files, appends of {count}" for count in (1, 10, 100, 1000, 10000)}
ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL", "jetstream": "NATS JetStream"}
MIXES = {"one_type": "one type", "eight_types": "8 types"}


class Figures:
    """What was measured with one compiler."""

    def __init__(self, path):
        self.values = defaultdict(dict)  # (claim, contestant) -> {round: value}
        with open(path) as lines:
            for line in lines:
                claim, contestant, turn, value = line.rstrip("\n").split("\t")
                self.values[claim, contestant][int(turn)] = float(value)

    def has(self, claim, contestant):
        return (claim, contestant) in self.values

    def median(self, claim, contestant):
        return median(self.values[claim, contestant].values())

    def end(self, claim, contestant):
        return next((end for end in ("stopped", "failed") if self.has(f"{end}_{claim}", contestant)), "")

    def contestants(self, claim):
        return [contestant for held, contestant in self.values if held == claim]

    def ratio(self, claim, contestant, peer, of_peer=None):
        """Beside what the peer did in the same claim, or in the claim `of_peer`."""
        ours, theirs = self.values[claim, contestant], self.values[of_peer or claim, peer]
        rounds = ours.keys() & theirs.keys()
        return median(ours[turn] / theirs[turn] for turn in rounds)

    def per_type(self, count):
        """Milliseconds for each of COUNT types, beside what the headers take."""
        return (self.median(f"compile_{count}", "annals") - self.median("compile_0", "annals")) / count


@dataclass
class Row:
    claim: str
    contestant: str
    median: float
    unit: str
    ratio: float | None = None
    bar: float | None = None
    end: str = ""  # "stopped" or "failed", if it came to no good end
    least: float | None = None  # a bar for what shall be slow: a peer beside this library

    @property
    def verdict(self):
        if self.least is not None:
            return "met" if self.ratio >= self.least else "missed"
        if self.bar is None:
            return ""
        if self.end:
            return "missed"
        return "met" if (self.median if self.ratio is None else self.ratio) <= self.bar else "missed"


def compared(figures, name, claim, unit, peer, bars, scale=1.0, least=None):
    """The rows of one claim: each contestant beside the peer. `bars` are what it may take at most, `least` at least."""
    for held, contestant in figures.values:
        if held == claim:
            value = figures.median(claim, contestant) * scale
            ratio = None if figures.end(claim, peer) == "failed" else figures.ratio(claim, contestant, peer)
            yield Row(name, contestant, value, unit, ratio, bars.get(contestant),
                      figures.end(claim, contestant), (least or {}).get(contestant))


def codec_rows(figures):
    for event, size in (("paid", "24 bytes"), ("ordered", "130 bytes")):
        small, scale = event == "paid", 1 / figures.median("events", event)
        for what, words in CODEC.items():
            # Faster by three times than who comes to the same; a message is no struct, and by hand nothing else can be done.
            least = {} if small or what not in ("encode", "decode") else dict.fromkeys(
                ("cereal", "boost_serialization", "flatbuffers", "msgpack", "protobuf"), 3)
            peer = "memcpy" if small else "annals"
            if not figures.has(f"{what}_{event}", peer):
                peer = "flatbuffers"
            yield from compared(figures, f"{words}, {size}", f"{what}_{event}", "ns/event", peer,
                                {"annals": 1.1} if small and what != "sum" else {}, scale, least)
        for what, words in CODEC.items():
            yield from compared(figures, f"instructions, {words}, {size}", f"instructions_{what}_{event}", "/event",
                                "memcpy" if small else "annals", {}, 1 / 1024)
        yield from compared(figures, f"size, {size}", f"size_{event}", "bytes", "annals", {}, 1 / 1024)
    for _, contestant in (held for held in figures.values if held[0] == "absent"):
        yield Row("codec", contestant, 0, "", end="absent")


def durable_append_rows(figures):
    """Rates, and how many times this library's time a peer takes."""
    for size in (64, 1024):
        for kind, words in DURABLE_APPENDS:
            claim, at_once = f"append_{size}_{kind}", int(kind.split("_")[0])
            for name in figures.contestants(claim):
                rate = 1e9 / figures.median(claim, name)
                yield Row(f"durable append, {size} bytes, {words}", name, rate * at_once,
                          "events/s" if at_once == 1 else f"events/s, {rate:.0f} appends/s",
                          figures.ratio(claim, name, "annals"), least=DURABLE_BARS.get(kind, {}).get(name))
        alone, together = f"append_{size}_1", f"append_{size}_1_threads_64"
        for name in figures.contestants(alone):
            if name == "raw_file":
                continue  # there the threads are one
            yield Row(f"64 threads beside one, {size} bytes", name, 1e9 / figures.median(together, name), "events/s",
                      figures.ratio(alone, name, name, of_peer=together), least=10 if name == "annals" else None)
        for counter, words in (("half_wait", "half of them"), ("long_wait", "99 %")):
            for name in figures.contestants(alone):
                yield Row(f"durable append, {size} bytes, {words} within", name,
                          figures.median(f"{counter}_{alone}", name) / 1e3, "us")


def durable_replay_rows(figures):
    scale = 1 / figures.median("events", "durable")
    for mix, words in MIXES.items():
        for peer, least in (("lmdb", 2), ("sqlite", 8), ("rocksdb", None)):
            yield from compared(figures, f"replay from files, {words}", f"replay_durable_{mix}_{peer}", "ns/event", "annals",
                                {}, scale, {peer: least})
        yield from compared(figures, f"replay from files, {words}", f"replay_durable_{mix}_memory_log", "ns/event",
                            "memory_log", {"annals": 1.5}, scale)
    yield Row("to open that log", "annals", figures.median("opening_replay_durable_eight_types_lmdb", "annals") / 1e6, "ms",
              bar=100)
    yield Row("to open a log of many streams", "annals", figures.median("opening_streams", "annals") / 1e6, "ms")
    yield Row("memory for many streams", "annals", figures.median("bytes_of_a_stream", "annals"), "bytes/stream")


def read_rows(figures):
    scale, instructions = 1 / figures.median("events", "catch_up"), 1 / figures.median("events", "instructions")
    for what, words in CATCH_UPS.items():
        yield from compared(figures, f"catch-up of four, {words}", f"catch_up_{what}", "ns/event", "hand_fused",
                            {"subscription": 1.1}, scale)
    yield from compared(figures, "instructions of a catch-up", "instructions_catch_up", "/event", "hand_fused",
                        {"subscription": 1.1}, instructions)
    for claim, words in (("live", "half of them"), ("long_wait_live", "99.9 %")):
        yield from compared(figures, f"append to handler, {words} within", claim, "us", "hand_over", {}, 1e-3)
    yield from compared(figures, "the append's own part of it", "call_live", "us", "hand_over", {}, 1e-3)
    yield from compared(figures, "load of a long stream", "load", "us", "stream_of_100", {}, 1e-3)
    yield from compared(figures, "first time in the past", "first_when", "ns/event", "hand_written_search", {"first_when": 1.1},
                        1 / figures.median("events", "past"))
    for claim, words in (("decisions_in_memory", "in memory"), ("decisions_in_files", "in files, durable")):
        yield from compared(figures, f"decision over several streams, {words}", claim, "us", "plain_appends", {"decider": 2}, 1e-3)
    yield from compared(figures, "instructions of that search", "instructions_first_when", "/event", "hand_written_search", {},
                        instructions)


def engine_rows(figures):
    """This library's log on an engine beside the engine alone: rates, and times of one append."""
    for engine, title in ENGINES.items():
        for claim, words in ((f"latency_{engine}", "half of them"), (f"long_latency_{engine}", "99 %")):
            yield from compared(figures, f"{title}, one append, {words} within", claim, "us", engine, {"annals": 1.2}, 1e-3)
        for claim, contestant in figures.values:
            kind, *rest = claim.split("_")
            if kind not in ("append", "replay") or rest[:1] != [engine]:
                continue
            clients = "one client" if rest[-1] == "1" else f"{rest[-1]} clients"
            what = f"appends of {rest[1]}" if kind == "append" else "replay"
            ours = contestant == "annals"
            yield Row(f"{title}, {what}, {clients}", contestant, 1e9 / figures.median(claim, contestant), "events/s",
                      figures.ratio(claim, engine, contestant), least=0.9 if ours else None)


def rows(figures):
    events = figures.median("events", "replay")
    for pattern, words in PATTERNS.items():
        yield from compared(figures, f"replay, {words}", f"replay_{pattern}", "ns/event", "hand_written_switch",
                            {"memory_log": 1.05}, 1 / events)
    for pattern, words in PATTERNS.items():
        yield from compared(figures, f"three projections, {words}", f"fused_{pattern}", "ns/event", "hand_fused_switch",
                            {"memory_log_fused": 1.05}, 1 / events)
    counted = figures.median("events", "instructions")
    for pattern, words in PATTERNS.items():
        yield from compared(figures, f"instructions, {words}", f"instructions_{pattern}", "/event", "hand_written_switch",
                            {"memory_log": 1.02}, 1 / counted)
        yield from compared(figures, f"instructions of three, {words}", f"instructions_fused_{pattern}", "/event",
                            "hand_fused_switch", {"memory_log_fused": 1.02}, 1 / counted)
    for contestant in ("memory_log", "memory_log_fused"):
        yield Row("allocations of a replay", contestant, figures.median("allocations_replay", contestant), "", bar=0)
    yield from compared(figures, "replay with upcasts", "upcast", "ns/event", "hand_written_switch", {"memory_log": 1.05},
                        1 / figures.median("events", "upcast"))
    yield from compared(figures, "instructions with upcasts", "instructions_upcast", "/event", "hand_written_switch",
                        {"memory_log": 1.02}, 1 / counted)
    yield from codec_rows(figures)
    for claim, words in JSON.items():
        yield from compared(figures, words, claim, "ns/event", "boost_json", {"annals": 1}, 1 / figures.median("events", "json"))
    for length in LENGTHS:
        claim = f"handle_{length}"
        yield from compared(figures, f"command, stream of {length}", claim, "ns", "hand_written_map", {})
        ours, growth = (sum(figures.values[f"allocations_{claim}", who].values()) for who in ("repository", "append_alone"))
        rounds = len(figures.values[f"allocations_{claim}", "repository"])
        yield Row(f"allocations, stream of {length}", "append_alone", growth / rounds, "/command")
        yield Row(f"allocations, stream of {length}", "repository", ours / rounds, "/command")
        yield Row(f"allocations, stream of {length}", "beyond the log's growth", (ours - growth) / rounds, "/command", bar=0)
        yield Row(f"allocations, stream of {length}", "refused", figures.median(f"allocations_refuse_{length}", "repository"),
                  "/command", bar=0)
    yield from durable_append_rows(figures)
    yield from durable_replay_rows(figures)
    yield from read_rows(figures)
    yield from engine_rows(figures)
    yield from compared(figures, "to include", "include", "ms", "string", {"annals": 3})
    for count in COUNTS:
        bars = {64: {"annals": 1 / 2}, 256: {"annals": 1 / 8}}.get(count, {})
        yield from compared(figures, f"to compile {count} types", f"compile_{count}", "ms", "variant_visit", bars)
    for count in COUNTS[1:]:
        growth = figures.per_type(count) / figures.per_type(256)
        yield Row(f"a type of {count}, headers apart", "annals", figures.per_type(count), "ms", growth, 1.25 if count == 1000 else None)
    yield from compared(figures, "to include a codec", "codec_0", "ms", "cereal", {})
    yield from compared(figures, "to compile codecs of 256 events", "codec_256", "ms", "cereal", {"annals": 1})
    yield Row("codecs of 256 events, in all", "annals", figures.median("codec_256", "annals"), "ms", bar=4000)
    yield from compared(figures, "lines of an error", "error_length", "", "variant_visit", {})
