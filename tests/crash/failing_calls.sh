#!/usr/bin/env bash
# A file log whose calls of the system fail: failing_calls.sh PROGRAM calls|full
# `calls`: each call of each kind fails once, which strace (1) sees to. `full`: files become too long, and a small disk is full.
# PROGRAM is crash_failing_calls; it checks what every append answers and reads, and afterwards, without any failure, what is there.
# Exits with 77 if the system does not let us do that.
set -euo pipefail
program=$(realpath "$1")
part=$2
# In memory, where there is such a place: what is tested is not how fast a disk is.
parent=${TMPDIR:-/tmp}
[ -n "${TMPDIR:-}" ] || [ ! -w /dev/shm ] || parent=/dev/shm
scratch=$(mktemp -d "$parent/annals-failing-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
# A traced program cannot look for leaks.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
log=$scratch/log
begun=  # the log that is gone on with
runs=0
: >"$scratch/before"

fail() {
    echo "$1" >&2
    cat "$scratch/said" >&2
    [ ! -s "$scratch/traced" ] || grep INJECTED "$scratch/traced" | tail -n 3 >&2
    exit 1
}

# What must be so after the program ran with exit code $2; $1 says what was done to it.
look() {
    [ "$2" -eq 0 ] || fail "$1: the program ends with $2"
    cat "$scratch/before" "$scratch/said" >"$scratch/all"
    "$program" check "$log" "$scratch/all" >"$scratch/checked" 2>&1 || { cat "$scratch/checked" >&2 && fail "$1: afterwards"; }
    runs=$((runs + 1))
}

# Answers of the last run: how many appends answered this.
answers() { grep -c "^append [0-9]*: $1\$" "$scratch/said" || true; }
said() { grep -q "$1" "$scratch/said"; }

# Runs the program with calls failing: run_with CALL ERROR WHEN MODE…. Only those count that have to do with the log's files.
run_with() {
    local call=$1 error=$2 when=$3 code=0
    shift 3
    rm -rf "$log"
    [ -z "$begun" ] || cp -r "$begun" "$log"
    # With all calls of this name that the system has.
    local calls=?${call//,/,?}
    "${trace[@]}" -o "$scratch/traced" "${paths[@]}" -e trace="$calls" -e inject="$calls:error=$error:when=$when" \
        "$program" write "$log" "$appends" "$@" >"$scratch/said" 2>&1 || code=$?
    look "$call fails with $error at $when $*" "$code"
}
was_injected() { grep -q INJECTED "$scratch/traced"; }

# One call after the other fails, until there are no more.
sweep() {
    local call=$1 error=$2 step=$3 when=1
    shift 3
    while run_with "$call" "$error" "$when" "$@" && was_injected; do when=$((when + step)); done
    [ "$when" -gt 1 ] || fail "$call: there is no such call"
}

failing_calls() {
    trace=(strace -f --seccomp-bpf)
    "${trace[@]}" -o /dev/null -e trace=fsync true 2>/dev/null || trace=(strace -f)
    "${trace[@]}" -o /dev/null -e trace=fsync true 2>/dev/null ||
        { echo "strace is not there, or may not trace: skipped" && exit 77; }
    appends=30
    blanks=() all=(-P "$scratch")
    for number in 1 2 3 4 5 6 7 8 9; do
        blanks+=(-P "$log/blank-$number.tmp")
        all+=(-P "$log/000000000$number.log" -P "$log/blank-$number.tmp")
    done
    for name in '' /lock /published /streams.index /streams.index.tmp /blank-0.tmp; do all+=(-P "$log$name"); done

    # A sync that fails: who waits is told that nobody knows; from then on nothing is written; what was acknowledged stays.
    paths=(-P "$log/0000000001.log")
    run_with fdatasync EIO 5
    [ "$(answers durability_unknown)" = 1 ] && [ "$(answers log_failed)" = 3 ] && said '^close: log_failed' ||
        fail "a failed sync is told to one, and ends the writing"
    run_with pwrite64 EIO 5
    [ "$(answers durability_unknown)" = 1 ] && [ "$(answers log_failed)" = 3 ] || fail "a failed write ends the writing"
    run_with pwrite64 ENOSPC 5
    [ "$(answers disk_full)" = 0 ] && [ "$(answers log_failed)" = 3 ] || fail "a write that finds no room after all ends the writing"

    # A new file that cannot be made: nothing happened, and the log goes on as soon as it can.
    paths=("${blanks[@]}")
    for error in ENOSPC EDQUOT; do
        run_with openat "$error" 1..3
        [ "$(answers disk_full)" = 3 ] && [ "$(answers ok)" = "$appends" ] && said '^close: ok' || fail "a full disk is waited for"
        run_with pwrite64 "$error" 1..2
        [ "$(answers disk_full)" -gt 0 ] && [ "$(answers ok)" = "$appends" ] && said '^close: ok' || fail "a full disk is waited for"
    done
    run_with fallocate ENOSPC 1..2
    [ "$(answers disk_full)" = 2 ] && [ "$(answers ok)" = "$appends" ] || fail "a full disk is waited for"
    run_with openat EROFS 1+
    [ "$(answers io_failed)" -gt 4 ] && said '^close: ok' || fail "a new file that cannot be made changes nothing"
    paths=("${all[@]}")

    # Calls that were interrupted have not failed.
    for call in fdatasync fsync pwrite64 openat fallocate flock mkdir,mkdirat rename,renameat,renameat2; do
        run_with "$call" EINTR 1+2
        [ "$(answers ok)" = "$appends" ] && said '^close: ok' && was_injected || fail "an interrupted $call is done again"
    done

    # Whatever fails, and wherever.
    sweep fdatasync EIO 1
    sweep fdatasync EIO 3 background
    sweep fdatasync EIO 1 background written
    sweep fsync EIO 1
    sweep pwrite64 EIO 1
    sweep pwrite64 ENOSPC 4 background
    sweep openat ENOSPC 1
    sweep openat EMFILE 1
    sweep openat EACCES 2 background
    sweep rename,renameat,renameat2 EIO 1
    sweep fallocate ENOSPC 1
    sweep ftruncate EIO 1
    sweep mmap ENOMEM 1
    sweep mkdir,mkdirat EACCES 1
    sweep unlink,unlinkat EACCES 1
    sweep flock ENOLCK 1
    sweep getdents64 EIO 1

    # A log that a process left behind, and what it has not told: opened, and gone on with.
    "$program" write "$scratch/left" 35 written abandon >"$scratch/before" || fail "a log to go on with"
    begun=$scratch/left appends=10
    run_with pread64 EINTR 1+2
    was_injected && said '^close: ok' || fail "an interrupted pread64 is done again"
    for call in pread64 fstat,newfstatat mmap getdents64 openat pwrite64 fdatasync fsync rename,renameat,renameat2 flock; do
        sweep "$call" EIO 1
    done
    sweep openat ENOSPC 1
    sweep pwrite64 ENOSPC 1
}

full_disk() {
    # A file that would be too long stands for a disk that is full: it fails at a new file, and what is smaller goes on.
    rm -rf "$log"
    local code=0
    (ulimit -f 100 && exec "$program" write "$log" 60 large) >"$scratch/said" 2>&1 || code=$?
    look "files of at most 100 KiB" "$code"
    [ "$(answers ok)" = 54 ] && [ "$(answers io_failed)" = 30 ] && said '^close: ok' || fail "files of at most 100 KiB: other answers"

    # A small disk of our own, as root or as somebody who may play root.
    export -f small_disk look fail answers said
    export program scratch log runs
    local with=()
    [ "$(id -u)" -eq 0 ] || with=(unshare --user --map-root-user)
    "${with[@]}" unshare --mount true 2>/dev/null && "${with[@]}" unshare --mount bash -euc 'mount -t tmpfs none "$scratch"' 2>/dev/null ||
        { echo "no disk can be mounted: only the length of files was tried" && exit 77; }
    "${with[@]}" unshare --mount bash -euo pipefail -c small_disk
    runs=$((runs + 2))
}

# In a namespace of its own, so that what is mounted is gone when this ends.
small_disk() {
    local disk=$scratch/disk code=0
    mkdir "$disk"
    mount -t tmpfs -o size=400k none "$disk"
    log=$disk/log
    # It becomes full, then there is room again.
    head -c 150000 /dev/zero >"$disk/filler"
    "$program" write "$log" 90 "free=$disk/filler" >"$scratch/said" 2>&1 || code=$?
    [ "$code" = 0 ] || fail "a full disk: the program ends with $code"
    [ "$(answers disk_full)" = 3 ] && [ "$(answers ok)" = 90 ] && said '^close: ok' || fail "a full disk is waited for"
    look "a full disk, closed" 0

    # It stays full, is read, closed, and opened when there is room.
    rm -rf "$log"
    head -c 150000 /dev/zero >"$disk/filler"
    "$program" write "$log" 90 background >"$scratch/said" 2>&1 || code=$?
    [ "$code" = 0 ] || fail "a full disk: the program ends with $code"
    [ "$(answers disk_full)" -gt 4 ] && said '^close: ok' || fail "a full disk does no harm"
    rm "$disk/filler"
    look "a full disk, that stays full" 0
}

case $part in
    calls) failing_calls ;;
    full) full_disk ;;
    *) exit 2 ;;
esac
echo "$runs times something failed, and nothing was lost"
