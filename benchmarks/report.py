"""Prints what was measured and draws the charts: `report.py CHARTS COMPILER=FILE…`."""
import os
import sys

from charts import draw_all
from claims import Figures, rows


def number(value):
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.2f}" if value >= 0.01 else f"{value:.5f}"


def median_of(row):
    if row.end == "failed":
        return "does not compile"
    if row.end == "absent":
        return "not to be had"
    return f"{'> ' if row.end else ''}{number(row.median)} {row.unit}".strip()


def bar_of(row):
    if row.least is not None:
        return f">= {row.least:g}"
    return "" if row.bar is None else f"{row.bar:g}"


def print_table(figures):
    heads = ("claim", "compiler", "contestant", "median", "ratio", "bar", "")
    table = [heads]
    for compiler, measured in figures.items():
        for row in rows(measured):
            table.append((row.claim, compiler, row.contestant, median_of(row),
                          "" if row.ratio is None or row.end == "failed" else f"{row.ratio:.3f}",
                          bar_of(row), row.verdict))
    widths = [max(len(line[column]) for line in table) for column in range(len(heads))]
    for line in table:
        print("  ".join(cell.rjust(width) if column in (3, 4, 5) else cell.ljust(width)
                        for column, (cell, width) in enumerate(zip(line, widths))).rstrip())


def main(charts, *files):
    figures = {}
    for each in files:
        compiler, path = each.split("=", 1)
        figures[compiler] = Figures(path)
    print_table(figures)
    os.makedirs(charts, exist_ok=True)
    draw_all(charts, figures)


if __name__ == "__main__":
    main(*sys.argv[1:])
