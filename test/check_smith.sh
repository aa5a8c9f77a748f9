#!/bin/bash
# make check-smith: statements that sqlsmith makes up, as a masked role over the database of the two-worlds test. First it
# runs them: no crash, no internal error, no stored value in the server's log. Then others, made without being run, go
# through the two-worlds test.
#   SMITH_QUERIES=3000 SMITH_SEED=1   how many, and which
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/machine.sh
. test/lib/server.sh
queries=${SMITH_QUERIES:-3000}
seed=${SMITH_SEED:-1}

[ -z "${PG_PREFIX:-}" ] || PG_MAJOR=$(pg_major)
install_packages $PACKAGES_BUILD sqlsmith libipc-run-perl perl
temporary_home smith 2000 "${DDM_CHECK_DIR:-}"

build_world() {
    local script
    sql -v world=a -d postgres -f "$DIR/src/test/two_worlds/roles.sql"
    sql -d postgres -c 'CREATE DATABASE world'
    sql -d world -c 'CREATE EXTENSION ddm'
    for script in schema labels objects; do sql -v world=a -d world -f "$DIR/src/test/two_worlds/$script.sql"; done
}

# Every stored text of a masked column that is long enough not to turn up by chance.
write_stored_values() {
    sql -d world -At -o "$DIR/stored" <<'SQL'
SELECT format('SELECT DISTINCT %I::text FROM %s WHERE length(%1$I::text) >= 8', column_name, relation)
FROM ddm.masked_columns JOIN pg_attribute ON attrelid = relation AND attname = column_name
WHERE schema_name = 'shop' AND table_name <> 'cond' AND atttypid IN ('text'::regtype, 'varchar'::regtype) \gexec
SQL
    [ "$(wc -l <"$DIR/stored")" -gt 500 ]
}

run_sqlsmith() {
    as_owner sqlsmith --target="host=$SOCK dbname=world user=tw_masked" --seed="$seed" --max-queries="$queries"
}

log_is_clean() {
    if grep -E 'terminated by signal|PANIC|TRAP:' "$DIR/log"; then return 1; fi
    [ "$(grep -c '^[0-9A-Z]\{5\} @tw_masked ERROR' "$DIR/log")" -gt 50 ] || { echo "the log shows no statement of sqlsmith's"; return 1; }
    # The server fails on interval(interval, int) and on unknownin() by itself.
    if grep '^XX[0-9A-Z]* @tw_masked ERROR' "$DIR/log" |
        grep -vE 'unrecognized interval typmod|failed to find conversion function from unknown'; then
        grep -A5 '^XX[0-9A-Z]* @tw_masked STATEMENT' "$DIR/log"
        return 1
    fi
    if grep -F -f "$DIR/stored" "$DIR/log"; then return 1; fi
}

make_statements() {
    as_owner sqlsmith --target="host=$SOCK dbname=world user=tw_masked" --exclude-catalog --dry-run \
        --seed="$((seed + 1))" --max-queries="$queries" >"$DIR/statements.sql"
    chmod a+r "$DIR/statements.sql"
}

two_worlds() {
    PG_CONFIG=$PG_CONFIG TWO_WORLDS_ONLY='^99_control' TWO_WORLDS_SMITH=$DIR/statements.sql TAP=test/t/two_worlds.pl \
        bash "$DIR/src/test/tap.sh"
}

step "copy PostgreSQL $PG_MAJOR to a place of its own" relocate_server
step "copy the sources" copy_tree
step "build ddm" make_module
step "install it there" make_module install
step "make a cluster" server_init 'pg_stat_statements,ddm'
as_owner tee -a "$DIR/data/postgresql.conf" >/dev/null <<CONF
fsync = off
autovacuum = off
max_prepared_transactions = 10
statement_timeout = 20s
log_line_prefix = '%e @%u '
CONF
step "start its server" server_start
step "fill a database" build_world
step "write down what it stores in masked columns" write_stored_values
step "run $queries statements of sqlsmith's" run_sqlsmith
step "look for crashes, internal errors and stored values in the log" log_is_clean
step "make $queries more" make_statements
step "stop the server" server_stop
loud "two worlds" two_worlds
say "check-smith: nothing found"
