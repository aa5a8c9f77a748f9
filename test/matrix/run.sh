#!/bin/bash
# make matrix: `make check` on Debian 13 (PostgreSQL 17) and Debian testing (PostgreSQL 18), each in a chroot that
# debootstrap makes under a temporary directory with Debian's own packages. Needs root, some 2 GB and a few minutes.
#   MATRIX="trixie forky"   which
#   MATRIX_DIR=dir          keep the chroots in dir/NAME and use those that are there, with what an earlier run built
#   MATRIX_TASK=check-core  another task of `make help` than check
#   KEEP=1                  leave the temporary directory
cd "$(dirname "$0")/../.."
. test/lib/steps.sh
. test/lib/machine.sh
tree=$PWD
names=${MATRIX:-trixie forky}
task=${MATRIX_TASK:-check}

is_root || fail "chroots need root"
command -v apt-get >/dev/null || fail "this needs a Debian (apt-get is not there)"
missing=$(missing_packages debootstrap gpgv debian-archive-keyring util-linux)
if [ -n "$missing" ]; then
    step "apt-get update" apt-get update -q
    step "install $(echo $missing)" apt_install $missing
fi

base=${MATRIX_DIR:-$(mktemp -d "$TEMP/ddm-matrix.XXXXXX")}
clean_up() {
    local code=$?
    [ -n "${MATRIX_DIR:-}${KEEP:-}" ] || rm -rf --one-file-system "$base"
    rm -f "$STEPS_LOG"
    exit $code
}
trap clean_up EXIT

# The mirror that this machine itself uses, whichever that is.
mirror() {
    apt-get indextargets --format '$(LABEL) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }'
}

make_chroot() { # release, directory, mirror
    local script=/usr/share/debootstrap/scripts/$1
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    rm -rf --one-file-system "$2"
    debootstrap --variant=minbase --include=make "$1" "$2" "$3" "$script"
    cp /etc/resolv.conf "$2/etc/resolv.conf"
    cp -r /etc/apt/apt.conf.d/. "$2/etc/apt/apt.conf.d/"
    # A testing release's index may be older than its own deadline on a mirror.
    echo 'Acquire::Check-Valid-Until "false";' >"$2/etc/apt/apt.conf.d/99ddm-matrix"
    printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d"
    chmod 755 "$2/usr/sbin/policy-rc.d"
    touch "$2/.ok"
}

# Everything that is mounted goes away with the namespace, whatever happens.
in_chroot() { # directory, command
    unshare --mount --pid --fork --propagation private bash -euc '
        mount -t proc proc "$1/proc"
        mkdir -p "$1/dev/shm" "$1/dev/pts"
        mount -t tmpfs tmpfs "$1/dev/shm"
        mount -t devpts devpts "$1/dev/pts"
        exec chroot "$1" env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            DDM_CHINOOK="${2:+/srv/chinook.sql}" FUZZ_SECONDS=2 TAP_KEEP_LOGS=/root/tap-logs \
            ${3:+DDM_CHECK_DIR=/srv/check} bash -c "cd /root/ddm && make $4"
    ' in_chroot "$1" "$2" "${MATRIX_DIR:-}" "$task"
}

lay_tree() { # directory
    rm -rf --one-file-system "$1/root/ddm"
    mkdir -p "$1/root/ddm"
    tar -C "$tree" --exclude-vcs --exclude='*.o' --exclude='*.d' --exclude='*.so' --exclude=./build --exclude=./tmp_check \
        --exclude=./results --exclude='./sql/ddm--*.sql' -cf - . | tar -C "$1/root/ddm" -xf -
}

say "ddm matrix: $names"
failed= chinook=
. test/lib/chinook.sh
[ -z "$(chinook_file)" ] || chinook=$(chinook_file)
for name in $names; do
    dir=$base/$name
    [ -e "$dir/.ok" ] || step "debootstrap $name" make_chroot "$name" "$dir" "$(mirror)"
    step "lay the tree into $name" lay_tree "$dir"
    [ -z "$chinook" ] || install -m 644 "$chinook" "$dir/srv/chinook.sql" # who runs the tests can't look into /root
    say "==> make $task on $name"
    set +e
    (in_chroot "$dir" "$chinook") </dev/null 2>&1
    code=$?
    set -e
    [ $code -eq 0 ] || failed="$failed $name"
    [ -n "${MATRIX_DIR:-}${KEEP:-}" ] || step "remove $name" rm -rf --one-file-system "$dir"
done
if [ -n "$failed" ]; then fail "make $task failed on:$failed"; fi
say "make matrix: everything passed on $names"
