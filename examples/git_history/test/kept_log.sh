# A log that is kept: imports that are killed, repositories that grow, and logs that do not belong to them. Sourced by test.sh.

# keep DIRECTORY: what is asked from here on is asked of the log in this directory. Without: of no log that is kept.
keep() {
    log_options=()
    [ $# -eq 0 ] || log_options=(--log "$1")
}

# said_to_be_there COUNT: the last answer found this many commits in the log.
said_to_be_there() { contains_line "commits that were there" "; $1 commits were there already\$" "$scratch/err"; }

# same_as_in_memory DIRECTORY REPOSITORY QUESTION...: an answer from the log in the directory is one without it, byte for byte.
same_as_in_memory() {
    local directory=$1
    shift
    keep
    ask "$@"
    cp "$scratch/out" "$scratch/in_memory"
    keep "$directory"
    ask "$@"
    keep
    succeeded "$* with a log"
    same "$* with a log" "$scratch/in_memory" "$scratch/out"
}

# make_busy_repository PATH: 250 commits with 60 changes each, among 400 files.
make_busy_repository() {
    git init -q --bare -b main "$1"
    awk 'BEGIN {
        for (commit = 1; commit <= 250; ++commit) {
            printf "commit refs/heads/main\ncommitter Author %d <a@example.org> ", commit % 9
            printf "%d +0000\ndata 1\nm\n", 1577836800 + 60 * commit
            for (change = 0; change < 60; ++change)
                printf "M 100644 inline folder-%d/%d\ndata 8\n%08d\n",
                       change % 7, (commit * 37 + change * 5) % 400, commit * 100 + change
        }
    }' | git -C "$1" fast-import --quiet
}

# move_head REPOSITORY COMMIT: its HEAD is there from now on, on no branch.
move_head() { git -C "$1" update-ref --no-deref HEAD "$(git -C "$1" rev-parse "$2")"; }

# An import that is killed at random moments, while commits come to the repository.
test_killed_imports() {
    local log=$scratch/killed.log begun microseconds seed=${SEED:-$RANDOM$RANDOM} killed=0 back import question
    make_busy_repository "$scratch/busy"
    begun=$EPOCHREALTIME
    ask "$scratch/busy" authors
    microseconds=$((${EPOCHREALTIME/./} - ${begun/./}))
    RANDOM=$seed
    for back in 200 150 150 100 50 50 0 0; do
        move_head "$scratch/busy" "main~$back"
        "$program" --log "$log" "$scratch/busy" authors >"$scratch/import.out" 2>"$scratch/import.err" &
        import=$!
        sleep "$(awk -v all="$microseconds" -v part="$RANDOM" 'BEGIN { printf "%.6f", all / 1e6 * part / 32768 / 3 }')"
        kill -9 $import 2>/dev/null
        wait $import 2>/dev/null
        [ $? -ne 137 ] || killed=$((killed + 1))
    done
    echo "killed $killed imports, seed $seed"
    check "an import was killed" [ $killed -gt 0 ]
    for question in tree authors busiest "diff HEAD~200 HEAD~3" "diff HEAD HEAD~249" "history folder-0/5" "tree --at HEAD~77"; do
        same_as_in_memory "$log" "$scratch/busy" $question
    done
    said_to_be_there 250
    keep "$log"
    same_tree "$scratch/busy" HEAD
    same_tree "$scratch/busy" HEAD~100
    same_authors "$scratch/busy"
    keep
}

# The odd repository grows between imports, each of which brings only what is new.
test_growing_repository() {
    local back before=0 commits
    git clone -q --bare "$odd" "$scratch/growing" 2>"$scratch/err"
    keep "$scratch/growing.log"
    for back in 38 37 30 20 19 7 1 0; do
        move_head "$scratch/growing" "main~$back"
        ask "$scratch/growing" tree
        succeeded "the tree, $back commits ago"
        commits=$(git -C "$scratch/growing" rev-list --first-parent --count HEAD)
        contains_line "the summary" "^$((commits - before)) commits, " "$scratch/err"
        [ $before -eq 0 ] || said_to_be_there $before
        before=$commits
        git -C "$scratch/growing" -c core.quotePath=true ls-tree -r HEAD >"$scratch/expected"
        same "the tree, $back commits ago" "$scratch/expected" "$scratch/out"
    done
    every_tree "$scratch/growing"
    same_authors "$scratch/growing"
    same_busiest "$scratch/growing"
    while IFS= read -r -d '' path; do same_history "$scratch/growing" "$path"; done < <(printf 'changing\0' && odd_paths)
    keep
    same_as_in_memory "$scratch/growing.log" "$scratch/growing" history changing
    same_as_in_memory "$scratch/growing.log" "$scratch/growing" tree --as-of 2020-01-01T00:20:00Z

    git init -q -b main "$scratch/young"
    same_as_in_memory "$scratch/young.log" "$scratch/young" authors
    git -C "$scratch/young" fetch -q "$odd" main 2>"$scratch/err"
    git -C "$scratch/young" update-ref refs/heads/main FETCH_HEAD
    same_as_in_memory "$scratch/young.log" "$scratch/young" authors
}

# cut_import DIRECTORY REPOSITORY BYTES: an import that is killed when git has told this much of the history.
cut_import() {
    surroundings=("PATH=$scratch/cutting:$PATH" "CUT=$3")
    keep "$1"
    { ask "$2" tree; } 2>/dev/null    # for the shell says that it was killed
    keep
    surroundings=()
    check "killed after $3 bytes" [ $status -eq 137 ]
}
make_cutting_git() {
    mkdir "$scratch/cutting"
    cat >"$scratch/cutting/git" <<END
#!/usr/bin/env bash
case " \$* " in
*" log "*) "$(command -v git)" "\$@" | head -c "\$CUT" && sleep 0.1 && kill -9 \$PPID ;;
*) exec "$(command -v git)" "\$@" ;;
esac
END
    chmod +x "$scratch/cutting/git"
}

# What the log holds is no beginning of what git tells.
test_foreign_and_rewritten() {
    local log=$scratch/rewritten.log repository=$scratch/rewritten whole last cut_off amended head
    local rewritten='the log holds commit .* rewritten.* Name another directory with --log, or remove this one'
    local foreign='the log begins with commit .* another repository.* Name another directory with --log, or remove this one'
    git clone -q --bare "$odd" "$repository" 2>"$scratch/err"

    keep "$log"
    ask "$repository" tree
    move_head "$repository" main~3
    fails "$rewritten" "$repository" tree
    amended=$(author Ann ann@example.org && git -C "$repository" commit-tree -p main~4 -m amended 'main~3^{tree}')
    move_head "$repository" "$amended"
    fails "$rewritten" "$repository" authors
    move_head "$repository" side
    fails "$rewritten" "$repository" authors
    fails "$foreign" "$scratch/busy" tree
    fails "$foreign" "$scratch/empty" tree
    fails "$foreign" "$scratch/shallow" tree
    keep "$scratch/shallow.log"
    ask "$scratch/shallow" tree
    succeeded "a shallow clone"
    fails "$foreign" "$odd" tree
    keep
    move_head "$repository" main
    same_as_in_memory "$log" "$repository" tree    # a refusal changes nothing

    # The commit in which an import was cut off comes back; is rewritten; is gone; comes to hold less.
    make_cutting_git
    cut_import "$scratch/cut.log" "$scratch/busy" 100000
    cp -r "$scratch/cut.log" "$scratch/spare.log"
    same_as_in_memory "$scratch/cut.log" "$scratch/busy" authors busiest
    whole=$(sed -nE 's/.*; ([0-9]+) commits were there already$/\1/p' "$scratch/err")
    check "some commits were there: $whole" [ "${whole:-0}" -gt 5 ]
    last=$(git -C "$scratch/busy" rev-parse "main~$((250 - whole))")
    cut_off=$(git -C "$scratch/busy" rev-parse "main~$((249 - whole))")
    keep "$scratch/spare.log"
    amended=$(git -C "$scratch/busy" commit-tree -p "$last" -m amended "$cut_off^{tree}")
    for head in "$amended" "$last"; do
        move_head "$scratch/busy" "$head"
        fails "the log holds commit $cut_off.* rewritten" "$scratch/busy" tree
    done
    move_head "$scratch/busy" main
    git -C "$scratch/busy" replace "$cut_off" "$(git -C "$scratch/busy" commit-tree -p "$last" -m less "$last^{tree}")"
    fails "the log holds more of commit $cut_off than git tells" "$scratch/busy" tree
    git -C "$scratch/busy" replace -d "$cut_off" >"$scratch/out"
    same_as_in_memory "$scratch/spare.log" "$scratch/busy" authors busiest
    said_to_be_there "$whole"

    # The very first commit was cut off.
    cut_import "$scratch/first.log" "$scratch/busy" 3000
    keep "$scratch/first.log"
    fails "$foreign" "$odd" tree
    fails "$foreign" "$scratch/empty" tree
    same_as_in_memory "$scratch/first.log" "$scratch/busy" authors busiest
}

# What is no place for a log, or is in use.
test_no_place() {
    local import
    mkdir "$scratch/full" && echo text >"$scratch/full/file"
    for path in "$scratch/full" "$scratch/full/file" "$scratch/none/none"; do
        keep "$path"
        fails "the log in .$path. cannot be used" "$odd" tree
    done
    keep
    fails "usage" --log
    fails "usage" --log "$scratch/new.log"
    fails "usage" --log "$scratch/new.log" "$odd"
    fails "usage" --log "" "$odd" tree
    keep "$scratch/new.log"
    fails "no question" "$odd" forest
    fails "names no commit" "$odd" tree --at nonsense
    fails "not a git repository" "$scratch/none" tree
    check "a question that cannot be answered makes no log" [ ! -e "$scratch/new.log" ]

    "$program" --log "$scratch/new.log" "$scratch/busy" tree >"$scratch/import.out" 2>"$scratch/import.err" &
    import=$!
    until [ -s "$scratch/new.log/lock" ] || ! kill -0 $import 2>/dev/null; do sleep 0.005; done
    kill -STOP $import
    fails "the log in .$scratch/new.log. is in use by pid $import on " "$scratch/busy" tree
    kill -CONT $import
    wait $import
    check "the import that was in the way succeeds" [ $? -eq 0 ]
    keep
    same_as_in_memory "$scratch/new.log" "$scratch/busy" authors busiest
}

# test_place PLACE: a log that is kept on an engine, and the import of what came since.
test_place() {
    local place=$1 question
    git clone -q --bare "$odd" "$scratch/engine"
    move_head "$scratch/engine" HEAD~4
    same_as_in_memory "$place" "$scratch/engine" tree
    git -C "$scratch/engine" symbolic-ref HEAD refs/heads/main
    for question in tree authors busiest "tree --at HEAD~2" "diff HEAD~6 HEAD"; do
        same_as_in_memory "$place" "$scratch/engine" $question
    done
    said_to_be_there "$(git -C "$scratch/engine" rev-list --first-parent --count HEAD)"
    rm -rf "$scratch/engine"
}
