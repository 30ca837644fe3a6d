#!/usr/bin/env bash
# Compares git_history with git itself, on repositories made here with every odd case, and on the project's own.
#
#   test.sh PROGRAM [REPOSITORY]
#   ENGINES='PLACE…' test.sh PROGRAM    only that a log may be there
#
# A repository that is named must be one of its own; where it is none, that part is left out, and says so.
set -u
export LC_ALL=C

program=$(realpath "$1")
project=${2:-}
here=$(dirname "$(realpath "$0")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. "$here/test/checks.sh"
. "$here/test/odd_repository.sh"
. "$here/test/kept_log.sh"

# The project's own repository, before anything is changed about how git is configured: it may need that to be read.
own_repository() {
    local top
    if [ -z "$project" ] || ! top=$(git -C "$project" rev-parse --show-toplevel 2>"$scratch/err"); then
        echo "left out: the project is not in a git repository"
    elif [ "$(realpath "$top")" != "$(realpath "$project")" ]; then
        echo "left out: the project is a folder of another repository"
    elif ! git -C "$project" rev-parse --quiet --verify HEAD >"$scratch/out"; then
        echo "left out: the project's repository has no commits"
    else
        section "the project's own repository: every 50th commit and the last"
        git -C "$project" rev-list --first-parent --reverse HEAD >"$scratch/own"
        while read -r commit; do same_tree "$project" "$commit"; done < <(awk 'NR % 50 == 0 { print; shown = $0 } END { if ($0 != shown) print }' "$scratch/own")
    fi
}
[ -n "${ENGINES-}" ] || own_repository

# From here on nobody's configuration counts, and no repository around the scratch folder is found.
export HOME=$scratch XDG_CONFIG_HOME=$scratch GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_CEILING_DIRECTORIES=$scratch
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

odd=$scratch/odd
make_odd_repository "$odd" sha1

# On the engines that ENGINES names, such as servers that were started for this, and on nothing else.
if [ -n "${ENGINES-}" ]; then
    section "a log on an engine"
    for place in $ENGINES; do test_place "$place"; done
    report
    exit
fi

section "trees: every commit of the odd repository"
every_tree "$odd"
ask "$odd" tree
succeeded "tree without a commit"
git -C "$odd" -c core.quotePath=true ls-tree -r HEAD >"$scratch/expected"
same "the tree at HEAD" "$scratch/expected" "$scratch/out"

section "ways to name a commit"
git -C "$odd" tag -a -m tag annotated HEAD~3
for name in HEAD~2 main annotated "$(git -C "$odd" rev-parse --short=8 HEAD~5)" ":/second" "main@{0}" "HEAD^0"; do
    ask "$odd" tree --at "$name"
    succeeded "tree --at $name"
    git -C "$odd" -c core.quotePath=true ls-tree -r "$(git -C "$odd" rev-parse "$name")" >"$scratch/expected"
    same "tree --at $name" "$scratch/expected" "$scratch/out"
done

section "dates"
# A commit whose date is broken was made at no time that anybody can ask for.
git -C "$odd" log --first-parent --reverse --format='%H %ct %cI' | awk '$2 ~ /^[0-9]+$/ && length($2) < 12' >"$scratch/line"
while read -r commit seconds date; do
    expected=$(awk -v until="$seconds" '$2 <= until { last = $1 } END { print last }' "$scratch/line")
    ask "$odd" tree --as-of "$date"
    succeeded "tree --as-of $date ($commit)"
    git -C "$odd" -c core.quotePath=true ls-tree -r "$expected" >"$scratch/expected"
    same "tree --as-of $date" "$scratch/expected" "$scratch/out"
done <"$scratch/line"
for date in 2020-01-01T00:00:30Z 2020-01-01T02:00+02:00 2019-12-31T19:00-05:00 2020-01-02 2999-12-31T23:59:59; do
    expected=$(awk -v until="$(date -u -d "$date" +%s)" '$2 <= until { last = $1 } END { print last }' "$scratch/line")
    ask "$odd" tree --as-of "$date"
    succeeded "tree --as-of $date"
    git -C "$odd" -c core.quotePath=true ls-tree -r "$expected" >"$scratch/expected"
    same "tree --as-of $date" "$scratch/expected" "$scratch/out"
done

section "differences"
every_difference "$odd"

section "history of a file"
while IFS= read -r -d '' path; do same_history "$odd" "$path"; done < <(printf 'changing\0' && odd_paths)
ask "$odd" history changing
succeeded "history changing"
# Newer versions of git write UTC as Z.
sed -E 's/^[0-9a-f]{10} //; s/ by .*//; s/^([^ ]*)Z /\1+00:00 /' "$scratch/out" >"$scratch/actual"
cat >"$scratch/expected" <<'END'
2020-01-01T00:01:00+00:00 added (100644)
2020-01-01T00:02:00+00:00 modified (100644)
2020-01-01T00:03:00+00:00 mode changed (100755)
2020-01-01T00:04:00+00:00 mode changed (100644)
2020-01-01T00:05:00+00:00 modified (100755)
2020-01-01T00:06:00+00:00 type changed (120000)
2020-01-01T00:07:00+00:00 modified (120000)
2020-01-01T00:08:00+00:00 type changed (160000)
2020-01-01T00:09:00+00:00 type changed (100644)
2020-01-01T00:10:00+00:00 removed
2020-01-01T00:11:00+00:00 added (100755)
END
same "what happened to a file" "$scratch/expected" "$scratch/actual"

section "authors and the busiest files"
same_authors "$odd"
same_busiest "$odd"
ask "$odd" authors && cp "$scratch/out" "$scratch/expected"
ask "$odd" busiest && cat "$scratch/out" >>"$scratch/expected"
ask "$odd" authors busiest
same "both from one pass" "$scratch/expected" "$scratch/out"

section "the summary"
ask "$odd" tree
commits=$(git -C "$odd" rev-list --first-parent --count HEAD)
events=$((commits + $(raw_log "$odd" | grep -c '^:')))
contains_line "the summary" "^$commits commits, $events events in [0-9]+\.[0-9]+ s \([0-9]+ events/s\)$" "$scratch/err"

section "other kinds of repositories"
git clone -q --bare "$odd" "$scratch/bare" 2>"$scratch/err"
every_tree "$scratch/bare"
git clone -q --bare --depth 5 "file://$odd" "$scratch/shallow" 2>"$scratch/err"
every_tree "$scratch/shallow"
git -C "$scratch/bare" update-ref --no-deref HEAD "$(git -C "$odd" rev-parse HEAD~4)"
every_tree "$scratch/bare"
if git init -q --object-format=sha256 "$scratch/probe" 2>"$scratch/err"; then
    make_odd_repository "$scratch/odd256" sha256
    every_tree "$scratch/odd256"
    every_difference "$scratch/odd256"
else
    echo "left out: this git knows no SHA-256 repositories"
fi
mkdir "$scratch/-odd" && git clone -q --bare "$odd" "$scratch/-odd/-name with space" 2>"$scratch/err"
cd "$scratch/-odd" && ask "-name with space" tree && succeeded "a repository whose name begins with a dash"
cd "$scratch" || exit 1

git init -q -b main "$scratch/empty"
for question in tree authors busiest; do
    ask "$scratch/empty" $question
    succeeded "$question of an empty repository"
    same "$question of an empty repository" /dev/null "$scratch/out"
done
fails "names no commit" "$scratch/empty" tree --at HEAD
fails "nothing was committed" "$scratch/empty" tree --as-of 2030-01-01
fails "no commit ever held" "$scratch/empty" history file

section "configuration and environment that would change what git says"
write_hostile_configuration "$scratch/hostile"
surroundings=("GIT_CONFIG_GLOBAL=$scratch/hostile" "GIT_DIR=$scratch/empty/.git" "GIT_INDEX_FILE=$scratch/none"
    GIT_LITERAL_PATHSPECS=1 GIT_EXTERNAL_DIFF=false LC_ALL=C LANG=C)
every_tree "$odd"
same_authors "$odd"
same_busiest "$odd"
mkdir "$odd/very"
same_tree "$odd/very" HEAD    # asked in a folder of the repository, about all of it
surroundings=()

section "a log that is kept: imports that are killed"
test_killed_imports
section "a log that is kept: a repository that grows"
test_growing_repository
section "a log that is kept: another repository, or rewritten history"
test_foreign_and_rewritten
section "a log that is kept: where it cannot be"
test_no_place

section "a log that is kept: on an engine"
ask --log "sqlite:$scratch/odd.db" "$odd" tree
if grep -q "this program was built without" "$scratch/err"; then
    echo "left out: $(cat "$scratch/err")"
else
    rm -f "$scratch/odd.db"*
    test_place "sqlite:$scratch/odd.db"
fi

section "what cannot be answered"
fails "usage"
fails "usage" "$odd"
fails "no question" "$odd" forest
fails "no question" "$odd" tree --at
fails "no question" "$odd" tree --on HEAD
fails "no question" "$odd" tree HEAD HEAD
fails "no question" "$odd" diff HEAD
fails "no question" "$odd" history
fails "no question" "$odd" ""
for name in nonsense "" --help -x HEAD~9999 0000000000000000000000000000000000000000 HEAD:changing HEAD..main abc; do
    fails "names no commit|not on the first-parent line" "$odd" tree --at "$name"
    fails "names no commit|not on the first-parent line" "$odd" diff HEAD "$name"
done
fails "not on the first-parent line" "$odd" tree --at side
for date in "" now 2020 2020-13-01 2020-02-30 2020-01-01T24:00 2020-01-01T10 2020-01-01T10:00:00+1 2020-01-01x; do
    fails "not a date" "$odd" tree --as-of "$date"
done
fails "nothing was committed" "$odd" tree --as-of 1969-12-31
fails "no commit ever held" "$odd" history no/such/file
fails "no commit ever held" "$odd" history ""
fails "no commit ever held" "$odd" history folder
mkdir "$scratch/plain" && echo text >"$scratch/file"
for path in "$scratch/plain" "$scratch/file" "$scratch/missing" ""; do fails "not a git repository" "$path" tree; done

make_ambiguous_repository "$scratch/ambiguous"
fails "or more than one" "$scratch/ambiguous" tree --at "$ambiguous_prefix"

git clone -q --bare --no-local "$odd" "$scratch/broken" 2>"$scratch/err"
(cd "$scratch/broken" && mv objects/pack/*.pack "$scratch" && git unpack-objects -q <"$scratch"/*.pack)
tree=$(git -C "$scratch/broken" rev-parse 'HEAD~3^{tree}')
rm -f "$scratch/broken/objects/${tree:0:2}/${tree:2}" "$scratch"/broken/objects/pack/*.idx
fails "could not tell the history" "$scratch/broken" tree

surroundings=("PATH=$scratch")
fails "git cannot be run" "$odd" tree
surroundings=()
if [ -w /dev/full ]; then
    "$program" "$odd" tree >/dev/full 2>"$scratch/err"
    check "an answer that cannot be written is a failure" [ $? -eq 1 ]
fi

"$program" --help >"$scratch/out" 2>"$scratch/err"
check "--help succeeds" [ $? -eq 0 ]
contains_line "--help is about questions" "^usage: git_history" "$scratch/out"

report
