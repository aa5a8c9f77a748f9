# PostgreSQL's own regression suite: where it comes from, how it runs, what counts as a difference. Sourced by
# check_core.sh, which sets $core, a directory of ours.

# The source package, through an apt configuration of our own: the machine's repositories, with sources switched on.
fetch_core_source() {
    [ -z "${PG_SOURCE:-}" ] || { suite=$PG_SOURCE/src/test/regress; return; }
    suite=$(echo "$core"/postgresql-*/src/test/regress)
    [ ! -d "$suite" ] || return 0
    step "find the sources of postgresql-$PG_MAJOR" apt_source_update
    step "fetch the sources of postgresql-$PG_MAJOR" apt_source_fetch
    suite=$(echo "$core"/postgresql-*/src/test/regress)
    [ -d "$suite" ] || fail "the source package has no src/test/regress"
}

private_apt() { # apt-get | apt-cache, arguments
    local apt=$core/apt tool=$1
    shift
    "$tool" -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
}

apt_source_update() {
    local apt=$core/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' 'Created-By: Packages' | sort -u |
        while read -r uri release component key; do
            case $key in *'$('*) key= ;; esac # not set: the machine's trusted keys
            echo "deb-src ${key:+[signed-by=$key] }$uri $release $component"
        done >"$apt/sources.list"
    grep -q deb-src "$apt/sources.list" || { echo "this machine's apt knows no repository"; return 1; }
    private_apt apt-get update
}

# The newest source that the archive really has: it may lack the one of a server just updated. A newer server's
# minor fixes then change some expected files, which is why results are compared with the same server's own.
apt_source_fetch() {
    local version
    cd "$core"
    for version in $(private_apt apt-cache showsrc "postgresql-$PG_MAJOR" | sed -n 's/^Version: //p' | sort -Vru); do
        rm -f postgresql-*.orig.tar.*
        if private_apt apt-get source --download-only "postgresql-$PG_MAJOR=$version"; then break; fi
    done
    tar -xf postgresql-*.orig.tar.*
    own "$core"
}

# regress.so needs the server's headers alone; refint and autoinc come with the server.
compile_core_functions() {
    mkdir -p "$core/lib"
    gcc -O1 -fPIC -shared -w $("$PG_CONFIG" --cppflags) -I"$("$PG_CONFIG" --includedir-server)" \
        -I"$suite" -o "$core/lib/regress.so" "$suite/regress.c"
    cp "$("$PG_CONFIG" --pkglibdir)"/{refint,autoinc}.so "$core/lib/"
    own "$core"
}

# run_core name preload "setting" "extension to load": results in $core/NAME. All runs use the same paths.
run_core() {
    local name=$1 preload=$2 setting=$3 extension=$4 pgxs
    pgxs=$("$PG_CONFIG" --pgxs)
    step "make a cluster for: $name" server_init "$preload"
    as_owner tee -a "$DIR/data/postgresql.conf" >/dev/null <<CONF
compute_query_id = regress
fsync = off
autovacuum = off
$setting
CONF
    step "start its server" server_start
    rm -rf "$core/out" "$core/$name"
    as_owner mkdir -p "$core/out"
    say "==> PostgreSQL's regression suite: $name"
    as_owner env -C "$core/out" LC_MESSAGES=C "${pgxs%/makefiles/pgxs.mk}/test/regress/pg_regress" \
        --inputdir="$suite" --outputdir="$core/out" --bindir="$PGBIN" --dlpath="$core/lib" --host="$SOCK" \
        --user=postgres --schedule="$suite/parallel_schedule" --max-concurrent-tests=20 \
        ${extension:+--load-extension=$extension} >"$core/out/summary" 2>&1 </dev/null || true
    grep -E 'tests? (passed|failed)|^# (All )?[0-9]+ (of|tests)' "$core/out/summary" | sed 's/^/    /' || true
    [ "$(ls "$core/out/results" | wc -l)" -ge 200 ] || { tail -40 "$core/out/summary"; fail "the suite did not run"; }
    grep -qE 'server closed the connection|terminated by signal|PANIC' -r "$core/out/results" "$DIR/log" &&
        { grep -E 'terminated by signal|PANIC' "$DIR/log" || true; fail "the server crashed ($name)"; }
    mv "$core/out" "$core/$name"
    step "stop its server" server_stop
}

# The suite's own look at the catalogs: without what the extension made there, which got its numbers that day.
without_extension() { perl -ne 'next if /\b(1[6-9]\d{3}|[2-9]\d{4})\b/; s/^\(\d+ rows?\)$/(rows)/; s/ +/ /g; s/ $//; s/^[-+]+$/-/; print'; }

# Where an older suite meets a newer server its look for leftovers finds some, by their numbers and in any order.
without_leftovers() { grep -vE '^ +[1-9][0-9]{4} \|'; }

normalize() { # mode, test
    case $1:$2 in
    call:alter_table) without_plans | without_leftovers ;;
    *:alter_table) without_leftovers ;;
    call:opr_sanity | call:type_sanity) without_plans | without_extension ;;
    *:opr_sanity | *:type_sanity) without_extension ;;
    call:equivclass) without_plans | perl -pe 's/(for operator) \d+/$1 (oid)/' ;; # its number is not the same twice
    call:stats) without_plans | perl -pe 's/^(LINE 1: \.\.\.)\d+ \d+ P[DS]T/$1(time)/' ;;
    call:*) without_plans ;;
    *) cat ;;
    esac
}

# compare_core mode: every difference to the reference that no patch accounts for is shown. With CORE_RECORD=1 it
# becomes a patch instead, for whoever can give its reason.
compare_core() {
    local mode=$1 file name differences=0 want got
    want=$core/want got=$core/got
    for file in "$core/reference/results"/*.out; do
        name=$(basename "$file" .out)
        normalize "$mode" "$name" <"$file" >"$want"
        normalize "$mode" "$name" <"$core/$mode/results/$name.out" >"$got"
        if [ -z "${CORE_RECORD:-}" ]; then
            apply_patch "$mode" "$name" "$want" || { say "    $name: its patch does not apply"; differences=$((differences + 1)); continue; }
        fi
        if diff -u --label "$name without ddm" --label "$name with ddm ($mode)" "$want" "$got" >"$core/$mode/$name.diff"; then
            rm -f "$core/$mode/$name.diff"
        elif [ -n "${CORE_RECORD:-}" ]; then
            record_patch "$mode" "$name"
        else
            sed 's/^/    /' "$core/$mode/$name.diff" | head -"${CORE_DIFF_LINES:-60}"
            differences=$((differences + 1))
        fi
    done
    say "    $mode: $(ls "$core/reference/results"/*.out | wc -l) files compared, $differences differ"
    [ $differences -eq 0 ]
}

record_patch() { # mode, test
    local patch=$TREE/test/core_patches/$PG_MAJOR/$2.$1.patch reason
    mkdir -p "$(dirname "$patch")"
    reason=$(sed '/^--- /,$d' "$patch" 2>/dev/null || true)
    { echo "${reason:-No reason is given yet.}"; cat "$core/$1/$2.diff"; } >"$patch"
    say "    recorded $patch"
}

# A known deviation: test/core_patches/MAJOR/NAME.MODE.patch, which begins with its reason; patch(1) skips that. The lines
# around it may be those of another minor release (-F3): what comes out is compared to the byte.
apply_patch() { # mode, test, file
    local patch=$TREE/test/core_patches/$PG_MAJOR/$2.$1.patch
    [ ! -e "$patch" ] || patch -s -f -F3 "$3" "$patch"
}
