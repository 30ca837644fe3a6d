"""Measures what programs take to compile: `measure.py COMPILER INCLUDE_FOLDER ROUNDS PATIENCE`.

Prints a line for each compilation, like the other benchmarks: CLAIM <tab> CONTESTANT <tab> ROUND <tab> MILLISECONDS of
processor time, user and system. In each round the contestants are compiled one behind the other, at -O2 as the other
benchmarks are, with the compiler's default limits. Who takes longer than PATIENCE seconds is stopped; that is then the
value, which is too low, and a line with the claim `stopped_CLAIM` says so; `failed_CLAIM` says that a contestant came up
against one of the compiler's limits. For this library that ends the measurement.
"""
import os
import resource
import subprocess
import sys
import tempfile

from generate import CODECS, CONTESTANTS

HEADERS = {"nothing": "", "string": "#include <string>\n", "annals": "#include <annals/annals.hpp>\n"}


def processor_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compile_once(compiler, includes, text, folder, patience):
    """Milliseconds, and how it ended: "", "stopped" or "failed"."""
    path = os.path.join(folder, "program.cpp")
    with open(path, "w") as out:
        out.write(text)
    command = ["timeout", "--signal=KILL", str(patience), compiler, "-std=c++20", "-O2", "-I", includes, "-c", path, "-o", os.devnull]
    before = processor_time()
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode in (124, 137, -9):
        return patience * 1000.0, "stopped"
    if done.returncode != 0:
        print(f"{compiler}: {done.stderr.splitlines()[-1][:200]}", file=sys.stderr)
        return (processor_time() - before) * 1000.0, "failed"
    return (processor_time() - before) * 1000.0, ""


def claims():
    yield "include", dict(HEADERS)
    for count in (0, 8, 64, 256, 1000):
        yield f"compile_{count}", {name: write(count) for name, write in CONTESTANTS.items()}
    for count in (0, 256):
        yield f"codec_{count}", {name: write(count) for name, write in CODECS.items()}


def main(compiler, includes, rounds, patience):
    stopped = set()  # and failed
    with tempfile.TemporaryDirectory() as folder:
        for claim, programs in claims():
            order = list(programs)
            # The longest ones are less noisy, and there is other work to do.
            for turn in range(rounds if claim not in ("compile_256", "compile_1000", "codec_256") else min(rounds, 3)):
                for name in order[turn % len(order):] + order[:turn % len(order)]:
                    if (claim, name) in stopped:
                        continue
                    value, end = compile_once(compiler, includes, programs[name], folder, patience)
                    if end == "failed" and name == "annals":
                        sys.exit(f"{compiler} does not compile {claim}")
                    if end:
                        stopped.add((claim, name))
                        print(f"{end}_{claim}\t{name}\t{turn}\t1")
                    print(f"{claim}\t{name}\t{turn}\t{value:.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
