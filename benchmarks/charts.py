"""Bar charts as SVG, drawn from the figures: plain text, a rectangle for each bar."""
import os

from claims import CODEC, COUNTS, DURABLE_APPENDS, JSON, LENGTHS, PATTERNS

OURS, PEER = "#2f6f9f", "#b8bec4"
LEFT, BAR_ROOM, WIDTH, STEP = 200, 300, 720, 18


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bar_chart(title, groups):
    """`groups` are (heading, unit, bars); a bar is (label, value, ours, remark). Each group has a scale of its own."""
    lines, y = [], 34
    for heading, unit, bars in groups:
        y += 12
        lines.append(f'<text x="10" y="{y}" class="head">{escaped(heading)}</text>')
        y += 8
        widest = max(value for _, value, _, _ in bars) or 1
        for label, value, ours, remark in bars:
            width = max(value / widest * BAR_ROOM, 1)
            figure = f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
            lines.append(f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escaped(label)}</text>')
            lines.append(f'<rect x="{LEFT}" y="{y + 2}" width="{width:.1f}" height="13" fill="{OURS if ours else PEER}"/>')
            lines.append(f'<text x="{LEFT + width + 6:.1f}" y="{y + 12}">{escaped(" ".join(filter(None, (figure, unit, remark))))}</text>')
            y += STEP
        y += 6
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 6}" viewBox="0 0 {WIDTH} {y + 6}" '
            f'font-family="sans-serif" font-size="12">\n'
            f'<title>{escaped(title)}</title>\n'
            f'<style>text {{ fill: #333 }} .head {{ font-weight: bold }}</style>\n'
            f'<rect width="{WIDTH}" height="{y + 6}" fill="white"/>\n'
            f'<text x="10" y="22" font-size="15" class="head">{escaped(title)}</text>\n')
    return head + "\n".join(lines) + "\n</svg>\n"


def is_ours(contestant):
    return contestant.startswith(("memory_log", "annals", "repository"))


def bars_of(measured, claim, peer, scale=1.0, remarks=None):
    found = []
    for held, contestant in measured.values:
        if held == claim:
            remark = (remarks or {}).get(contestant, "")
            if end := measured.end(claim, contestant):
                remark = "and then does not compile" if end == "failed" else "and then stopped"
            elif contestant != peer and not remark and measured.end(claim, peer) != "failed":
                remark = f"({measured.ratio(claim, contestant, peer):.2f} x)"
            found.append((contestant.replace("_", " "), measured.median(claim, contestant) * scale, is_ours(contestant), remark))
    return found


def replay_chart(figures, kind, peer, title):
    groups = []
    for compiler, measured in figures.items():
        scale = 1 / measured.median("events", "replay")
        for pattern, words in PATTERNS.items():
            groups.append((f"{compiler}: {words}", "ns/event", bars_of(measured, f"{kind}_{pattern}", peer, scale)))
    return bar_chart(title, groups)


def codec_chart(figures):
    groups = []
    for compiler, measured in figures.items():
        for event, size, peer in (("paid", "24 bytes", "memcpy"), ("ordered", "130 bytes", "annals")):
            scale = 1 / measured.median("events", event)
            for what in ("encode", "decode", "decode_reused"):
                groups.append((f"{compiler}: {CODEC[what]}, {size}", "ns", bars_of(measured, f"{what}_{event}", peer, scale)))
    return bar_chart("To encode and to decode an event", groups)


def json_chart(figures):
    groups = []
    for compiler, measured in figures.items():
        scale = 1 / measured.median("events", "json")
        for claim, words in JSON.items():
            groups.append((f"{compiler}: {words}", "ns", bars_of(measured, claim, "boost_json", scale)))
    return bar_chart("An event of 130 bytes and its JSON", groups)


def command_chart(figures):
    groups = []
    for compiler, measured in figures.items():
        for length in LENGTHS:
            allocated = {contestant: f"ns, {measured.median(f'allocations_handle_{length}', contestant):.2f} allocations"
                         for claim, contestant in measured.values if claim == f"handle_{length}"}
            groups.append((f"{compiler}: a stream of {length}", "",
                           bars_of(measured, f"handle_{length}", "hand_written_map", remarks=allocated)))
    return bar_chart("A command on a log of a million events", groups)


def durable_append_chart(figures):
    groups = []
    for compiler, measured in figures.items():
        for kind, words in DURABLE_APPENDS:
            claim, bars = f"append_64_{kind}", []
            for name in measured.contestants(claim):
                remark = "" if name == "annals" else f"({measured.ratio(claim, 'annals', name):.2f} x)"
                rate = 1e9 * int(kind.split("_")[0]) / measured.median(claim, name)
                bars.append((name.replace("_", " "), rate, is_ours(name), remark))
            groups.append((f"{compiler}: {words}", "events/s", bars))
    return bar_chart("Durable appends of 64 bytes: each is synced before it is answered", groups)


def compile_chart(figures):
    groups = []
    for compiler, measured in figures.items():
        groups.append((f"{compiler}: to include", "ms", bars_of(measured, "include", "string")))
        for count in COUNTS:
            groups.append((f"{compiler}: {count} event types", "ms", bars_of(measured, f"compile_{count}", "variant_visit")))
        groups.append((f"{compiler}: codecs of 256 events", "ms", bars_of(measured, "codec_256", "cereal")))
    return bar_chart("Compile time (-O2, processor time)", groups)


def error_chart(figures):
    groups = [(compiler, "lines", bars_of(measured, "error_length", "variant_visit")) for compiler, measured in figures.items()]
    return bar_chart("What the compiler says of an event without a handler", groups)


def draw_all(folder, figures):
    charts = {
        "replay": replay_chart(figures, "replay", "hand_written_switch", "Replay of events of 8 types"),
        "three_projections": replay_chart(figures, "fused", "hand_fused_switch", "Three projections over one log"),
        "codec": codec_chart(figures),
        "json": json_chart(figures),
        "commands": command_chart(figures),
        "durable_appends": durable_append_chart(figures),
        "compile_time": compile_chart(figures),
        "error_length": error_chart(figures),
    }
    for name, text in charts.items():
        with open(os.path.join(folder, name + ".svg"), "w") as out:
            out.write(text)
