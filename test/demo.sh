#!/bin/bash
# make demo, make demo-stop: a private server under a temporary directory, 100,000 customers, and who sees what.
cd "$(dirname "$0")/.."
. test/lib/steps.sh
. test/lib/machine.sh
. test/lib/server.sh
action=${1:-start}
home=${DDM_DEMO_DIR:-$TEMP/ddm-demo-$(id -u)}

# The directory's name can be guessed: whatever lies there must be ours, and a directory.
check_home() {
    [ ! -L "$home" ] && [ -d "$home" ] || return 1
    local owner
    owner=$(stat -c %U "$home")
    [ "$owner" = "$(id -un)" ] || { is_root && [ "$owner" = postgres ]; }
}

stop_demo() {
    [ -e "$home" ] || return 0
    check_home || fail "$home is not the demo's; name another directory in DDM_DEMO_DIR"
    local data=$home/data
    cd "$home"
    [ ! -e "$data/postmaster.pid" ] || step "stop the demo's server" as_owner "$(echo "$home"/pg/lib/postgresql/*/bin/pg_ctl)" -D "$data" -w -m fast stop
}

# show role "what it shows" "statement": as psql would show it, statement first.
show() {
    printf '\n--- %s\n%s=> %s\n' "$2" "$1" "$3"
    sql -U "$1" -d shop -c "$3"
}

look='SELECT id, name, email, phone, ssn, city FROM customers WHERE id <= 3 ORDER BY id;'

label_columns() {
    show postgres "three labels: e-mail, phone and social security number are masked for everyone who is not cleared" \
"SECURITY LABEL FOR ddm ON COLUMN customers.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN customers.phone IS 'MASKED WITH FUNCTION partial(0, ''XXX-XXX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN customers.ssn   IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';"
}

show_masking() {
    show support "what support sees: the rows, with masks" "$look"
    show support "a condition compares with the mask too: there is nothing to infer" \
        "SELECT count(*) FROM customers WHERE ssn LIKE '1%';"
    show security_officer "compliance is cleared for two of the columns" "GRANT UNMASK (email, ssn) ON customers TO compliance;"
    show compliance "what compliance sees: the values it is cleared for, and the mask on phone" "$look"
    show compliance "a report over all of them" \
        "SELECT split_part(email, '@', 2) AS domain, count(*) FROM customers GROUP BY 1 ORDER BY 2 DESC;"
}

# The trail is written by a worker: it is there within its flush interval.
await_events() {
    local try
    for try in $(seq 1 100); do
        [ "$(sql -U security_officer -d shop -Atc "SELECT count(*) >= 2 FROM ddm.unmask_events WHERE user_name = 'compliance'")" = t ] && return 0
        sleep 0.2
    done
    fail "no unmask event arrived within 20 seconds; the server's log is $home/log"
}

# A demo that did not come to its end leaves no server behind; what it built stays for the next one.
end_unfinished() {
    local code=$?
    trap '' INT TERM HUP
    server_stop >/dev/null 2>&1 || true
    rm -f "$STEPS_LOG"
    cd /
    rmdir "$home" 2>/dev/null && exit $code # it had not begun
    printf '\nThe demo did not come to its end; nothing of it is running. make demo begins again, make demo-stop removes %s\n' "$home" >&2
    exit $code
}

start_demo() {
    say "ddm demo: a private server under $home"
    install_packages $PACKAGES_BUILD
    stop_demo
    private_paths "$home"
    mkdir -p "$home"
    check_home || fail "$home belongs to somebody else; name another directory in DDM_DEMO_DIR"
    trap end_unfinished EXIT
    own "$home"
    check_place "$home"
    need_room "$home" 700
    chmod 700 "$home"
    cd "$home"
    step "copy PostgreSQL $PG_MAJOR to a place of its own" relocate_server
    step "copy the sources" copy_tree
    step "build ddm (a minute or two)" make_module
    step "install it there" make_module install
    step "make a database cluster" server_init 'pg_stat_statements,pgaudit,ddm'
    step "start its server (socket only)" server_start
    step "create the database shop" sql -U postgres -d postgres -c 'CREATE DATABASE shop'
    step "load 100,000 customers" sql -U postgres -d shop -f "$DIR/src/test/demo/customers.sql"
    label_columns
    show_masking
    await_events
    show security_officer "and who saw real values is on record" \
        "SELECT event_time, user_name, role_name, query_id, columns_unmasked, row_count
   FROM ddm.unmask_events WHERE user_name = 'compliance' ORDER BY event_time;"
    cat <<END

The server is up and stays up. Connect as each role:
  $PGBIN/psql -h $SOCK -U support shop
  $PGBIN/psql -h $SOCK -U compliance shop
  $PGBIN/psql -h $SOCK -U security_officer shop     (ddm_admin and ddm_auditor)
  $PGBIN/psql -h $SOCK -U postgres shop             (superuser: exempt, and on record)
Its log is $DIR/log. To stop it and take everything away:
  make demo-stop
END
    trap at_end EXIT
}

case $action in
start) start_demo ;;
stop)
    [ -e "$home" ] || { say "there is no demo at $home"; exit 0; }
    stop_demo
    cd /
    step "remove $home" rm -rf "$home"
    ;;
*) fail "usage: $0 start|stop" ;;
esac
