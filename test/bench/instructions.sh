# Instructions of a statement that touches no masked column, counted by callgrind in a single-user server: they
# repeat to the instruction, where times do not. Sourced by run.sh; the server must be stopped.

# A run's instructions, less those of a run with half the statements, are those of the other half alone.
count_instructions() { # preload, number of statements, statement
    local data=$home/single
    rm -rf "$data"
    cp -a "$home/data" "$data"
    for _ in $(seq "$2"); do echo "$3"; done >"$home/single.sql"
    own "$home/single.sql"
    as_owner valgrind --tool=callgrind --callgrind-out-file="$home/callgrind.out" "$PGBIN/postgres" --single -D "$data" \
        -c shared_preload_libraries="$1" -c jit=off -c autovacuum=off -c max_parallel_workers_per_gather=0 bench \
        <"$home/single.sql" >"$home/single.out" 2>&1
    rm -rf "$data"
    grep -q ERROR "$home/single.out" && { grep ERROR "$home/single.out" | head -3 >&2; return 1; }
    sed -n 's/^summary: \([0-9]*\).*/\1/p; s/^totals: \([0-9]*\).*/\1/p' "$home/callgrind.out" | head -1
}

instructions_per_statement() { # preload, statement
    local n=200 few many
    few=$(count_instructions "$1" $n "$2")
    many=$(count_instructions "$1" $((2 * n)) "$2")
    echo $(((many - few) / n))
}

bench_instructions() {
    local what statement
    while IFS='|' read -r what statement; do
        instructions_per_statement '' "$statement" >"$work/1"
        instructions_per_statement ddm "$statement" >"$work/2"
        row "instructions of a statement that touches no masked column: $what" instructions "without ddm" "with ddm"
        goal '<=' 1.01
    done <<'STATEMENTS'
a point look-up|SELECT note FROM plain WHERE id = 77;
a join and an aggregate|SELECT count(*), max(b.note) FROM plain a JOIN plain b ON b.id = a.id + 1 WHERE a.id BETWEEN 100 AND 200;
an update|UPDATE plain SET note = 'changed' WHERE id = 78;
STATEMENTS
}
