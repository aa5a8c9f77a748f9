#!/bin/bash
# Lays the sources out as .clang-format says.
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/format.sh
formatter=$(find_formatter)
[ -n "$formatter" ] || fail "clang-format 14 is not there (Debian 12 has it in clang-format; elsewhere clang-format-14)"
formatted | xargs "$formatter" --style=file -i
