#!/bin/bash
# make check-assert: builds PostgreSQL itself with assertions (and known to valgrind) from Debian's source package, which
# takes some minutes, and runs on it what check-modes runs, with caches that lose everything whenever they may
# (discard_caches) and under memcheck (valgrind); then PostgreSQL's own suite without a policy and with all masked.
#   PG_PREFIX=dir PG_SOURCE=dir   such a server that is there already, and the sources that it was built from
#   MODES="plain valgrind"        see check_modes.sh;  CORE="plain call", CORE= for none
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/machine.sh
. test/lib/server.sh
. test/lib/core_suite.sh
tree=$PWD
modes=${MODES:-plain generic_plan parallel discard_caches valgrind}
core_modes=${CORE-plain call}

install_packages $PACKAGES_BUILD libipc-run-perl perl bison flex libreadline-dev zlib1g-dev libicu-dev libxml2-dev pkg-config bzip2 valgrind
home=${DDM_CHECK_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/ddm-assert.XXXXXX")}
mkdir -p "$home/core"
own "$home"
clean_up() {
    local code=$?
    cd /
    [ -n "${DDM_CHECK_DIR:-}" ] || rm -rf "$home"
    rm -f "$STEPS_LOG"
    exit $code
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
core=$home/core

# O1: fast enough for the suite, and stacks that valgrind can name.
build_server() {
    as_owner mkdir -p "$home/build" "$home/server"
    cd "$home/build"
    as_owner "$PG_SOURCE/configure" -q --prefix="$home/server" --enable-cassert --enable-debug --enable-tap-tests --with-icu \
        --with-libxml CFLAGS="-O1 -g -fno-omit-frame-pointer" CPPFLAGS=-DUSE_VALGRIND
    as_owner make -s -j"$(build_jobs)"
    as_owner make -s install
    as_owner make -s -C contrib install
    as_owner make -s -C src/test/isolation install
}

fetch_core_source
export PG_SOURCE=${suite%/src/test/regress}
if [ -z "${PG_PREFIX:-}" ] && [ ! -x "$home/server/bin/postgres" ]; then
    step "build PostgreSQL $PG_MAJOR with assertions" build_server
fi
export PG_PREFIX=${PG_PREFIX:-$home/server} DDM_CHECK_DIR=$home/run
export PG_SUPPRESSIONS=$PG_SOURCE/src/tools/valgrind.supp
failed=
MODES=$modes bash "$tree/test/check_modes.sh" || failed="$failed modes"
[ -z "$core_modes" ] || bash "$tree/test/check_core.sh" $core_modes || failed="$failed core"
if [ -n "$failed" ]; then fail "check-assert:$failed"; fi
say "check-assert: no assertion failed, no difference"
