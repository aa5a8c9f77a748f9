#!/bin/bash
# make check-core: PostgreSQL's own regression suite, run by the same server without ddm and then with it, and the
# results compared byte for byte. Modes (default all of them):
#   plain     ddm is preloaded, there is no policy: no difference at all
#   identity  every column of every table goes through the rewriting with identity(), for everyone: no difference
#             but those in test/core_patches/MAJOR/, each of which begins with its reason
#   call      the same with a mask function that is called and returns its argument; EXPLAIN is not compared
# PG_SOURCE=dir takes the suite from a source tree that is there instead of fetching it.
# DDM_PRIVATE=dir uses the private installation that is there; else one is made, and taken away.
# DDM_CHECK_DIR=dir makes it there and leaves it (a second run builds only what changed).
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/machine.sh
. test/lib/server.sh
. test/lib/results.sh
. test/lib/core_suite.sh
modes=${*:-plain identity call}

install_packages $PACKAGES_BUILD bzip2 patch perl
temporary_home core 2000 "${DDM_PRIVATE:-${DDM_CHECK_DIR:-}}"

if [ -z "${DDM_PRIVATE:-}" ]; then
    step "copy PostgreSQL $PG_MAJOR to a place of its own" relocate_server
    step "copy the sources" copy_tree
    step "build ddm" make_module
    step "install it there" make_module install
fi
core=$home/core
mkdir -p "$core"
fetch_core_source
step "compile the suite's own functions" compile_core_functions

run_core reference '' '' ''
failed=
for mode in $modes; do
    case $mode in
    plain) run_core plain ddm '' '' ;;
    # What a masked role writes back would be kept, and a notice would say so, where a mask can be told from its value.
    # Where plans are compared nothing is audited: a worker's snapshot would decide which pages a VACUUM finds visible.
    identity | call)
        audit=unmask,mask,policy,denied
        [ "$mode" = call ] || audit=
        run_core "$mode" ddm "ddm.debug_mask_everything = $mode
ddm.masked_writes = allow
ddm.audit = '$audit'" ddm
        ;;
    *) fail "usage: $0 [plain] [identity] [call]" ;;
    esac
    compare_core "$mode" || failed="$failed $mode"
done
if [ -n "$failed" ]; then fail "the PostgreSQL regression suite differs with ddm:$failed"; fi
say "check-core: no difference ($modes)"
