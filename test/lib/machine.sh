# The machine: which PostgreSQL, which packages, which user runs the server. Sourced after steps.sh.

# Root hands the server to the user that PostgreSQL's package makes; everybody else runs it himself.
is_root() { [ "$(id -u)" = 0 ]; }

as_owner() {
    if is_root; then runuser -u postgres -- "$@"; else "$@"; fi
}

as_root() {
    if is_root; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "packages are missing and this is neither root nor is there sudo"
    fi
}

# The server's major version: PG_MAJOR, or what is installed, or the one that this Debian has.
pg_major() {
    local dir best=
    if [ -n "${PG_MAJOR:-}" ]; then echo "$PG_MAJOR"; return; fi
    if [ -n "${PG_PREFIX:-}" ]; then "$PG_PREFIX/bin/pg_config" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/'; return; fi
    for dir in /usr/lib/postgresql/*/lib/pgxs; do
        [ -d "$dir" ] && best=$(basename "$(dirname "$(dirname "$dir")")")
    done
    [ -n "$best" ] || best=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -1)
    echo "$best"
}

is_installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

missing_packages() {
    local package
    for package in "$@"; do is_installed "$package" || echo "$package"; done
}

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

# PostgreSQL's package would make and start a cluster of its own. Nobody asked for one: postgresql-common comes
# first, is told so for the length of the installation, and gets its configuration back as it was.
apt_install_server() {
    local conf=/etc/postgresql-common/createcluster.conf code=0
    apt_install postgresql-common
    as_root cp -p "$conf" "$conf.ddm-keep"
    echo 'create_main_cluster = false' | as_root tee -a "$conf" >/dev/null
    apt_install "$@" || code=$?
    as_root mv "$conf.ddm-keep" "$conf"
    return $code
}

# The fuzzers' runtime is a package of the default clang's version.
clang_major() { apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -1; }

# The packages' names on this machine: -N is PostgreSQL's version, -C clang's. A server that was built by hand
# (PG_PREFIX) needs no package.
package_names() {
    local name
    for name in "$@"; do
        case $name in
        *-N*) [ -n "${PG_PREFIX:-}" ] || echo "${name/-N/-$PG_MAJOR}" ;;
        *-C-*) echo "${name/-C-/-$(clang_major)-}" ;;
        *) echo "$name" ;;
        esac
    done
}

# Those of the names that this Debian has.
known_packages() {
    local package
    for package in $(package_names "$@"); do
        if apt-cache show "$package" >/dev/null 2>&1; then echo "$package"; fi
    done
}

# install_packages package...: what is missing, by name, with apt-get.
install_packages() {
    local major server missing
    command -v apt-get >/dev/null || fail "this needs a Debian (apt-get is not there)"
    major=$(pg_major)
    PG_MAJOR=$major
    if [ -z "$major" ] || [ -n "$(missing_packages $(package_names "$@"))" ]; then
        step "apt-get update" as_root apt-get update -q
        major=$(pg_major)
        [ -n "$major" ] || fail "no PostgreSQL in this Debian's packages"
    fi
    PG_MAJOR=$major
    server="postgresql-$major postgresql-server-dev-$major postgresql-$major-pgaudit"
    [ -z "${PG_PREFIX:-}" ] || server=
    missing=$(missing_packages $server)
    if [ -n "$missing" ]; then
        step "install $(echo $missing)" apt_install_server $missing
    fi
    missing=$(missing_packages $(package_names "$@"))
    if [ -n "$missing" ]; then
        step "install $(echo $missing)" apt_install $missing
    fi
}

# What building and running ddm takes, and what testing takes on top.
PACKAGES_BUILD="postgresql-N postgresql-server-dev-N postgresql-N-pgaudit make gcc g++ libc6-dev libfmt-dev libssl-dev libre2-dev"
PACKAGES_TEST="cmake catch2 clang clang-format libclang-rt-C-dev libipc-run-perl perl"
# Clients to test with, languages and libraries to stand beside ddm; not every release of Debian has them all, and what is not
# there is skipped by name.
PACKAGES_CLIENTS="python3-psycopg python3-psycopg2 python3-asyncpg python3-sqlalchemy python3-django"
PACKAGES_BESIDE="postgresql-N-pg-qualstats postgresql-N-pg-stat-kcache postgresql-N-hypopg postgresql-N-set-user postgresql-N-cron postgresql-N-plpgsql-check postgresql-plperl-N postgresql-plpython3-N postgresql-pltcl-N"
