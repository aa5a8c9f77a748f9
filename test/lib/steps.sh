# Steps that say what they do, a line each, and show everything when one fails. Sourced, never run.
set -euo pipefail

STEPS_LOG=$(mktemp "${TMPDIR:-/tmp}/ddm-step.XXXXXX")

say() { printf '%s\n' "$*"; }

fail() {
    printf '\nFAILED: %s\n' "$*" >&2
    exit 1
}

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
        sed 's/^/    /' "$STEPS_LOG"
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
