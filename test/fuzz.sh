#!/bin/bash
# Builds the fuzzers with clang and runs each for FUZZ_SECONDS over its corpus; new inputs stay in the build directory.
cd "$(dirname "$0")/.."
. test/lib/steps.sh
build=${BUILD:-$PWD/build/fuzz}
seconds=${FUZZ_SECONDS:-20}
compiler=$(command -v clang++ || command -v clang++-14) || fail "clang++ is not there"

[ -n "$(ls test/fuzz/*.cpp 2>/dev/null)" ] || fail "there is no fuzzer to run"
step "configure the fuzzers" cmake -S . -B "$build" -DDDM_FUZZ=ON -DCMAKE_CXX_COMPILER="$compiler"
step "build the fuzzers" cmake --build "$build" -j "${JOBS:-$(nproc)}"
for source in test/fuzz/*.cpp; do
    name=$(basename "$source" .cpp)
    mkdir -p "$build/found/$name" "test/fuzz/corpus/$name"
    step "fuzz $name for $seconds s" "$build/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$build/found/" "$build/found/$name" "test/fuzz/corpus/$name"
done
