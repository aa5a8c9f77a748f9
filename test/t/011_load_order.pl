# ddm beside pg_stat_statements, pgaudit and auto_explain, in any order: it masks, it records, and its events join
# the others' by query id and session id.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('orders');
$node->init;
my $libdir = `pg_config --pkglibdir`;
chomp $libdir;
my @others = grep { -e "$libdir/$_.so" } qw(pg_stat_statements pgaudit auto_explain);
plan skip_all => 'pgaudit is not there' unless grep { $_ eq 'pgaudit' } @others;

$node->append_conf('postgresql.conf', <<CONF);
log_line_prefix = '%m [%p] session=%c user=%u query_id=%Q '
pgaudit.log = 'read'
auto_explain.log_min_duration = 0
CONF

sub permutations
{
	my @left = @_;
	return [] unless @left;
	return map { my $i = $_; my @rest = @left; my ($first) = splice @rest, $i, 1; map { [ $first, @$_ ] } permutations(@rest) } 0 .. $#left;
}

my $made = 0;
for my $order (permutations('ddm', @others))
{
	my $libraries = join ', ', @$order;
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$libraries'");
	$node->restart if $made;
	$node->start unless $made;
	$node->safe_psql('postgres', <<'SQL') unless $made++;
CREATE EXTENSION ddm;
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION pgaudit;
CREATE ROLE clerk LOGIN;
CREATE ROLE officer LOGIN;
CREATE TABLE people (id int PRIMARY KEY, ssn text);
INSERT INTO people SELECT n, '123-45-' || 6000 + n FROM generate_series(1, 5) n;
SECURITY LABEL FOR ddm ON COLUMN people.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
GRANT SELECT ON people TO clerk, officer;
GRANT UNMASK ON people TO officer;
SQL
	# Each order asks a query of its own shape, so that its event is told from the others'.
	my $query = 'SELECT ssn' . (', 1 AS c' x $made) . ' FROM people ORDER BY id';
	my $offset = -s $node->logfile;
	my $masked = $node->safe_psql('postgres', $query, extra_params => [ '-U', 'clerk' ]);
	my $clear = $node->safe_psql('postgres', $query, extra_params => [ '-U', 'officer' ]);
	like($masked, qr/^XXX-XX-6001\b/, "$libraries: masked");
	unlike($masked, qr/123-45/, "$libraries: nothing in clear");
	like($clear, qr/^123-45-6001\b/, "$libraries: a cleared role reads the values");

	$node->poll_query_until('postgres', <<SQL) or diag('no event arrived');
SELECT EXISTS (SELECT FROM ddm.unmask_events e JOIN pg_stat_statements s ON s.queryid = e.query_id
                WHERE e.user_name = 'officer' AND s.query LIKE 'SELECT ssn%FROM people ORDER BY id'
                  AND e.event_time > pg_postmaster_start_time())
SQL
	my $event = $node->safe_psql('postgres', <<SQL);
SELECT e.session_id, e.query_id, e.row_count, s.calls > 0
  FROM ddm.unmask_events e JOIN pg_stat_statements s ON s.queryid = e.query_id AND s.toplevel
 WHERE e.user_name = 'officer' AND s.query LIKE 'SELECT ssn%FROM people ORDER BY id' AND e.event_time > pg_postmaster_start_time()
 LIMIT 1
SQL
	my ($session, $query_id, $rows, $called) = split /\|/, $event;
	is($rows, '5', "$libraries: the event counts the rows");
	is($called, 't', "$libraries: its query id is one of pg_stat_statements");
	my $log = slurp_file($node->logfile, $offset);
	like($log, qr/session=\Q$session\E user=officer query_id=\Q$query_id\E .*AUDIT: SESSION/, "$libraries: its session id and query id are on pgaudit's line");
}
cmp_ok($made, '>=', 24, 'every order was tried') if @others == 3;

$node->stop;
done_testing();
