#!/bin/bash
# make dist: the archive for PGXN, of what is committed, with the install script that META.json names.
cd "$(dirname "$0")/.."
. test/lib/steps.sh
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" ddm.control)
name=ddm-$version script=sql/ddm--$version.sql

git rev-parse --git-dir >/dev/null 2>&1 || fail "this is no clone of the repository: the archive is made of what is committed"
made=$(mktemp -d "$TEMP/ddm-dist.XXXXXX")
end_dist() {
    local code=$?
    rm -rf "$made"
    rm -f "$STEPS_LOG"
    exit $code
}
trap end_dist EXIT
install_script() {
    git archive HEAD sql/install | tar -C "$made" -xf -
    cat "$made"/sql/install/*.sql >"$made/$(basename "$script")"
}
step "write $script" install_script
step "write $name.zip" git archive --format=zip -o "$name.zip" --prefix="$name/sql/" --add-file="$made/$(basename "$script")" --prefix="$name/" HEAD
say "$name.zip: $(unzip -l "$name.zip" 2>/dev/null | tail -1 || ls -l "$name.zip")"
