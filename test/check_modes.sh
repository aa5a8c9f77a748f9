#!/bin/bash
# make check-modes: ddm's regression suite and the two-worlds test, each under settings of the server that take other
# ways through it: plans made without values, plans run by parallel workers, compiled expressions, caches that lose
# everything whenever they may; and under valgrind. Results must be the expected ones; only plans, and with them the order of rows that
# no ORDER BY asks for, are left out of the comparison.
#   MODES="plain generic_plan parallel jit discard_caches valgrind"   default: all that the server knows
#   PG_PREFIX=dir   a server that was built by hand: discard_caches wants assertions, see check_assert.sh
#   PG_SUPPRESSIONS=file   the valgrind.supp of its sources, which valgrind wants
#   REGRESS="a b"   these regression tests alone;  TWO_WORLDS=0   without the two-worlds test
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/machine.sh
. test/lib/server.sh
. test/lib/results.sh
. test/lib/valgrind.sh

[ -z "${PG_PREFIX:-}" ] || PG_MAJOR=$(pg_major)
install_packages $PACKAGES_BUILD libipc-run-perl perl
temporary_home modes 2000 "${DDM_CHECK_DIR:-}"

settings() { # mode
    local forced=force_parallel_mode
    [ "$PG_MAJOR" -lt 16 ] || forced=debug_parallel_query
    case $1 in
    plain | valgrind) ;;
    generic_plan) echo 'plan_cache_mode = force_generic_plan' ;;
    parallel)
        cat <<CONF
$forced = regress
max_parallel_workers_per_gather = 2
max_parallel_workers = 16
max_worker_processes = 32
parallel_setup_cost = 0
parallel_tuple_cost = 0
min_parallel_table_scan_size = 0
min_parallel_index_scan_size = 0
CONF
        ;;
    jit) printf 'jit = on\njit_above_cost = 0\n' ;;
    # What runs beside the statements (workers, autovacuum) need not be slow as well, but can't be told apart.
    discard_caches) printf 'debug_discard_caches = 1\nautovacuum = off\n' ;;
    *) fail "no such mode: $1" ;;
    esac
}

# Whether this server can be asked for it: assertions, or a library for just-in-time compilation.
knows_mode() { # mode
    case $1 in
    discard_caches) as_owner "$PGBIN/postgres" -C debug_discard_caches -c debug_discard_caches=1 -D "$DIR/data" >/dev/null 2>&1 ;;
    jit) [ -e "$("$PG_CONFIG" --pkglibdir)/llvmjit.so" ] ;;
    valgrind) command -v valgrind >/dev/null && [ -r "${PG_SUPPRESSIONS:-}" ] ;;
    *) true ;;
    esac
}

# What ddm is loaded beside, as far as this server has it.
preload() {
    local library list=
    for library in pg_stat_statements pgaudit auto_explain ddm; do
        [ ! -e "$("$PG_CONFIG" --pkglibdir)/$library.so" ] || list=$list${list:+,}$library
    done
    echo "$list"
}

# As pg_regress does it: NAME.out, or NAME_1.out where another version answers otherwise.
is_expected() { # test, file, mode
    local other=$DIR/src/expected/$1_1.out
    { [ -e "$other" ] && cmp -s <(without_plans <"$other") <(without_plans <"$2"); } ||
        diff -u --label "$1, expected" --label "$1 ($3)" <(without_plans <"$DIR/src/expected/$1.out") <(without_plans <"$2")
}

# Every result file against its expected one; differences are shown.
compare_results() { # mode
    local file name differences=0 compared=0
    for file in "$DIR"/src/results/*.out; do
        name=$(basename "$file" .out)
        compared=$((compared + 1))
        is_expected "$name" "$file" "$1" || differences=$((differences + 1))
    done
    say "    $1: $compared files compared, $differences differ"
    [ $differences -eq 0 ] && [ $compared -eq "$(echo $tests | wc -w)" ]
}

run_suite() { # mode
    as_owner rm -rf "$DIR/src/results"
    make_module installcheck PGHOST="$SOCK" PGUSER=postgres REGRESS="$tests" >"$DIR/summary" 2>&1 || true
    if grep -qE 'terminated by signal|PANIC|TRAP:' "$DIR/log"; then
        grep -E -A2 'terminated by signal|PANIC|TRAP:' "$DIR/log"
        return 1
    fi
    compare_results "$1"
}

run_worlds() { # mode
    settings "$1" >"$DIR/mode.conf"
    # One worker and no leader beside it: who of several gets which rows is not the same twice.
    [ "$1" != parallel ] ||
        printf 'max_parallel_workers_per_gather = 1\nparallel_leader_participation = off\n' >>"$DIR/mode.conf"
    # On a busy machine, compiling the expressions of a statement may take more than a minute.
    [ "$1" != jit ] || echo "statement_timeout = '10min'" >>"$DIR/mode.conf"
    chmod a+r "$DIR/mode.conf"
    PG_CONFIG=$PG_CONFIG TWO_WORLDS_CONF=$DIR/mode.conf TAP=test/t/two_worlds.pl bash "$DIR/src/test/tap.sh"
}

step "copy PostgreSQL $PG_MAJOR to a place of its own" relocate_server
step "copy the sources" copy_tree
step "build ddm" make_module
step "install it there" make_module install
tests=${REGRESS:-$(cd "$DIR/src/sql" && ls *.sql | grep -v '^ddm--' | sed 's/\.sql$//')}
tests=$(echo $tests)
step "make a cluster to ask what the server knows" server_init ''
modes= left_out=
for mode in ${MODES:-plain generic_plan parallel jit discard_caches valgrind}; do
    if knows_mode "$mode"; then modes="$modes $mode"; else left_out="$left_out $mode"; fi
done
[ -z "${MODES:-}" ] || [ -z "$left_out" ] || fail "this server does not know:$left_out"
[ -z "$left_out" ] || say "    not run, as this server was built without it:$left_out"

failed=
for mode in $modes; do
    step "make a cluster for: $mode" server_init "$(preload)"
    settings "$mode" | as_owner tee -a "$DIR/data/postgresql.conf" >/dev/null
    start=server_start
    [ $mode != valgrind ] || start=server_start_under_valgrind
    step "start its server" $start
    say "==> regression tests: $mode"
    run_suite "$mode" || failed="$failed regress/$mode"
    step "stop its server" server_stop
    [ $mode != valgrind ] || valgrind_is_content || failed="$failed memory/$mode"
    [ "${TWO_WORLDS:-1}" != 0 ] && [ $mode != valgrind ] || continue
    say "==> two worlds: $mode"
    run_worlds "$mode" || failed="$failed two_worlds/$mode"
done
if [ -n "$failed" ]; then fail "check-modes:$failed"; fi
say "check-modes: no difference ($(echo $modes))"
