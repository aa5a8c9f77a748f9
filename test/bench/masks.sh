# What each mask costs: all masks of texts over a scan, beside the cheapest text function of the server; keyed masks beside
# OpenSSL. In time of the processor, which other work on the machine disturbs less. Sourced by run.sh.

# A kind of values, then the masks that are run over them.
mask_values() { # kind
    case $1 in
    email) echo "text|'person' || lpad(n::text, 7, '0') || '@mail.example'" ;;
    ssn) echo "text|to_char(n % 899 + 1, 'FM000') || '-' || to_char(n % 98 + 1, 'FM00') || '-' || to_char(n % 9998 + 1, 'FM0000')" ;;
    pan) echo "text|'4111-1111-' || to_char(n / 10000, 'FM0000') || '-' || to_char(n % 10000, 'FM0000')" ;;
    digits) echo "text|to_char(n * 7919::bigint % 10000000000, 'FM0000000000')" ;;
    phone) echo "text|'+55 (12) ' || to_char(n / 10000, 'FM0000') || '-' || to_char(n % 10000, 'FM0000')" ;;
    iban) echo "text|'DE89' || to_char(n, 'FM000000000000000000')" ;;
    nin) echo "text|'QQ' || to_char(n % 1000000, 'FM000000') || 'C'" ;;
    uuid) echo "text|md5(n::text)::uuid" ;;
    ip) echo "text|'10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256" ;;
    url) echo "text|'https://shop' || n % 100 || '.example.com/orders/' || n || '?page=1'" ;;
    name) echo "text|(ARRAY['Luís Gonçalves', 'Leonie Köhler', 'François Tremblay', 'Bjørn Hansen'])[1 + n % 4]" ;;
    number) echo "int|n % 100000" ;;
    amount) echo "numeric(10, 2)|(n % 100000) * 1.25" ;;
    day) echo "date|date '1950-01-01' + n % 25000" ;;
    esac
}

mask_tables() { # kind
    local values
    values=$(mask_values "$1")
    step "make two million values: $1" sql -U postgres -d bench -q -v type="${values%%|*}" -v value="${values#*|}" -f "$DIR/src/test/bench/masks.sql"
}

mask_label() { # mask
    sql -U postgres -d bench -q -v label="MASKED WITH FUNCTION $1" >/dev/null <<'SQL'
SECURITY LABEL FOR ddm ON COLUMN mask_masked.v IS :'label';
SQL
}

# The last field is the goal; those without one have to look at every byte, or at what the expression says.
bench_masks() {
    local kind mask limit
    while IFS='|' read -r kind mask limit; do
        [ "$kind" = "${made:-}" ] || mask_tables "$kind" </dev/null
        made=$kind
        mask_label "$mask"
        alternate "$rounds" "executor_cpu_ms reader 'SELECT v FROM mask_raw'" "executor_cpu_ms reader 'SELECT v FROM mask_masked'" \
            "executor_cpu_ms reader 'SELECT v || \$\$\$\$ FROM mask_raw'" </dev/null
        row "a scan of 1,000,000 rows through $mask of $kind" ms raw masked "v || '', for comparison"
        [ -z "$limit" ] || goal '<=' "$limit"
    done <<'MASKS'
email|email()|1.15
email|partial(1, '***', 2)|1.15
email|full('withheld')|1.15
email|inner(1, 1)|1.15
email|outer(2, 2)|1.15
email|range(2, 5)|1.15
email|regexp('^.*@', '***@')
ssn|ssn()
ssn|partial(0, 'XXX-XX-', 4)|1.15
ssn|canada_sin()
pan|pan()
pan|pan_relaxed()
phone|phone()
iban|iban()
nin|uk_nin()
uuid|uuid()
ip|ip()
url|url()
name|name()
name|partial(1, '–', 1)
digits|generalize(10)
MASKS
}

# A masked value's share of a scan, in nanoseconds: what the scan takes longer.
mask_ns() {
    local raw masked
    raw=$(executor_cpu_ms reader 'SELECT v FROM mask_raw')
    masked=$(executor_cpu_ms reader 'SELECT v FROM mask_masked')
    awk -v a="$raw" -v b="$masked" 'BEGIN { printf "%.1f\n", b - a }'
}

openssl_ns() { # what
    "$work/openssl" "$1" 200000
}

bench_keyed() {
    local kind mask reference
    step "compile the loop over OpenSSL" cc -O2 -o "$work/openssl" "$DIR/src/test/bench/openssl.c" -lcrypto
    while IFS='|' read -r kind mask reference; do
        [ "$kind" = "${made:-}" ] || mask_tables "$kind" </dev/null
        made=$kind
        mask_label "$mask"
        alternate "$rounds" "openssl_ns $reference" mask_ns "openssl_ns aes" </dev/null
        row "$mask of $kind, for each value of a scan" ns "OpenSSL's own: $reference" masked "ten blocks of AES"
        [ "$kind" = amount ] || goal '<=' 1.3 # numeric is read and written as text: no work of OpenSSL's
    done <<'MASKS'
email|hash()|hmac
email|md5()|hmac
email|token()|hmac
email|pseudonym('first_name')|hmac
digits|fpe()|ff1
pan|fpe_pan()|ff1
number|fpe()|ff1
number|hash()|hmac
number|noise(0.1)|hmac
amount|noise(0.1)|hmac
day|date_shift(30)|hmac
MASKS
}
