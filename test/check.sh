#!/bin/bash
# make check: installs what testing takes, builds, and runs every test there is on private servers under a temporary
# directory, which it takes away whatever happens. Fails when anything fails, or when a kind of test did not run.
#   DDM_CHECK_DIR=dir   work there and leave it (a second run builds only what changed)
#   DDM_CHECK_CORE=1    PostgreSQL's own regression suite without a policy, too
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/machine.sh
. test/lib/server.sh
began=$SECONDS

say "ddm check"
install_packages $PACKAGES_BUILD $PACKAGES_TEST
install_packages $(known_packages $PACKAGES_CLIENTS $PACKAGES_BESIDE)

# The tests run on a copy of the tree: what lies beside the tree is named to them.
export DDM_CHINOOK=${DDM_CHINOOK:-$(readlink -e "$TREE/../shared/data/chinook/chinook.sql" || true)}

temporary_home check 3000 "${DDM_CHECK_DIR:-}"

count() { ls "$TREE"/$1 2>/dev/null | wc -l; }
[ "$(count 'test/unit/*.cpp')" -gt 0 ] || fail "no unit test to run"
[ "$(count 'expected/*.out')" -gt 0 ] || fail "no regression test to run"
[ "$(count 'test/t/*.pl')" -gt 0 ] || fail "no TAP test to run"

# The suites want loopback-free, deterministic sessions; each writes its own closing line.
regress() {
    make_module installcheck PGHOST="$SOCK" PGUSER=postgres || {
        cat "$DIR/src/regression.diffs" 2>/dev/null
        tail -30 "$DIR/log"
        return 1
    }
}
isolation() {
    as_owner mkdir -p "$DIR/iso"
    as_owner env PGHOST="$SOCK" PGUSER=postgres "$(pgxs_dir)/src/test/isolation/pg_isolation_regress" --inputdir="$DIR/src/test/isolation" --outputdir="$DIR/iso" \
        --bindir="$PGBIN" --dbname=ddm_isolation $(cd "$DIR/src/test/isolation/specs" && ls *.spec | sed 's/\.spec$//') || {
        cat "$DIR/iso/regression.diffs" 2>/dev/null
        return 1
    }
}
pgxs_dir() { local pgxs; pgxs=$("$PG_CONFIG" --pgxs); echo "${pgxs%/src/makefiles/pgxs.mk}"; }
tap() { PG_CONFIG=$PG_CONFIG bash "$DIR/src/test/tap.sh"; }
in_copy() { as_owner env -C "$DIR/src" PG_CONFIG="$PG_CONFIG" "$@"; }

step "copy PostgreSQL $PG_MAJOR to a place of its own" relocate_server
step "copy the sources" copy_tree
step "build ddm" make_module
step "install it there" make_module install
loud "the rules of the house" in_copy bash test/lint.sh
loud "unit tests of the core" in_copy env BUILD="$DIR/src/build/unit" bash test/unit.sh
if [ "$(count 'test/fuzz/*.cpp')" -gt 0 ]; then
    loud "fuzzers, shortly" in_copy env BUILD="$DIR/src/build/fuzz" FUZZ_SECONDS="${FUZZ_SECONDS:-5}" bash test/fuzz.sh
fi
step "make a database cluster" server_init 'pg_stat_statements,pgaudit,auto_explain,ddm'
step "start its server (socket only)" server_start
loud "regression tests" regress
if [ "$(count 'test/isolation/specs/*.spec')" -gt 0 ]; then loud "isolation tests" isolation; fi
step "stop the server" server_stop
loud "TAP tests" tap
if [ -n "${DDM_CHECK_CORE:-}" ]; then
    loud "the PostgreSQL regression suite with ddm loaded, no policy" env DDM_PRIVATE="$home" bash "$TREE/test/check_core.sh" plain
fi
say
say "make check: everything passed in $((SECONDS - began)) s (PostgreSQL $PG_MAJOR)"
