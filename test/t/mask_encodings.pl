# In every kind of server encoding masks of texts count characters, show texts that are valid in it, and no value.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %texts = (
	SQL_ASCII => [ 'e9e8ea', 'e697a5e69cac' ],
	LATIN1 => ['e9e0fc2040e9'],
	WIN1251 => ['cfd0c8c2c5d2'],
	EUC_JP => [ 'c6fccbdcb8ec', '8eb18fb0a1c6fc' ],
	EUC_KR => ['c7d1b1b9bef6'],
	EUC_CN => ['d6d0cec4d7d6'],
	EUC_TW => ['c4e38ea2a1a1c4e3'],
	EUC_JIS_2004 => ['c6fc8fb0a1cbdc'],
	MULE_INTERNAL => ['81e991b0a181e9'],
	UTF8 => ['e697a5e69cace8aa9e']);
my %clients = (EUC_JP => 'SJIS', EUC_CN => 'UTF8', UTF8 => 'GB18030');

my $node = PostgreSQL::Test::Cluster->new('encodings');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE reader');
for my $encoding (sort keys %texts)
{
	my $db = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $db ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	my $values = join ', ', map { "('\\x$_'::bytea)" } @{ $texts{$encoding} };
	my $findings = $node->safe_psql($db, <<"SQL");
SET client_min_messages = error;
CREATE EXTENSION ddm;
CREATE TABLE v (id int, t text);
INSERT INTO v SELECT row_number() OVER (), convert_from(b, '$encoding') FROM (VALUES $values) AS s (b);
INSERT INTO v SELECT id + 10, t || '\@x.jp' FROM v;
INSERT INTO v SELECT id + 100, t || ' ' || t FROM v WHERE id < 10;
GRANT SELECT ON v TO reader;
CREATE TABLE findings (mask text, id int, what text);
CREATE TABLE looked (mask text);
DO \$look\$
DECLARE m text; r record;
BEGIN
    FOR m IN SELECT unnest(ARRAY['partial(1,''*'',1)', 'inner(1,1)', 'outer(1,1)', 'outer(1,0)', 'range(1,2,''*'')', 'email()', 'name()',
        'phone()', 'ssn()', 'pan()', 'iban()', 'url()', 'regexp(''[a-z]'',''#'')', 'regexp(''.'',''#'')', 'generalize(10)', 'hash()',
        'token(8)', 'fpe()', 'fpe_pan()', 'pseudonym(''city'')', 'ip()']) LOOP
        EXECUTE format('SECURITY LABEL FOR ddm ON COLUMN v.t IS %L', 'MASKED WITH FUNCTION ' || m);
        SET LOCAL ROLE reader;
        CREATE TEMP TABLE seen AS SELECT id, t AS shown FROM v;
        RESET ROLE;
        FOR r IN SELECT v.id, v.t, length(v.t) AS n, seen.shown FROM v JOIN seen USING (id) LOOP
            INSERT INTO looked VALUES (m);
            IF r.shown = r.t THEN INSERT INTO findings VALUES (m, r.id, 'the value'); END IF;
            BEGIN
                PERFORM convert_from(convert_to(r.shown, '$encoding'), '$encoding');
            EXCEPTION WHEN OTHERS THEN
                INSERT INTO findings VALUES (m, r.id, 'not valid');
            END;
            IF (m LIKE 'partial%' AND length(r.shown) <> (3 - 2 * (r.n <= 2)::int)) OR (m ~ '^(inner|outer)' AND length(r.shown) <> r.n) THEN
                INSERT INTO findings VALUES (m, r.id, 'characters: ' || length(r.shown) || ' of ' || r.n);
            END IF;
        END LOOP;
        DROP TABLE seen;
    END LOOP;
END \$look\$;
SELECT 'looked ' || count(*) || ' masks ' || count(DISTINCT mask) FROM looked;
SELECT * FROM findings;
SQL
	is($findings, 'looked ' . 21 * 3 * @{ $texts{$encoding} } . ' masks 21', "$encoding: nothing found, and every mask looked at");

	my $client = $clients{$encoding} or next;
	$node->safe_psql($db, "SECURITY LABEL FOR ddm ON COLUMN v.t IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)'");
	my $hex = $node->safe_psql($db, "SELECT encode(convert_to(substr(t, 1, 1) || '*' || right(t, 1), '$client'), 'hex') FROM v WHERE id = 1");
	my $shown = $node->safe_psql($db, "SET client_encoding = '$client'; SET ROLE reader; SELECT t FROM v WHERE id = 1");
	is(unpack('H*', $shown), $hex, "a client of $client reads the mask");
}
$node->stop;
done_testing();
