# What the audit trail costs. Sourced by run.sh; each part starts the server as it needs it.

audit_server() { # "on" or "off": fsync
    step "start the server with pgaudit, its log in a file, fsync $1" eval 'as_owner "$PGBIN/pg_ctl" -D "$DIR/data" -w -m fast stop
        printf "%s\n" "shared_preload_libraries = '\''pgaudit, ddm'\''" "logging_collector = on" "log_directory = '\''log'\''" \
            "pgaudit.role = '\''object_auditing'\''" "pgaudit.log = '\''none'\''" "fsync = '"$1"'" "log_line_prefix = '\''%m [%p] %c %Q '\''" |
            as_owner tee -a "$DIR/data/postgresql.conf" >/dev/null
        server_start'
}

audit_roles() {
    [ -n "${audit_roles_made:-}" ] && return
    audit_roles_made=1
    step "make roles that read in clear, audited in each way" sql -U postgres -d bench -f "$DIR/src/test/bench/audit.sql"
    local table
    printf '\\set id random(1, 1000000)\nSELECT id, email, ssn FROM masked WHERE id = :id;\n' >"$work/clear.sql"
    printf '\\set id random(1, 1000000)\nSELECT id, email, ssn FROM raw_audited WHERE id = :id;\n' >"$work/pgaudit.sql"
    cat >"$work/by_hand_audit.sql" <<'SCRIPT'
\set id random(1, 1000000)
BEGIN;
INSERT INTO audit_by_hand (user_name, role_name, columns, row_count, query) VALUES (session_user, current_user, '{public.raw.email,public.raw.ssn}', 1, 'SELECT id, email, ssn FROM raw WHERE id = $1');
SELECT id, email, ssn FROM raw WHERE id = :id;
COMMIT;
SCRIPT
    printf '\\set id random(1, 1000000)\nSELECT id, email, ssn FROM raw WHERE id = :id;\n' >"$work/raw_clear.sql"
}

bench_audit_lookup() {
    local clients
    audit_server off
    audit_roles
    for clients in 1 8; do
        alternate "$rounds" "tps clear_none $work/clear.sql $clients" "tps clear_async $work/clear.sql $clients"
        row "unmasked point look-ups, $clients clients" tps "no audit" "async"
        goal '>=' 0.95
        # pgaudit's line is in the file system's cache when the statement goes on; so is what 'commit' flushes, here.
        alternate "$rounds" "tps clear_pgaudit $work/pgaudit.sql $clients" "tps clear_commit $work/clear.sql $clients" \
            "tps clear_async $work/clear.sql $clients"
        row "unmasked point look-ups, $clients clients, what a disk costs left out" tps "pgaudit, object logging" "commit" "async"
        goal '>=' 0.9
    done
    audit_server on
    for clients in 1 8; do
        alternate "$rounds" "tps clear_none $work/by_hand_audit.sql $clients" "tps clear_sync $work/clear.sql $clients" \
            "tps clear_commit $work/clear.sql $clients" "tps clear_pgaudit $work/pgaudit.sql $clients" "tps clear_none $work/clear.sql $clients"
        row "unmasked point look-ups, $clients clients, on disk" tps "an INSERT by hand" "sync" "commit" "pgaudit (not on disk)" "no audit"
        goal '>=' 1
    done
}

# Events are gathered while the trail is locked, then taken in; against COPY of the same rows.
take_in_rate() {
    sql -U postgres -d bench -q -f "$DIR/src/test/bench/take_in.sql" | sed -n 's/^taken in: //p'
}
copy_rate() {
    sql -U postgres -d bench -q -f "$DIR/src/test/bench/copy_in.sql" | sed -n 's/^copied: //p'
}

bench_audit_intake() {
    audit_server off
    audit_roles
    alternate "$rounds" copy_rate take_in_rate
    row "events taken into the table" "events/s" "COPY of the same rows" "the worker"
    goal '>=' 0.8
}

# Ten million events over a hundred days: what questions read.
bench_audit_questions() {
    audit_server off
    audit_roles
    step "load ${BENCH_EVENTS:=10000000} events of another chain, a hundred days of them" \
        sql -U postgres -d bench -v events="$BENCH_EVENTS" -f "$DIR/src/test/bench/events.sql"
    say
    say "questions about $BENCH_EVENTS events: partitions read, buffers read of those that there are"
    sql -U postgres -d bench -q -f "$DIR/src/test/bench/questions.sql" | tee "$work/questions"
    if grep -q '^too much' "$work/questions"; then missed=$((missed + 1)); fi
}
