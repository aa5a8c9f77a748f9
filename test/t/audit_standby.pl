# On a hot standby masks hold, unmask events go to the spool and the log, and get into the table when it is promoted,
# each once; where neither spool nor log is allowed, unmasked reads are denied.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nlog_statement = none\ncompute_query_id = on");
$primary->start;
$primary->safe_psql('postgres', <<'SQL');
CREATE EXTENSION ddm;
CREATE TABLE people (id int PRIMARY KEY, email text);
INSERT INTO people SELECT g, 'p' || g || '@example.com' FROM generate_series(1, 5) g;
SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
CREATE ROLE cleared LOGIN;
CREATE ROLE masked LOGIN;
GRANT SELECT ON people TO cleared, masked;
SET client_min_messages = error;
GRANT UNMASK ON people TO cleared;
SELECT email FROM people WHERE id = 5;
ANALYZE people;
SQL

$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;
$primary->safe_psql('postgres', 'SELECT email FROM people WHERE id = 4; SELECT ddm.audit_flush()');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

sub standby_reads
{
	my ($role, $marker, $query) = @_;
	my ($out, $err) = ('', '');
	$query //= 'SELECT email FROM people WHERE id = 1';
	$standby->psql('postgres', "SET application_name = '$marker'; $query",
		extra_params => [ '-U', $role ], stdout => \$out, stderr => \$err);
	return ($out, $err);
}

is((standby_reads('masked', 'm'))[0], 'p***@example.com', 'masks hold on a standby');
for my $i (1 .. 10)
{
	is((standby_reads('cleared', "standby $i"))[0], 'p1@example.com', 'a cleared role reads') if $i == 1;
	standby_reads('cleared', "standby $i") if $i > 1;
}
my @lines = slurp_file($standby->logfile) =~ /ddm audit: \{.*"kind":"unmask".*"application_name":"standby \d+"/g;
is(scalar(@lines), 10, 'each unmask event is a line of the log');

$standby->append_conf('postgresql.conf', "ddm.audit_standby_spool = off");
$standby->reload;
$standby->poll_query_until('postgres', "SELECT current_setting('ddm.audit_standby_spool') = 'off'");
my ($out, $err) = standby_reads('cleared', 'denied');
is($out, '', 'with spool and log off nothing is read in clear');
like($err, qr/ERROR:  unmasked read denied/, 'but denied');
my $statistics = "SELECT histogram_bounds FROM pg_stats WHERE tablename = 'people' AND attname = 'email'";
($out, $err) = standby_reads('cleared', 'statistics', $statistics);
is($out, '', 'nor are stored values out of statistics');
like($err, qr/ERROR:  unmasked read denied/, 'they are denied as well');
is((standby_reads('masked', 'm'))[0], 'p***@example.com', 'masked reads go on');
$standby->append_conf('postgresql.conf', "ddm.audit_to_log = on");
$standby->reload;
$standby->poll_query_until('postgres', "SELECT current_setting('ddm.audit_to_log') = 'on'");
is((standby_reads('cleared', 'log only'))[0], 'p1@example.com', 'the log alone will do');
like((standby_reads('cleared', 'log only, statistics', $statistics))[0], qr/p1\@example\.com/, 'for statistics as well');
@lines = slurp_file($standby->logfile) =~ /ddm audit: \{.*"kind":"unmask".*"application_name":"log only[^"]*"/g;
is(scalar(@lines), 2, 'it has both');
$standby->append_conf('postgresql.conf', "ddm.audit_to_log = off\nddm.audit_standby_spool = on");
$standby->reload;
$standby->poll_query_until('postgres', "SELECT current_setting('ddm.audit_to_log') = 'off'");

# A crash of the standby loses nothing that was in the spool.
$standby->stop('immediate');
$standby->start;
is((standby_reads('cleared', 'standby 11'))[0], 'p1@example.com', 'after a crash of the standby');

$standby->promote;
$standby->safe_psql('postgres', 'SELECT ddm.audit_flush()');
$standby->poll_query_until('postgres', "SELECT count(*) >= 11 FROM ddm.unmask_events WHERE application_name LIKE 'standby %'");
is($standby->safe_psql('postgres', "SELECT count(*), count(DISTINCT application_name) FROM ddm.unmask_events WHERE application_name LIKE 'standby %'"),
	'11|11', 'on promotion every event of the standby is in the table, once');
is($standby->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_events WHERE application_name ~ 'log only|statistics'"), '0', 'and none that was for the log alone');
is($standby->safe_psql('postgres', 'SELECT count(*), count(DISTINCT (source, object)) FROM ddm.audit_log'),
	$standby->safe_psql('postgres', 'SELECT count(*), count(*) FROM ddm.audit_log'), 'no event of the primary came twice');
is($standby->safe_psql('postgres', 'SELECT bool_and(ok) FROM ddm.audit_verify()'), 't', 'the chain holds');

$standby->stop;
$primary->stop;
done_testing();
