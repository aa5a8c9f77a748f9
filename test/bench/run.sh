#!/bin/bash
# make bench: what masking costs, against what one would do instead. Alternating runs, medians, spread.
#   BENCH="instructions scan masks keyed aggregate lookup planning changes audit_lookup audit_intake audit_questions"   which
#   BENCH_ROUNDS=7, BENCH_SECONDS=3, BENCH_EVENTS=10000000   how often, how long a pgbench run is, how many events questions are about
cd "$(dirname "$0")/../.."
. test/lib/steps.sh
. test/lib/machine.sh
. test/lib/server.sh
. test/bench/measure.sh
. test/bench/instructions.sh
. test/bench/audit.sh
. test/bench/masks.sh
wanted=${BENCH:-instructions scan masks keyed aggregate lookup planning changes audit_lookup audit_intake audit_questions}
rounds=${BENCH_ROUNDS:-7}
missed=0

install_packages $PACKAGES_BUILD valgrind
temporary_home bench 16000
work=$home/work
mkdir -p "$work"
chmod 755 "$home" "$work"
own "$home"

bench_scan() {
    local column
    for column in email ssn address; do
        alternate "$rounds" "execution_ms reader 'SELECT $column FROM raw'" "execution_ms reader 'SELECT $column FROM masked'" \
            "execution_ms reader 'SELECT $column FROM by_hand'"
        row "a scan of 1,000,000 rows: $column" ms raw masked "a view by hand"
        goal '<=' 1.15
    done
}

bench_aggregate() {
    local query="SELECT city, date_trunc(\$\$month\$\$, created), count(*), sum(amount), max(email) FROM"
    alternate "$rounds" "execution_ms reader '$query raw GROUP BY 1, 2'" "execution_ms reader '$query conditional GROUP BY 1, 2'" \
        "execution_ms reader '$query conditional_by_hand GROUP BY 1, 2'"
    row "a heavy aggregate over 1,000,000 rows under a conditional mask" ms raw masked "a CASE in a view"
    goal '<=' 1.25
}

bench_lookup() {
    local table
    for table in raw masked by_hand; do
        printf '\\set id random(1, 1000000)\nSELECT id, email, ssn FROM %s WHERE id = :id;\n' "$table" >"$work/$table.sql"
    done
    alternate "$rounds" "tps reader $work/raw.sql" "tps reader $work/masked.sql" "tps reader $work/by_hand.sql"
    row "a point look-up by a masked role, prepared" tps raw masked "a view by hand"
    goal '>=' 0.97
}

# Two databases: one with a table of ten masked columns, one with that table and a thousand times as much policy.
make_policies() {
    [ ! -e "$work/policies" ] || return 0
    sql -U postgres -d postgres -c "CREATE DATABASE ten" -c "CREATE DATABASE many" &&
        sql -U postgres -d ten -f "$DIR/src/test/bench/ten.sql" && sql -U postgres -d many -f "$DIR/src/test/bench/ten.sql" &&
        sql -U postgres -d many -f "$DIR/src/test/bench/many.sql" && touch "$work/policies"
}

bench_planning() {
    local query='SELECT c1, c5 FROM person_1 WHERE id = 5'
    step "mask 10,000 columns of 1,000 tables; 1,000 roles, 10,000 grants, 500 rules" make_policies
    alternate "$rounds" "planning_us ten reader '$query'" "planning_us many reader '$query'"
    row "planning with 10,000 masked columns, 1,000 roles, 10,000 grants and 500 rules" us "with ten masked columns" "with all of it"
    goal '<=' 1.05
    alternate "$rounds" "first_touch_ms ten reader '$query'" "first_touch_ms many reader '$query'"
    row "the first statement of a session, which reads the policy (no goal)" ms "with ten masked columns" "with all of it"
}

# What changes the schema and the policy, 200 at a time.
bench_changes() {
    local n what
    step "mask 10,000 columns of 1,000 tables; 1,000 roles, 10,000 grants, 500 rules" make_policies
    for n in $(seq 200); do echo "CREATE TEMP TABLE made_$n (id int, name text, ssn text);"; done >"$work/create.sql"
    for n in $(seq 200); do echo "SECURITY LABEL FOR ddm ON COLUMN person_1.c$((n % 10 + 1)) IS 'MASKED WITH FUNCTION default()';"; done >"$work/label.sql"
    for n in $(seq 200); do echo "GRANT UNMASK ON person_1 TO ddm_auditor;"; done >"$work/grant.sql"
    for what in create label grant; do
        alternate "$rounds" "statements_ms ten $work/$what.sql" "statements_ms many $work/$what.sql"
        row "200 x $(head -c 24 "$work/$what.sql")... (no goal)" ms "with ten masked columns" "with all of it"
    done
}

step "copy PostgreSQL $PG_MAJOR to a place of its own" relocate_server
step "copy the sources" copy_tree
step "build ddm" make_module
step "install it there" make_module install
step "make a database cluster" server_init ddm
as_owner tee -a "$DIR/data/postgresql.conf" >/dev/null <<'CONF'
shared_buffers = 1GB
autovacuum = off
max_wal_size = 4GB
fsync = off
CONF
step "start its server (socket only)" server_start
case " $wanted " in
*" instructions "* | *" scan "* | *" masks "* | *" keyed "* | *" aggregate "* | *" lookup "* | *" audit_"*)
    step "make a million rows, three times" eval 'sql -U postgres -d postgres -c "CREATE DATABASE bench" && sql -U postgres -d bench -f "$DIR/src/test/bench/setup.sql"'
    ;;
esac

for part in $wanted; do
    case $part in
    instructions)
        step "stop the server" as_owner "$PGBIN/pg_ctl" -D "$DIR/data" -w -m fast stop
        bench_instructions
        step "start the server again" server_start
        ;;
    scan | masks | keyed | aggregate | lookup | planning | changes | audit_lookup | audit_intake | audit_questions) "bench_$part" ;;
    *) fail "no such part: $part" ;;
    esac
done
say
[ $missed -eq 0 ] || fail "$missed goals missed"
say "make bench: every goal reached (PostgreSQL $PG_MAJOR, $(nproc) processors)"
