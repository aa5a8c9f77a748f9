# A server under valgrind's memcheck. Sourced after server.sh. PG_SUPPRESSIONS names the src/tools/valgrind.supp of the
# sources that the server was built from; built with -DUSE_VALGRIND it tells valgrind of its memory contexts.

# Each process is some twenty times slower: pg_ctl has to be patient.
server_start_under_valgrind() {
    rm -rf "$DIR/valgrind"
    as_owner mkdir -p "$DIR/valgrind"
    as_owner env PATH="$PATH" valgrind --quiet --trace-children=yes --leak-check=no --track-origins=yes --error-limit=no \
        --error-markers=FOUND-BEGIN,FOUND-END --suppressions="$PG_SUPPRESSIONS" --log-file="$DIR/valgrind/%p.log" \
        "$PGBIN/pg_ctl" -D "$DIR/data" -l "$DIR/log" -w -t 300 start || { tail -50 "$DIR/log"; return 1; }
}

# RE2's sparse sets read what they have not written of memory of their own, and then look whether it means anything.
without_sparse_sets() {
    perl -0777 -ne 'print grep { !/was created by a heap allocation\n\N+ operator new\N+\n\N+libre2\.so/ } /^\N*FOUND-BEGIN.*?FOUND-END\n/msg'
}

# What memcheck found, in any process; fails if that is anything, or if it did not watch.
valgrind_is_content() {
    local found
    [ "$(ls "$DIR/valgrind" | wc -l)" -gt 10 ] || { echo "valgrind watched no backend"; return 1; }
    found=$(sed -n '/FOUND-BEGIN/,/FOUND-END/p' "$DIR"/valgrind/*.log | without_sparse_sets)
    [ -z "$found" ] || { printf '%s\n' "$found" | head -400; return 1; }
}
