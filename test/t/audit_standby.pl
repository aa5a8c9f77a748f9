# On a hot standby masks hold, unmask events go to the spool and the log, and get into the table when it is promoted,
# each once; where neither spool nor log is allowed, unmasked reads are denied.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Trail;

my $primary = trail_node('primary', init => { allows_streaming => 1 }, cleared => ['cleared'], masked => ['masked'],
	sql => 'SELECT email FROM people WHERE id = 5; ANALYZE people');

$primary->backup('copy');
my $standby = standby_of('standby', $primary, 'copy');
$primary->safe_psql('postgres', 'SELECT email FROM people WHERE id = 4; SELECT ddm.audit_flush()');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

sub standby_reads
{
	my ($role, $marker, $query) = @_;
	return read_as($standby, $role, $query // 'SELECT email FROM people WHERE id = 1', $marker);
}

is(scalar standby_reads('masked', 'm'), 'p***@example.com', 'masks hold on a standby');
for my $i (1 .. 10)
{
	is(scalar standby_reads('cleared', "standby $i"), 'p1@example.com', 'a cleared role reads') if $i == 1;
	standby_reads('cleared', "standby $i") if $i > 1;
}
my @lines = slurp_file($standby->logfile) =~ /ddm audit: \{.*"kind":"unmask".*"application_name":"standby \d+"/g;
is(scalar(@lines), 10, 'each unmask event is a line of the log');

set_setting($standby, 'ddm.audit_standby_spool' => 'off');
my ($out, $err) = standby_reads('cleared', 'denied');
is($out, '', 'with spool and log off nothing is read in clear');
like($err, qr/ERROR:  unmasked read denied/, 'but denied');
my $statistics = "SELECT histogram_bounds FROM pg_stats WHERE tablename = 'people' AND attname = 'email'";
($out, $err) = standby_reads('cleared', 'statistics', $statistics);
is($out, '', 'nor are stored values out of statistics');
like($err, qr/ERROR:  unmasked read denied/, 'they are denied as well');
is(scalar standby_reads('masked', 'm'), 'p***@example.com', 'masked reads go on');
set_setting($standby, 'ddm.audit_to_log' => 'on');
is(scalar standby_reads('cleared', 'log only'), 'p1@example.com', 'the log alone will do');
like(scalar standby_reads('cleared', 'log only, statistics', $statistics), qr/p1\@example\.com/, 'for statistics as well');
@lines = slurp_file($standby->logfile) =~ /ddm audit: \{.*"kind":"unmask".*"application_name":"log only[^"]*"/g;
is(scalar(@lines), 2, 'it has both');
set_setting($standby, 'ddm.audit_to_log' => 'off', 'ddm.audit_standby_spool' => 'on');

# A crash of the standby loses nothing that was in the spool.
$standby->stop('immediate');
$standby->start;
is(scalar standby_reads('cleared', 'standby 11'), 'p1@example.com', 'after a crash of the standby');

$standby->promote;
flush($standby);
$standby->poll_query_until('postgres', "SELECT count(*) >= 11 FROM ddm.unmask_events WHERE application_name LIKE 'standby %'");
is($standby->safe_psql('postgres', "SELECT count(*), count(DISTINCT application_name) FROM ddm.unmask_events WHERE application_name LIKE 'standby %'"),
	'11|11', 'on promotion every event of the standby is in the table, once');
is($standby->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_events WHERE application_name ~ 'log only|statistics'"), '0', 'and none that was for the log alone');
is($standby->safe_psql('postgres', 'SELECT count(*), count(DISTINCT (source, object)) FROM ddm.audit_log'),
	$standby->safe_psql('postgres', 'SELECT count(*), count(*) FROM ddm.audit_log'), 'no event of the primary came twice');
chain_holds($standby, 'the promoted standby');

$standby->stop;
$primary->stop;
done_testing();
