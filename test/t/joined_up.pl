# An event joins with what else the server writes: pg_stat_statements by query_id, pgaudit's log by session and query id,
# the log's lines of JSON; and says from where, as whom and as what application, also over TCP and in pooled sessions.
use strict;
use warnings;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'pgaudit is not installed' unless -e `pg_config --pkglibdir` =~ s/\n//r . '/pgaudit.so';

my $node = PostgreSQL::Test::Cluster->new('joined');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_stat_statements, pgaudit, ddm'
listen_addresses = '127.0.0.1'
password_encryption = 'scram-sha-256'
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = 'log'
log_filename = 'server.log'
log_line_prefix = '%m [%p] %c %Q '
log_statement = none
ddm.audit_to_log = on
pgaudit.role = 'auditing'
CONF
my $hba = slurp_file($node->data_dir . '/pg_hba.conf');
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION ddm;
CREATE EXTENSION pgaudit;
CREATE EXTENSION pg_stat_statements;
CREATE ROLE auditing;
CREATE ROLE web LOGIN PASSWORD 'geheim';
CREATE ROLE cleared;
CREATE ROLE other;
GRANT cleared TO web;
GRANT other TO web;
CREATE TABLE people (id int PRIMARY KEY, email text, note text);
INSERT INTO people SELECT g, 'p' || g || '@example.com', 'n' FROM generate_series(1, 9) g;
SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT, UPDATE ON people TO cleared, other;
GRANT UNMASK ON people TO cleared, other;
SQL
open my $file, '>', $node->data_dir . '/pg_hba.conf';
print $file "host all web 127.0.0.1/32 scram-sha-256\n$hba";
close $file;
$node->reload;

my $events = "SELECT format('%s|%s|%s|%s|%s|%s', application_name, client_addr, authenticated_as, user_name, role_name, columns_unmasked)
	FROM ddm.unmask_events WHERE event_id > SEEN ORDER BY event_id";
my $seen = 0;

sub news
{
	$node->safe_psql('postgres', 'SELECT ddm.audit_flush()');
	my $news = $node->safe_psql('postgres', $events =~ s/SEEN/$seen/r);
	$seen = $node->safe_psql('postgres', 'SELECT max(event_id) FROM ddm.audit_log');
	return $news;
}
news();

# Over TCP, with a password, in a session that changes its name and its role as a pooler does.
{
	local $ENV{PGPASSWORD} = 'geheim';
	local $ENV{PGAPPNAME} = 'shop';
	my ($out, $err) = ('', '');
	my $tcp = 'host=127.0.0.1 port=' . $node->port . ' user=web dbname=postgres';
	$node->psql('postgres', <<'SQL', connstr => $tcp, stdout => \$out, stderr => \$err, on_error_die => 1);
PREPARE q(int) AS SELECT email FROM people WHERE id = $1;
EXECUTE q(1);
SET application_name = 'shop ''n'' "go"';
EXECUTE q(2);
SET ROLE other;
EXECUTE q(3);
RESET ROLE;
DISCARD ALL;
SET ROLE cleared;
SELECT email FROM people WHERE id = 4;
BEGIN;
SET LOCAL application_name = 'for a while';
SELECT email FROM people WHERE id = 5;
ROLLBACK;
SELECT email FROM people WHERE id = 6;
SQL
}
my $by = '127.0.0.1|scram-sha-256:web|web';
is(news(), <<"EVENTS" =~ s/\n$//r, 'application, address, authentication and roles of each statement');
shop|$by|web|{public.people.email}
shop 'n' "go"|$by|web|{public.people.email}
shop 'n' "go"|$by|other|{public.people.email}
shop|$by|cleared|{public.people.email}
for a while|$by|cleared|{public.people.email}
shop|$by|cleared|{public.people.email}
EVENTS

# pg_stat_statements says what the statement was.
is($node->safe_psql('postgres', <<'SQL'), <<'TEXTS' =~ s/\n$//r, 'pg_stat_statements has the text of each event');
SELECT DISTINCT s.query
FROM ddm.unmask_events e
JOIN pg_stat_statements s ON s.queryid = e.query_id
     AND s.userid = to_regrole(quote_ident(e.role_name)) AND s.dbid = (SELECT oid FROM pg_database WHERE datname = e.database_name)
WHERE e.user_name = 'web' ORDER BY 1
SQL
PREPARE q(int) AS SELECT email FROM people WHERE id = $1
SELECT email FROM people WHERE id = $1
TEXTS

# pgaudit's role follows the masks.
my $sync = "SELECT format('%s %s %s', action, relation, column_name) FROM ddm.pgaudit_sync()";
my $acl = "SELECT string_agg(attname || ' ' || attacl::text, ', ' ORDER BY attnum) FROM pg_attribute
	WHERE attrelid = 'people'::regclass AND attacl IS NOT NULL";
my $me = $node->safe_psql('postgres', 'SELECT current_user');
is($node->safe_psql('postgres', $sync), 'grant people email', 'pgaudit_sync grants on the masked column');
is($node->safe_psql('postgres', $sync), '', '... once');
is($node->safe_psql('postgres', $acl), "email {auditing=rw/$me}", '... what pgaudit looks at');
$node->safe_psql('postgres', <<'SQL');
GRANT SELECT (note) ON people TO auditing;
SELECT ddm.create_rule('ids', 'resource.table_name == "people" && resource.column_name == "id"', 'FUNCTION default()', 10);
ALTER TABLE people RENAME email TO mail;
SQL
is($node->safe_psql('postgres', $sync), 'grant people id', 'a rule masks another column');
$node->safe_psql('postgres', "SELECT ddm.drop_rule('ids'); SECURITY LABEL FOR ddm ON COLUMN people.mail IS NULL");
is($node->safe_psql('postgres', $sync), "revoke people id\nrevoke people mail", 'what is masked no longer is taken back, by its new name');
is($node->safe_psql('postgres', $acl), "note {auditing=r/$me}", "... and not what the user granted");
$node->safe_psql('postgres', "SECURITY LABEL FOR ddm ON COLUMN people.mail IS 'MASKED WITH FUNCTION email()';
	GRANT SELECT (mail) ON people TO auditing");
is($node->safe_psql('postgres', $sync), 'grant people mail', 'a privilege that is missing is added');
$node->safe_psql('postgres', "SECURITY LABEL FOR ddm ON COLUMN people.mail IS NULL");
is($node->safe_psql('postgres', $sync), 'revoke people mail', '... and taken back');
is($node->safe_psql('postgres', $acl), "mail {auditing=r/$me}, note {auditing=r/$me}", '... alone');
$node->safe_psql('postgres', "REVOKE SELECT (mail, note) ON people FROM auditing; ALTER TABLE people RENAME mail TO email;
	SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()'");
is($node->safe_psql('postgres', "SET ddm.mode = off; $sync"), 'grant people email', 'also while masks are off');

is($node->safe_psql('postgres', "CREATE ROLE chief IN ROLE ddm_admin; SET ROLE chief; SELECT count(*) FROM ddm.pgaudit_sync()"), '0',
	'a member of ddm_admin may');
my ($out, $err);
$node->psql('postgres', "CREATE ROLE reader IN ROLE ddm_auditor; SET ROLE reader; SELECT * FROM ddm.pgaudit_sync()", stderr => \$err);
like($err, qr/permission denied for function pgaudit_sync/, 'others may not');
$node->psql('postgres', "SET pgaudit.role = ''; SELECT * FROM ddm.pgaudit_sync()", stderr => \$err);
like($err, qr/ERROR:  pgaudit has no role for object auditing/, 'no role: the error says so');
$node->psql('postgres', "SET pgaudit.role = 'nobody'; SELECT * FROM ddm.pgaudit_sync()", stderr => \$err);
like($err, qr/ERROR:  pgaudit.role "nobody" does not exist/, 'a role that is not there: the error says so');

# Odd names in the log: each event is one line of JSON.
my $odd = "o\"dd\\ \t'\n\x{1}&<x>";
my $quoted = $odd =~ s/"/""/gr;
$node->safe_psql('postgres', <<"SQL");
CREATE ROLE "$quoted";
CREATE TABLE "t$quoted" ("c$quoted" text);
INSERT INTO "t$quoted" VALUES ('stored value');
SECURITY LABEL FOR ddm ON COLUMN "t$quoted"."c$quoted" IS 'MASKED WITH VALUE NULL';
GRANT SELECT ON "t$quoted" TO "$quoted";
GRANT UNMASK ON "t$quoted" TO "$quoted";
SET application_name = 'a "b" \\c';
SET ROLE "$quoted";
SELECT * FROM "t$quoted";
SQL

# A client's statements between two others, so that there is something to choose from.
my $session = $node->background_psql('postgres');
$session->query_safe("SET application_name = 'joined'; SET ROLE cleared;");
$session->query_safe('SELECT email FROM people WHERE id = 1');
$session->query_safe('SELECT note FROM people WHERE id = 1');
$session->query_safe('SELECT email FROM people WHERE id = 2');
$session->query_safe("UPDATE people SET note = 'x' WHERE email = 'p3\@example.com'");
$session->quit;
$node->safe_psql('postgres', 'SELECT ddm.audit_flush()');

my $log = $node->data_dir . '/log/server';
my @json;
for my $line (split /\n/, slurp_file("$log.log"))
{
	next unless $line =~ /LOG:  ddm audit: (.*)$/;
	my $event = eval { decode_json($1) };
	ok(0, "no JSON: $1") unless $event;
	push @json, $event;
}
my ($strange) = grep { ($_->{kind} // '') eq 'unmask' && $_->{role_name} eq $odd } @json;
is($strange->{application_name}, 'a "b" ?c' =~ s/\?/\\/r, 'JSON in the log: the application');
like($strange->{columns}[0] // '', qr/o.+dd/, 'JSON in the log: the column');
is($strange->{row_count}, 1, 'JSON in the log: the rows');
ok(!(grep { encode_json($_) =~ /stored value|example\.com/ } @json), 'JSON in the log: no stored value');
my @unmask = grep { $_->{kind} eq 'unmask' } @json;
is(scalar(@unmask), $node->safe_psql('postgres', 'SELECT count(*) FROM ddm.unmask_events'), 'JSON in the log: every event, once');
my @jsonlog = grep { ($_->{message} // '') =~ /^ddm audit: / } map { decode_json($_) } split /\n/, slurp_file("$log.json");
is(scalar(@jsonlog), scalar(@json), 'jsonlog has them, too');
is(scalar(grep { eval { decode_json($_->{message} =~ s/^ddm audit: //r) } } @jsonlog), scalar(@json), '... each a line of JSON in JSON');

# The line of an event in pgaudit's log and the event of a line, as doc/audit.md says.
my $doc = slurp_file('doc/audit.md');
my ($load, $forth, $back) = $doc =~ /```sql\n(CREATE TABLE postgres_log.*?)```.*?```sql\n(-- the line.*?)```.*?```sql\n(-- the event.*?)```/s;
ok($load && $forth && $back, 'doc/audit.md has the queries');
$load =~ s/'[^']*\.csv'/'$log.csv'/;
$load =~ s/\n {4}leader_pid.*?query_id bigint\n/\n    leader_pid integer, query_id bigint\n/s;
$node->safe_psql('postgres', $load);
$_ =~ s/;\s*$// for $forth, $back;
my $plain = q{regexp_replace(regexp_replace(e.message, '^AUDIT: OBJECT,\d+,\d+,', ''), '"|\s*;', '', 'g')};
is($node->safe_psql('postgres', "SELECT e.columns_unmasked, $plain FROM ($forth) e WHERE e.application_name = 'joined' ORDER BY e.event_time"),
	join("\n", "{public.people.email}|READ,SELECT,TABLE,public.people,SELECT email FROM people WHERE id = 1,<not logged>",
		"{public.people.email}|READ,SELECT,TABLE,public.people,SELECT email FROM people WHERE id = 2,<not logged>",
		"{public.people.email}|WRITE,UPDATE,TABLE,public.people,UPDATE people SET note = 'x' WHERE email = 'p3\@example.com',<not logged>"),
	'the line of each event');
is($node->safe_psql('postgres', "SELECT count(*), count(event_id), count(DISTINCT event_id) FROM ($back) b WHERE application_name = 'joined'"),
	'3|3|3', 'the event of each line');
my ($event) = split /\n/, $node->safe_psql('postgres', "SELECT session_id || ' ' || query_id FROM ddm.unmask_events
	WHERE application_name = 'joined' ORDER BY event_id");
is(scalar(grep { /\Q$event\E .*AUDIT:/ } split /\n/, slurp_file("$log.log")), 2, 'grep finds the lines by the two ids');

# Without pgaudit.
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\n");
$node->restart;
$node->psql('postgres', 'SELECT * FROM ddm.pgaudit_sync()', stderr => \$err);
like($err, qr/ERROR:  pgaudit is not loaded/, 'without pgaudit the error says so');

$node->stop;
done_testing();
