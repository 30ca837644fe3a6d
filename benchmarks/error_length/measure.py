"""How much a compiler says about a typical mistake: `measure.py COMPILER INCLUDE_FOLDER`. Prints lines like the other
benchmarks do: CLAIM <tab> CONTESTANT <tab> 0 <tab> LINES."""
import os
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


def main(compiler, includes):
    for name in ("annals", "variant_visit"):
        program = os.path.join(FOLDER, name + ".cpp")
        done = subprocess.run([compiler, "-std=c++20", "-I", includes, "-fsyntax-only", program], stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            sys.exit(f"{compiler} sees no mistake in {name}.cpp")
        print(f"error_length\t{name}\t0\t{len(done.stderr.splitlines())}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
