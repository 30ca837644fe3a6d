#!/usr/bin/env bash
# Kills the shop, again and again, at any moment, and looks each few times whether all is as it must be.
#
#   [ENGINES=PLACE] test.sh PROGRAM [KILLS [SEED]]    with the log at that place, if one is named
set -u
export LC_ALL=C

program=$(realpath "$1") kills=${2:-15} seed=${3:-$(date +%s)}
RANDOM=$((seed % 32768))
scratch=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -KILL "$child" 2>/dev/null; rm -rf "$scratch"' EXIT
shop=$scratch/shop
place=()
[ -z "${ENGINES-}" ] || place=(--log "$ENGINES")

fail() {
    echo "kill $kill of $kills, seed $seed: $1"
    cat "$scratch/out"
    exit 1
}

# Starts the shop with these arguments, and kills it so many milliseconds later, or after it has opened its log. Answers how it
# ended: 137 if it was killed.
kill_after() {
    local when=$1 milliseconds=$2
    shift 2
    "$program" "${place[@]}" "$shop" "$@" >"$scratch/out" 2>&1 &
    child=$!
    if [ "$when" = opened ]; then
        while kill -0 "$child" 2>/dev/null && ! grep -q '^open$' "$scratch/out"; do sleep 0.01; done
    fi
    sleep "$(printf '0.%03d' "$milliseconds")"
    kill -KILL "$child" 2>/dev/null
    { wait "$child"; } 2>/dev/null
    local ended=$?
    child=
    return "$ended"
}

check() {
    timeout 100 "$program" "${place[@]}" "$shop" check >"$scratch/out" 2>&1 || fail "all is not well"
}

busy=0
for kill in $(seq "$kills"); do
    when=opened
    [ $((RANDOM % 3)) -ne 0 ] || when=started
    kill_after "$when" $((50 + RANDOM % 351)) run --seconds 5 --seed "$RANDOM"
    [ $? -eq 137 ] || fail "the shop ended by itself"
    "$program" "${place[@]}" "$shop" report >"$scratch/out" 2>&1
    grep -q 'under way$' "$scratch/out" && busy=$((busy + 1))
    case $((RANDOM % 4)) in
        0) # bringing it to an end may be cut off, too
            kill_after started $((1 + RANDOM % 40)) check
            case $? in 0 | 137) ;; *) fail "all is not well, or the check cannot begin" ;; esac
            ;;
        1) check ;;
    esac
done
check
cat "$scratch/out"
echo "$kills kills, after $busy of which orders were under way"
# Else nothing was tried.
if ! grep -q '[1-9][0-9]* confirmed' "$scratch/out" || [ "$busy" -lt $((kills / 3)) ]; then
    fail "the shop does too little before it is killed"
fi
