# A private server: a copy of the machine's PostgreSQL under a directory of ours, where ddm is installed, so that
# nothing in /usr and no server that is already there is touched. Sourced after machine.sh.
#
# PG_PREFIX=dir takes a server that was built by hand and installed there, instead of Debian's.
# Under $DIR: pg/ the copied installation, src/ the copied tree, data/ the cluster, sock/ its socket, log.

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

private_paths() { # directory
    DIR=$1
    PGBIN=$DIR/pg/lib/postgresql/$PG_MAJOR/bin
    [ -z "${PG_PREFIX:-}" ] || PGBIN=$DIR/pg/bin
    PG_CONFIG=$PGBIN/pg_config
    SOCK=$DIR/sock
}

# Where the server's files may lie: the way there must be open to its user, short enough for a socket's path (107
# bytes), and without a blank, which PostgreSQL's makefiles can't take.
check_place() { # directory
    case $1 in *[[:space:]]*) fail "$1 has a blank in its name; name another directory in TMPDIR" ;; esac
    [ ${#1} -le 80 ] || fail "$1 is too long a name for a server's socket; name a shorter one in TMPDIR"
    as_owner test -x "$1" || fail "the user that runs the server, $(as_owner id -un), cannot enter $1; name another directory in TMPDIR"
}

need_room() { # directory, megabytes
    local free
    free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$2" ] || fail "$1 has $free MB left, $2 are needed; make room, or name another directory in TMPDIR"
}

# temporary_home name megabytes [directory]: $home, a directory that goes away when this process ends, however it does,
# its server stopped. One that is named stays.
temporary_home() {
    kept_home=${3:-}
    home=${kept_home:-$(mktemp -d "$TEMP/ddm-$1.XXXXXX")}
    mkdir -p "$home"
    private_paths "$home"
    trap end_home EXIT
    need_room "$home" "$2"
    own "$home"
    check_place "$home"
    cd "$home"
}

end_home() {
    local code=$?
    trap '' INT TERM HUP
    server_stop >/dev/null 2>&1 || true
    cd /
    [ -n "$kept_home" ] || rm -rf "$home"
    rm -f "$STEPS_LOG"
    exit $code
}

own() { if is_root; then chown -R postgres: "$@"; fi; }

# The server finds its files relative to where its binary lies, so a copy of it is an installation.
relocate_server() {
    [ -x "$PG_CONFIG" ] && return
    mkdir -p "$DIR/pg" "$SOCK"
    if [ -n "${PG_PREFIX:-}" ]; then
        cp -a "$PG_PREFIX/." "$DIR/pg/"
        own "$DIR/pg" "$SOCK"
        return
    fi
    mkdir -p "$DIR/pg/lib/postgresql" "$DIR/pg/share/postgresql" "$DIR/pg/include"
    cp -aL "/usr/lib/postgresql/$PG_MAJOR" "$DIR/pg/lib/postgresql/"
    cp -aL "/usr/share/postgresql/$PG_MAJOR" "$DIR/pg/share/postgresql/"
    ln -sfn /usr/include/postgresql "$DIR/pg/include/postgresql"
    rm -f "$DIR/pg/lib/postgresql/$PG_MAJOR/lib/ddm.so"
    own "$DIR/pg" "$SOCK"
}

# The sources as they stand, without what was built from them. What an earlier run built stays: make sees to it.
copy_tree() {
    mkdir -p "$DIR/src"
    find "$DIR/src" -type f ! -name '*.o' ! -name '*.d' ! -name '*.so' ! -path '*/build/*' -delete
    tar -C "$TREE" --exclude-vcs --exclude='*.o' --exclude='*.d' --exclude='*.so' --exclude=./build \
        --exclude=./tmp_check --exclude=./results --exclude='./sql/ddm--*.sql' -cf - . | tar -C "$DIR/src" -xf -
    own "$DIR/src"
}

build_jobs() { nproc 2>/dev/null || echo 2; }

# Without ddm's own variables: they would reach make as definitions of the same names.
make_module() { as_owner env -u MAKEFLAGS -u MAKELEVEL make -s -C "$DIR/src" -j"$(build_jobs)" PG_CONFIG="$PG_CONFIG" "$@"; }

server_stop() { # [data directory]
    local data=${1:-$DIR/data}
    if [ -e "$data/postmaster.pid" ]; then as_owner "$PGBIN/pg_ctl" -D "$data" -w -t 60 -m immediate stop; fi
}

# server_init preload: a new cluster at $DIR/data with these libraries preloaded; server_start starts it.
server_init() {
    server_stop || true
    rm -rf "$DIR/data" "$DIR/log"
    as_owner "$PGBIN/initdb" -D "$DIR/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
    as_owner tee -a "$DIR/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$SOCK'
shared_preload_libraries = '$1'
compute_query_id = on
CONF
}

server_start() {
    as_owner "$PGBIN/pg_ctl" -D "$DIR/data" -l "$DIR/log" -w -t 120 start || { tail -50 "$DIR/log"; return 1; }
}

sql() { as_owner env PGOPTIONS= "$PGBIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$SOCK" "$@"; }

forget_environment() { unset PGHOST PGPORT PGUSER PGDATABASE PGSERVICE PGOPTIONS PGDATA PGPASSWORD MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES || true; }
forget_environment
