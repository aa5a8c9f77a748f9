#!/bin/bash
# The rules of the house that a machine can check. Every finding is printed; any finding fails.
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/format.sh
findings=0

found() { # heading, lines
    [ -n "$2" ] || return 0
    printf '%s\n' "$1"
    printf '%s\n' "$2" | sed 's/^/    /'
    findings=$((findings + 1))
}

# Everything that people write; what is generated or recorded is not theirs to shorten.
written() { find src test sql doc .ci Makefile CMakeLists.txt -type f \( -name '*.cpp' -o -name '*.h' -o -name '*.c' -o -name '*.sh' -o -name '*.sql' -o -name '*.pl' -o -name '*.pm' -o -name '*.mk' -o -name Makefile -o -name CMakeLists.txt -o -path '.ci/*' \) ! -path 'sql/ddm--*' ! -path '*/build/*' 2>/dev/null | sort; }

found "arrows go shim -> pg -> core, never back: core includes core and the standard library alone" \
    "$(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src/core/* | grep -v '"core/' || true)"
found "a server header, or an errand to the server, in core" \
    "$(grep -nE '#[[:space:]]*include[[:space:]]*<?(postgres|fmgr|access/|catalog/|commands/|executor/|nodes/|optimizer/|parser/|storage/|utils/|libpq)|\b(ereport|elog|palloc|pfree|PG_TRY)[[:space:]]*\(' src/core/*.h src/core/*.cpp 2>/dev/null | grep -vE ':[0-9]+:[[:space:]]*(//|\*)' || true)"
found "pg reaches into shim" "$(grep -nE '#[[:space:]]*include[[:space:]]*"shim/' -r src/pg src/core || true)"
found "src/pg/base stands on itself and core alone" \
    "$(grep -nE '#[[:space:]]*include[[:space:]]*"pg/' -r src/pg/base | grep -v '"pg/base/' || true)"
found "only src/pg/base/compat.h asks for the server's version" \
    "$(grep -nE 'PG_VERSION_NUM|PG_MAJORVERSION' -r src --include=*.h --include=*.cpp --include=*.c | grep -v '^src/pg/base/compat.h:' || true)"
found "files over 400 lines" "$(written | xargs wc -l | awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines" }')"
# Templates over the one would be taken for those over the other. (Core has its own in unnamed namespaces.)
found "types of one name in two files of src/pg" \
    "$(grep -hoE '^(struct|class|enum|enum class|union) [A-Za-z]+( : [a-z0-9]+)? \{' -r src/pg --include=*.h --include=*.cpp | sed -E 's/^(enum class|[a-z]+) ([A-Za-z]+).*/\2/' | sort | uniq -d)"
found "a cast to Node or Expr, which a server with assertions does not know as types" \
    "$(grep -nE '(_node|castNode)\((Node|Expr),' -r src --include=*.h --include=*.cpp || true)"
found "left for later" "$(written | grep -vx test/lint.sh | xargs grep -nE '\b(TODO|FIXME)\b' || true)"

# Entry points: one line a function, sorted, and both halves there.
declared=$(grep -oE '^PG_FUNCTION_INFO_V1\([a-z0-9_]+\)' src/shim/entry_points.c | sed 's/.*(\(.*\))/\1/' || true)
defined=$(grep -hoE '^DDM_FUNCTION\([a-z0-9_]+\)' -r src/pg --include=*.cpp | sed 's/.*(\(.*\))/\1/' | sort || true)
found "src/shim/entry_points.c is not sorted" "$(diff <(echo "$declared") <(echo "$declared" | LC_ALL=C sort) || true)"
found "functions declared in the shim (<) and defined in src/pg (>) differ" \
    "$(diff <(echo "$declared" | sort) <(echo "$defined") || true)"

# SQL functions say what they are.
found "SQL functions that do not say volatility, parallel safety and strictness" "$(cat sql/install/*.sql | perl -0777 -ne '
    s/^--.*$//mg;
    while (/CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+([\w.\x22]+)(.*?;)[ \t]*$/msgi) {
        my ($name, $rest) = ($1, $2);
        if ($rest =~ /AS\s+(\$\w*\$)/i) { my $tag = quotemeta $1; my $from = $-[1]; my $all = substr($_, $-[0]);
            ($rest) = (substr($_, pos() - length($rest)) =~ /^(.*?$tag.*?$tag[^;]*;)/s); $rest =~ s/$tag.*?$tag//s; }
        next if $rest =~ /\bRETURNS\s+(event_)?trigger\b/i && $rest =~ /\b(IMMUTABLE|STABLE|VOLATILE)\b/i;
        my @miss;
        push @miss, "volatility" unless $rest =~ /\b(IMMUTABLE|STABLE|VOLATILE)\b/i;
        push @miss, "PARALLEL" unless $rest =~ /\bPARALLEL\s+(SAFE|RESTRICTED|UNSAFE)\b/i;
        push @miss, "STRICT or CALLED ON NULL INPUT" unless $rest =~ /\b(STRICT|CALLED\s+ON\s+NULL\s+INPUT|RETURNS\s+NULL\s+ON\s+NULL)\b/i;
        print "$name: @miss\n" if @miss;
    }')"

# The version, said once in ddm.control and repeated where PGXN and people look.
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" ddm.control)
found "META.json" "$(perl -MJSON::PP -e '
    my $want = shift; local $/; open my $f, "<", "META.json" or die; my $m = eval { decode_json(<$f>) };
    if (!$m) { print "not valid JSON: $@"; exit }
    for (qw(name version abstract maintainer license provides meta-spec)) { print "no $_\n" unless defined $m->{$_} }
    print "version $m->{version}, ddm.control has $want\n" unless $m->{version} eq $want;
    print "meta-spec version\n" unless ($m->{"meta-spec"}{version} // "") eq "1.0.0";
    for my $name (keys %{$m->{provides}}) { my $p = $m->{provides}{$name};
        print "$name: version $p->{version}\n" unless ($p->{version} // "") eq $want;
        print "$name: file $p->{file}\n" unless ($p->{file} // "") eq "sql/$name--$want.sql"; }
' "$version")"
[ ! -e CHANGELOG.md ] || grep -q "^## .*$version" CHANGELOG.md || found "CHANGELOG.md" "does not speak of $version"

# Layout, as clang-format 14 has it (Debian 12's): other versions break lines elsewhere.
formatter=$(find_formatter)
if [ -n "$formatter" ]; then
    found "$(basename "$formatter"): run make format" "$(formatted | xargs "$formatter" --style=file --dry-run -Werror 2>&1 | grep -oE '^[^ ]+: error' | sort | uniq -c || true)"
else
    say "lint: clang-format 14 is not there; the layout of the sources was not looked at"
fi

# A second compiler's opinion.
compiler=$(command -v clang++ || command -v clang++-14 || true)
if [ -z "$compiler" ]; then
    found "clang++ is not there" "install clang: the sources must compile with both compilers"
else
    # The server's own headers are not ours to judge.
    flags=$(make -s print-flags PG_CONFIG="${PG_CONFIG:-pg_config}" | sed 's,-I\([^ ]*postgresql\),-isystem \1,g')
    flags="$flags -UDDM_VERSION -DDDM_VERSION=\"$version\""
    found "$(basename "$compiler") -Werror" "$(
        { ls src/core/*.cpp 2>/dev/null | xargs -r -P "$(nproc)" -n 4 "$compiler" -fsyntax-only -fexceptions $flags
          find src/pg -name '*.cpp' | xargs -P "$(nproc)" -n 4 "$compiler" -fsyntax-only -fno-exceptions $flags
          "$compiler" -x c -fsyntax-only ${flags/-std=c++20/-std=gnu11} -Wno-register src/shim/*.c; } 2>&1 | head -60 || true)"
fi

[ $findings = 0 ] || fail "$findings kinds of findings"
say "lint: no findings in $(written | wc -l) files"
