#!/bin/bash
# Builds and runs the core's unit tests. BUILD names the directory (default build/unit); SANITIZE=1 for asan and ubsan.
cd "$(dirname "$0")/.."
. test/lib/steps.sh
build=${BUILD:-$PWD/build/unit${SANITIZE:+-san}}
sanitize=OFF
[ -z "${SANITIZE:-}" ] || sanitize=ON

[ -n "$(ls test/unit/*.cpp 2>/dev/null)" ] || fail "there is no unit test to run"
step "configure the core" cmake -S . -B "$build" -DDDM_SANITIZE=$sanitize
step "build the core and its unit tests" cmake --build "$build" -j "${JOBS:-$(nproc)}"
loud "unit tests" "$build/ddm_unit"
