# Which files clang-format lays out, and which clang-format: version 14, so that all machines agree. Sourced.
formatted() { find src test -type f \( -name '*.cpp' -o -name '*.h' -o -name '*.c' \) ! -path '*/build/*' | sort; }

find_formatter() {
    local tool
    for tool in clang-format-14 clang-format; do
        tool=$(command -v "$tool" || true)
        if [ -n "$tool" ] && "$tool" --version | grep -q 'version 14\.'; then echo "$tool"; return; fi
    done
}
