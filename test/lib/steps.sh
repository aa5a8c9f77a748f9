# Steps that say what they do, a line each, and show everything when one fails. Sourced, never run.
set -euo pipefail

say() { printf '%s\n' "$*"; }

fail() {
    printf '\nFAILED: %s\n' "$*" >&2
    exit 1
}

TEMP=${TMPDIR:-/tmp}
STEPS_LOG=$(mktemp "$TEMP/ddm-step.XXXXXX" 2>/dev/null) || fail "cannot write to $TEMP; name a directory that can be written in TMPDIR"

# What a script does when it ends, however it ends; scripts that have more to do set another one.
at_end() {
    local code=$?
    rm -f "$STEPS_LOG"
    exit $code
}
trap at_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# step "what is done" command...: one line; the command's output only if it fails. The command runs in a subshell.
step() {
    local what=$1 began=$SECONDS code
    shift
    printf '==> %s' "$what"
    set +e
    (set -e; "$@") >"$STEPS_LOG" 2>&1 </dev/null
    code=$?
    set -e
    if [ $code -ne 0 ]; then
        printf ': FAILED\n    the command was: %s\n' "$*"
        if [ -s "$STEPS_LOG" ]; then sed 's/^/    /' "$STEPS_LOG"; else df -h "$TEMP" | sed 's/^/    /'; fi
        fail "$what (exit status $code)"
    fi
    printf ' (%d s)\n' $((SECONDS - began))
}

# loud "what is done" command...: the same for what the reader wants to see as it runs.
loud() {
    local what=$1 began=$SECONDS code
    shift
    printf '==> %s\n' "$what"
    set +e
    (set -e; "$@") </dev/null 2>&1
    code=$?
    set -e
    [ $code -eq 0 ] || fail "$what (exit status $code)"
    printf '    done: %s (%d s)\n' "$what" $((SECONDS - began))
}
