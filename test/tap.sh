#!/bin/bash
# Runs TAP tests against the ddm that is installed where PG_CONFIG says; TAP names some, else all. A server does not
# run as root: then the user postgres runs them.
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/machine.sh
pg_config=${PG_CONFIG:-pg_config}
bindir=$("$pg_config" --bindir)
pgxs=$(dirname "$(dirname "$(dirname "$("$pg_config" --pgxs)")")")
tests=${TAP:-$(ls test/t/*.pl 2>/dev/null || true)}

[ -n "$tests" ] || fail "there is no TAP test to run"
work=$(mktemp -d "$TEMP/ddm-tap.XXXXXX")
if is_root; then chown postgres: "$work"; fi
# Tests that are interrupted leave their servers running.
end_tap() {
    local code=$? file
    trap '' INT TERM HUP
    find "$work" -name postmaster.pid 2>/dev/null | while read -r file; do kill -QUIT "$(head -1 "$file")" 2>/dev/null || true; done
    rm -rf "$work"
    rm -f "$STEPS_LOG"
    exit $code
}
trap end_tap EXIT

unset PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS MAKEFLAGS MAKELEVEL
as_owner env PATH="$bindir:$PATH" TESTDIR="$work" TESTDATADIR="$work/tmp_check" TESTLOGDIR="$work/log" \
    PG_REGRESS="$pgxs/src/test/regress/pg_regress" DDM_CHINOOK="${DDM_CHINOOK:-}" DDM_KILL_ROUNDS="${DDM_KILL_ROUNDS:-}" DDM_KILL_KINDS="${DDM_KILL_KINDS:-}" DDM_KILL_DURABILITY="${DDM_KILL_DURABILITY:-}" \
    prove -I "$pgxs/src/test/perl" -I "$PWD/test/t" ${PROVE_FLAGS:-} $tests || {
    code=$?
    if [ -n "${TAP_KEEP_LOGS:-}" ]; then mkdir -p "$TAP_KEEP_LOGS"; cp -r "$work/tmp_check/log/." "$TAP_KEEP_LOGS/" 2>/dev/null || cp -r "$work/log/." "$TAP_KEEP_LOGS/"; fi
    exit $code
}
