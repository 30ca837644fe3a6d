# What the test asks of the program, and of git. Sourced by test.sh, which sets `program` and `scratch`.

checks=0
failures=0

section() { echo "-- $1"; }

# check NAME COMMAND...: counts, and complains if the command fails.
check() {
    local name=$1
    shift
    checks=$((checks + 1))
    "$@" && return 0
    failures=$((failures + 1))
    echo "FAILED: $name"
    return 1
}

# ask ARGUMENT...: runs the program, in the environment that `surroundings` names, with what `log_options` says; its output is
# in $scratch/out and $scratch/err, its exit status in $status.
surroundings=()
log_options=()
ask() {
    env "${surroundings[@]}" "$program" "${log_options[@]}" "$@" >"$scratch/out" 2>"$scratch/err"
    status=$?
}

succeeded() { check "$1: exit status $status: $(cat "$scratch/err")" [ $status -eq 0 ]; }

same() { check "$1: not as expected (<)" diff "$2" "$3"; }

contains_line() { check "$1: no line like $2 in: $(cat "$3")" grep -Eq "$2" "$3"; }

# fails WORDS ARGUMENT...: a clear error on standard error, nothing on standard output, exit status 2.
fails() {
    local words=$1
    shift
    ask "$@"
    check "$*: exit status $status instead of 2" [ $status -eq 2 ]
    check "$*: standard output is not empty" [ ! -s "$scratch/out" ]
    check "$*: the error does not say '$words' but: $(</"$scratch/err")" eval "[[ \$(<'$scratch/err') =~ \$words ]]"
}

# same_tree REPOSITORY COMMIT
same_tree() {
    ask "$1" tree --at "$2"
    succeeded "tree --at $2"
    git -C "$1" -c core.quotePath=true ls-tree -r --full-tree "$2" >"$scratch/expected"
    same "tree --at $2" "$scratch/expected" "$scratch/out"
}

every_tree() {
    local commit
    while read -r commit; do same_tree "$1" "$commit"; done < <(git -C "$1" rev-list --first-parent HEAD)
}

same_difference() {
    ask "$1" diff "$2" "$3"
    succeeded "diff $2 $3"
    git -C "$1" -c core.quotePath=true diff-tree -r --no-renames --ignore-submodules=none "$2" "$3" >"$scratch/expected"
    same "diff $2 $3" "$scratch/expected" "$scratch/out"
}

# Neighbours in both directions, the ends, and a commit with itself.
every_difference() {
    local before= commit first
    first=$(git -C "$1" rev-list --first-parent HEAD | tail -n 1)
    while read -r commit; do
        if [ -n "$before" ]; then
            same_difference "$1" "$before" "$commit"
            same_difference "$1" "$commit" "$before"
        fi
        before=$commit
    done < <(git -C "$1" rev-list --first-parent HEAD)
    same_difference "$1" "$first" HEAD
    same_difference "$1" HEAD "$first"
    same_difference "$1" HEAD HEAD
}

# The changes of the first-parent history, a line each.
raw_log() {
    git -C "$1" log --first-parent -m --no-renames --format= --raw --ignore-submodules=none HEAD --
}

same_history() {
    ask "$1" history "$2"
    succeeded "history $2"
    sed -E 's/^([0-9a-f]{10} [^ ]+) .* by (.*)$/\1 \2/' "$scratch/out" >"$scratch/actual"
    GIT_LITERAL_PATHSPECS=1 git -C "$1" log --first-parent -m --no-renames --reverse --format='%H %cI %an <%ae>' HEAD -- "$2" \
        | sed -E 's/^([0-9a-f]{10})[0-9a-f]*/\1/' >"$scratch/expected"
    same "history $2" "$scratch/expected" "$scratch/actual"
}

same_authors() {
    ask "$1" authors
    succeeded "authors"
    sed -E 's/^ *([0-9]+) +[0-9]+  /\1 /' "$scratch/out" >"$scratch/actual"
    git -C "$1" log --first-parent --encoding=UTF-8 --format='%an <%ae>' HEAD -- \
        | sort | uniq -c | sed -E 's/^ *([0-9]+) /\1 /' | sort -s -k1,1nr >"$scratch/expected"
    same "authors" "$scratch/expected" "$scratch/actual"
    local changes
    changes=$(awk '{ sum += $2 } END { print sum }' "$scratch/out")
    check "authors: $changes changes in all" [ "$changes" -eq "$(raw_log "$1" | grep -c '^:')" ]
}

# The twenty highest counts, each of them right for its path.
same_busiest() {
    ask "$1" busiest
    succeeded "busiest"
    raw_log "$1" | sed -n 's/^:.*\t//p' >"$scratch/changed"
    sort "$scratch/changed" | uniq -c | awk '{ print $1 }' | sort -nr | head -n 20 >"$scratch/expected"
    awk '{ print $1 }' "$scratch/out" >"$scratch/actual"
    same "busiest: counts" "$scratch/expected" "$scratch/actual"
    local line path
    while IFS= read -r line; do
        path=${line:10}
        check "busiest: $line" [ "$((${line:0:8}))" -eq "$(grep -cxF -e "$path" "$scratch/changed")" ]
    done <"$scratch/out"
}

report() {
    echo "$checks checks, $failures failures"
    [ $failures -eq 0 ]
}
