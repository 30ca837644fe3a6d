#!/usr/bin/env bash
# Tries every code block of the README: check.sh PROJECT SCRATCH COMPILER FLAG…
#
#   cpp     a program that compiles with these flags and runs
#   diff    a line `-…` that is taken out of the first program, which then does not compile, …
#   text    … with these as the compiler's lines, from the first on; a line `…` stands for some; line numbers may differ
#   cmake   the lines that let a project use annals
#   sh      commands that are there; those of the examples are run
#   mermaid a picture
set -euo pipefail
export LC_ALL=C

project=$1 scratch=$2
shift 2
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"

# Each block into a file of its own, as 01.cpp.
awk '/^```[a-z]+$/ && !inside { inside = 1; name = sprintf("%02d.%s", ++count, substr($0, 4)); printf "" >name; next }
     /^```$/ && inside { inside = 0; close(name); next }
     /^```/ { print "not a block of a known kind, at line " NR; exit 1 }
     inside { print >name }
     END { if (inside) { print "a block without an end"; exit 1 } }' "$project/README.md"

fail() {
    echo "$1"
    exit 1
}

# Line numbers and columns change with every edit of a header.
without_numbers() { sed -E 's/:[0-9]+:([0-9]+:)?/:/g' "$1"; }

# True if the lines of one file stand in another one, in this order; next to each other, but for a line `…` between them.
follows() {
    awk 'NR == FNR { line[++lines] = $0; next }
         { if (line[at + 1] == "…") { at++; skipping = 1 }
           if ($0 == line[at + 1]) { at++; skipping = 0 } else if (at < lines && !skipping) exit }
         END { exit at != lines }' "$1" "$2"
}

first=
for block in *.*; do
    case "$block" in
        *.cpp)
            [ -n "$first" ] || first=$block
            "$@" -o "${block%.cpp}" "$block" || fail "does not compile: $block"
            "./${block%.cpp}" || fail "fails: $block"
            ;;
        *.diff)
            grep -q '^-' "$block" && ! grep -vq '^-' "$block" || fail "takes nothing out of the program: $block"
            sed 's/^-//' "$block" >lines
            grep -vxF -f lines "$first" >account.cpp
            [ "$(($(wc -l <account.cpp) + $(wc -l <lines)))" -eq "$(wc -l <"$first")" ] || fail "is not in the program: $block"
            ! "$@" -fsyntax-only account.cpp 2>said || fail "compiles: $first without $block"
            ;;
        *.text)
            sed "s#$project/##g" said >said_here
            follows <(without_numbers "$block") <(without_numbers said_here) || { cat said_here && fail "is not what the compiler says: $block"; }
            ;;
        *.cmake)
            mkdir used
            ln -s "$project" used/annals
            { echo 'cmake_minimum_required(VERSION 3.23)'; echo 'project(used CXX)'; echo "add_executable(my_program ../$first)"; cat "$block"; } >used/CMakeLists.txt
            { cmake -G Ninja -S used -B used/build "-DCMAKE_CXX_COMPILER=$1" && cmake --build used/build; } >used/said 2>&1 ||
                { cat used/said && fail "cannot be used as in $block"; }
            used/build/my_program >used/said || fail "fails: my_program"
            ;;
        *.sh)
            [ -d home ] || git clone -q "$project" home/my/repository    # `~/my/repository`, for the README
            while read -r command arguments; do
                [ "$command" = git ] || [ "$command" = cd ] && continue
                [ -x "$project/$command" ] || fail "is not there: $command"
                case "$command" in *examples/run) (cd "$project" && HOME=$scratch/home && eval "$command ${arguments%%#*}") >ran || fail "fails: $command $arguments" ;; esac
            done <"$block"
            ;;
        *.mermaid) ;;
        *) fail "not a block of a known kind: $block" ;;
    esac
done
