# Taking measures: alternating runs, medians and their spread. Sourced by run.sh, on a server that runs.

# execution_ms role statement: the executor's time, in milliseconds.
execution_ms() {
    as_owner env PGOPTIONS='-c max_parallel_workers_per_gather=0 -c jit=off' "$PGBIN/psql" -X -q -At -h "$SOCK" -U "$1" -d bench \
        -c "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY ON) $2" | sed -n 's/^Execution Time: \(.*\) ms/\1/p'
}

# executor_cpu_ms role statement: the processor time that the executor takes, in milliseconds. SET has next to none.
executor_cpu_ms() {
    as_owner env PGOPTIONS='-c max_parallel_workers_per_gather=0 -c jit=off -c client_min_messages=log' "$PGBIN/psql" -X -q -At -h "$SOCK" \
        -U postgres -d bench -c "SET log_executor_stats = on" -c "SET ROLE $1" -c "EXPLAIN (ANALYZE, TIMING OFF) $2" 2>&1 |
        sed -n 's/^!\t\([0-9.]*\) s user, \([0-9.]*\) s system.*/\1 \2/p' |
        awk '$1 + $2 > most { most = $1 + $2 } END { if (!most) exit 1; printf "%.3f\n", most * 1000 }'
}

# planning_us database role statement: what most of 300 plannings in one session take at least (the lowest decile), after
# the first ones, in microseconds.
planning_us() {
    local i
    for i in $(seq 310); do echo "EXPLAIN (SUMMARY ON) $3;"; done |
        as_owner "$PGBIN/psql" -X -q -At -h "$SOCK" -U "$2" -d "$1" -f - |
        sed -n 's/^Planning Time: \(.*\) ms/\1/p' | tail -300 | sort -g | awk '{ v[NR] = $1 * 1000 } END { print v[int(NR / 10)] }'
}

# first_touch_ms database role statement: planning it as the first statement of a session, which reads the policy.
first_touch_ms() {
    as_owner "$PGBIN/psql" -X -q -At -h "$SOCK" -U "$2" -d "$1" -c "EXPLAIN (SUMMARY ON) $3" |
        sed -n 's/^Planning Time: \(.*\) ms/\1/p'
}

# statements_ms database file: how long it takes to run the file's statements, each a transaction, in milliseconds.
statements_ms() {
    local from to
    from=$(date +%s%N)
    as_owner "$PGBIN/psql" -X -q -At -h "$SOCK" -U postgres -d "$1" -f "$2" >/dev/null 2>&1
    to=$(date +%s%N)
    awk -v a="$from" -v b="$to" 'BEGIN { printf "%.3f\n", (b - a) / 1e6 }'
}

# A single client leaves each processor idle between two messages, and waking one up takes as long as a statement, now more,
# now less: loops that run where nothing else wants to keep them awake. They end by themselves, whatever happens here.
stay_awake() { # seconds
    local i
    for i in $(seq "$(nproc)"); do timeout "$1" chrt --idle 0 sh -c 'while :; do :; done' >/dev/null 2>&1 & done
}

# tps role script-file [clients]: transactions per second of prepared statements.
tps() {
    local clients=${3:-1} seconds=${BENCH_SECONDS:-3} awake
    [ "$clients" -gt 1 ] || stay_awake $((seconds + 5))
    awake=$(jobs -p)
    as_owner "$PGBIN/pgbench" -n -M prepared -c "$clients" -j "$((clients > 2 ? 2 : 1))" -T "$seconds" -h "$SOCK" -U "$1" -f "$2" bench 2>/dev/null |
        sed -n 's/^tps = \([0-9.]*\).*/\1/p'
    [ -z "$awake" ] || kill $awake
    wait
}

# alternate rounds "measure a" "measure b" ["measure c"]: runs them in turn; writes $work/1, $work/2, ... a value a line.
alternate() {
    local rounds=$1 round i
    shift
    rm -f "$work"/[0-9]
    for round in $(seq 0 "$rounds"); do
        for i in $(seq 1 $#); do
            # The first round warms the caches and is not counted.
            if [ "$round" = 0 ]; then eval "${!i}" >/dev/null; else eval "${!i}" >>"$work/$i"; fi
        done
    done
}

median() { sort -g "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
spread() { sort -g "$1" | awk 'NR == 1 { low = $1 } { high = $1 } END { printf "%.4g to %.4g", low, high }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

# row "what" unit "name of 1" "name of 2" ... : a line of results; the first is what the others are compared with.
row() {
    local what=$1 unit=$2 base i=0 name value
    shift 2
    base=$(median "$work/1")
    printf '\n%s\n' "$what"
    for name in "$@"; do
        i=$((i + 1))
        value=$(median "$work/$i")
        printf '    %-28s %12.4g %s   (%s)   x %s\n' "$name" "$value" "$unit" "$(spread "$work/$i")" "$(ratio "$value" "$base")"
    done
}

# goal op limit value of measure 2 over measure 1
goal() {
    local got
    got=$(ratio "$(median "$work/2")" "$(median "$work/1")")
    if awk -v g="$got" -v l="$2" "BEGIN { exit !(g $1 l) }"; then printf '    goal %s %s: reached (%s)\n' "$1" "$2" "$got"
    else printf '    goal %s %s: MISSED (%s)\n' "$1" "$2" "$got"; missed=$((missed + 1)); fi
}
