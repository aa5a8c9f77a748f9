# One event for each execution, with the rows that really left, whatever a client does with the protocol: row limits,
# portals that are left, dropped or cut short, cancels, sessions that end in the middle, the fast path, connections that
# go away, prepared transactions, a server without clients.
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use Trail;
use Wire;

my $node = trail_node('protocol', init => { allows_streaming => 1 }, rows => 1000, cleared => ['reader'], conf => <<'CONF', sql => <<'SQL');
shared_preload_libraries = 'pg_stat_statements, ddm'
pg_stat_statements.track = all
max_prepared_transactions = 5
CONF
CREATE EXTENSION pg_stat_statements;
GRANT UPDATE ON people TO reader;
CREATE FUNCTION email_of(i int) RETURNS text LANGUAGE plpgsql PARALLEL SAFE STABLE AS
    $$ BEGIN RETURN (SELECT email FROM people WHERE id = i); END $$;
CREATE FUNCTION opened() RETURNS refcursor LANGUAGE plpgsql AS
    $$ DECLARE c refcursor := 'c'; BEGIN OPEN c FOR SELECT email FROM people ORDER BY id; RETURN c; END $$;
CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM email FROM people WHERE id < 3; RETURN NULL; END $$;
CREATE TABLE jobs (id int);
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON jobs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
GRANT INSERT ON jobs TO reader;
CREATE FUNCTION always() RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN (SELECT email FROM people WHERE id = 1); END $$;
SQL

my $admin = Wire->new($node);
my $ten = 'SELECT email FROM people WHERE id <= 10 ORDER BY id';
my $endless = "SELECT repeat(email, 100) FROM people, generate_series(1, 1000)";

sub session
{
	my ($name) = @_;
	my $session = Wire->new($node, user => 'reader', application_name => $name);
	$session->{pid} = $session->query('SELECT pg_backend_pid()')->{rows}[0];
	return $session;
}

# The events that carry this name: rows, command, status, sqlstate, nested.
sub events
{
	my ($name) = @_;
	$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = '$name'");
	$admin->query('SELECT ddm.audit_flush()');
	return $node->safe_psql('postgres', "SELECT coalesce(row_count::text, 'null'), command, status, sqlstate, nested FROM ddm.unmask_events WHERE application_name = '$name' AND columns_unmasked = '{public.people.email}' AND cleared_by LIKE 'grant%' AND user_name = 'reader' AND role_name = 'reader' ORDER BY event_id");
}

# Reads and throws away so many messages of an endless answer, then does something to the session.
sub cut_short
{
	my ($name, $sql, $what) = @_;
	my $session = session($name);
	my $rows = 0;
	$session->send_message(Q => "$sql\0");
	while ($rows < 200)
	{
		my ($type) = $session->receive;
		$rows++ if $type eq 'D' || $type eq 'd';
	}
	$what->($session);
	my $rest = $session->until_ready;
	return $rows + @{ $rest->{rows} } + ($rest->{types} =~ tr/d//);
}

# What left the server is at least what came here, and at most what fits the socket besides.
sub rows_between
{
	my ($event, $received, $name) = @_;
	my ($rows) = $event =~ /^(\d+)\|/;
	cmp_ok($rows // -1, '>=', $received, "$name: every row that left is counted");
	cmp_ok($rows // 0, '<', $received + 2000, "$name: and no more than that");
	return;
}

# Portals of the extended protocol.
my $session = session('limits');
$session->parse('', $ten)->bind('p', '')->flush;
is(scalar @{ $session->fetch('p', 3)->{rows} }, 3, 'a portal gives the rows asked for');
is($session->fetch('p', 2)->{types}, 'DDs', 'and is suspended again');
$session->close_portal('p')->sync;
$session->terminate;
is(events('limits'), '5|SELECT|ok|00000|f', 'a portal fetched in part and closed');

$session = session('to the end');
$session->parse('', $ten)->bind('', '')->flush;
is($session->fetch('', 10)->{types}, '12DDDDDDDDDDs', 'all rows, and the portal does not know that it is at its end');
is($session->fetch('', 10)->{types}, 'C', 'nothing more');
$session->sync;
$session->terminate;
is(events('to the end'), '10|SELECT|ok|00000|f', 'a portal fetched to its end in two steps');

$session = session('sync ends it');
$session->parse('', $ten)->bind('p', '')->flush;
$session->fetch('p', 4);
$session->sync;
$session->terminate;
is(events('sync ends it'), '4|SELECT|ok|00000|f', 'a portal that ends with its transaction');

$session = session('rolled back');
$session->query('BEGIN');
$session->parse('', $ten)->bind('p', '')->flush;
$session->fetch('p', 4);
$session->sync;
$session->query('ROLLBACK');
$session->terminate;
is(events('rolled back'), '4|SELECT|aborted||f', 'a portal that goes with a rollback');

$session = session('savepoint');
$session->query('BEGIN; SAVEPOINT s');
$session->parse('', $ten)->bind('p', '')->flush;
$session->fetch('p', 6);
$session->sync;
$session->query('ROLLBACK TO s; COMMIT');
$session->terminate;
is(events('savepoint'), '6|SELECT|aborted||f', 'a portal that goes with a subtransaction');

$session = session('never run');
$session->parse('', $ten)->bind('p', '')->sync;
$session->terminate;
is(events('never run'), '', 'a portal that was bound and not run reads nothing');

$session = session('twice');
$session->parse('s', 'SELECT email FROM people WHERE id <= $1::int')->bind('a', 's', '2')->bind('b', 's', '3')->flush;
is($session->fetch('a', 0)->{types}, '122DDC', 'two portals of one statement: the first');
is($session->fetch('b', 0)->{types}, 'DDDC', 'and the second');
$session->sync;
$session->terminate;
is(events('twice'), "2|SELECT|ok|00000|f\n3|SELECT|ok|00000|f", 'each is an event');

$session = session('interleaved');
$session->query('BEGIN');
$session->parse('s', $ten)->bind('a', 's')->bind('b', 's')->flush;
$session->fetch('a', 2);
$session->fetch('b', 5);
$session->fetch('a', 1);
$session->query('COMMIT');
$session->terminate;
is(join(' ', sort split /\n/, events('interleaved')), '3|SELECT|ok|00000|f 5|SELECT|ok|00000|f', 'interleaved portals keep their counts');

$session = session('returning');
$session->parse('', "UPDATE people SET id = id WHERE email LIKE 'p1_\@%' RETURNING email")->bind('p', '')->flush;
$session->fetch('p', 3);
$session->sync;
$session->terminate;
is(events('returning'), '10|UPDATE|ok|00000|f', 'RETURNING fetched in part changed all its rows');

# Cursors.
$session = session('scroll');
$session->query("BEGIN; DECLARE c SCROLL CURSOR FOR $ten; FETCH 5 FROM c; FETCH BACKWARD 3 FROM c; MOVE 4 IN c; FETCH 0 FROM c; FETCH ABSOLUTE 2 FROM c; FETCH LAST FROM c; MOVE ALL IN c; COMMIT");
$session->terminate;
is(events('scroll'), '11|SELECT|ok|00000|f', 'a cursor counts rows each time they are fetched, and none for MOVE');

$session = session('held');
$session->query("BEGIN; DECLARE c SCROLL CURSOR WITH HOLD FOR $ten; FETCH 4 FROM c; COMMIT; FETCH 1 FROM c; CLOSE c");
$session->query("BEGIN; DECLARE c NO SCROLL CURSOR WITH HOLD FOR $ten; FETCH 4 FROM c; COMMIT; FETCH 1 FROM c; CLOSE c");
$session->terminate;
is(events('held'), "10|SELECT|ok|00000|f\n10|SELECT|ok|00000|f", 'WITH HOLD took all rows out of the table, each once');

$session = session('refcursor');
$session->query("BEGIN; SELECT opened(); FETCH 3 FROM c; FETCH 2 FROM c; COMMIT");
$session->terminate;
is(events('refcursor'), '5|SELECT|ok|00000|f', 'a cursor that a function opens, and the client reads');

$session = session('all closed');
$session->query("BEGIN; DECLARE c CURSOR FOR $ten; DECLARE d CURSOR FOR $ten; FETCH 3 FROM c; FETCH 2 FROM d; CLOSE ALL; ROLLBACK");
$session->terminate;
is(join(' ', sort split /\n/, events('all closed')), '2|SELECT|ok|00000|f 3|SELECT|ok|00000|f', 'CLOSE ALL closes each well');

# Sessions that are cut short while rows leave.
my $received = cut_short('cancelled', $endless, sub { $admin->query("SELECT pg_cancel_backend($_[0]{pid})") });
my $event = events('cancelled');
is($event, "$received|SELECT|cancelled|57014|f", 'a cancelled statement counts the rows that had left');

$received = cut_short('terminated', $endless, sub { $admin->query("SELECT pg_terminate_backend($_[0]{pid})") });
$event = events('terminated');
like($event, qr/^\d+\|SELECT\|terminated\|\|f$/, 'a session terminated while rows leave');
rows_between($event, $received, 'terminated');

$received = cut_short('gone', $endless, sub { $_[0]->vanish });
$event = events('gone');
like($event, qr/^\d+\|SELECT\|terminated\|\|f$/, 'a client that goes away while rows leave');
rows_between($event, 200, 'gone');

$received = cut_short('copy gone', "COPY ($endless) TO STDOUT", sub { $_[0]->vanish });
$event = events('copy gone');
like($event, qr/^\d+\|COPY\|terminated\|\|f$/, 'a client that goes away in the middle of COPY');
rows_between($event, 200, 'copy gone');

$received = cut_short('copy cancelled', "COPY ($endless) TO STDOUT", sub { $admin->query("SELECT pg_cancel_backend($_[0]{pid})") });
is(events('copy cancelled'), "$received|COPY|cancelled|57014|f", 'a cancelled COPY');

$session = session('left open');
$session->query("BEGIN; DECLARE c CURSOR FOR $ten; FETCH 7 FROM c");
$session->vanish;
is(events('left open'), '7|SELECT|terminated||f', 'a cursor of a session that ends');

$session = session('idle');
$session->query("SET idle_in_transaction_session_timeout = 50; BEGIN; DECLARE c CURSOR FOR $ten; FETCH 6 FROM c");
is(events('idle'), '6|SELECT|terminated||f', 'a cursor of a session that idled too long');

$session = session('timeout');
$session->query("SET statement_timeout = 100; SELECT email, pg_sleep(id * 0.03) FROM people WHERE id <= 100 ORDER BY id");
$session->terminate;
like(events('timeout'), qr/^[123]\|SELECT\|cancelled\|57014\|f$/, 'a statement that ran out of time');

# After all of these reads go on: what they had reserved was given back once.
$session = session('afterwards');
is(scalar @{ $session->query($ten)->{rows} }, 10, 'after sessions that were cut short reads go on') for 1 .. 3;
$session->terminate;

# Statements within statements.
my $email_of = $admin->query("SELECT 'email_of(int)'::regprocedure::oid")->{rows}[0];
$session = session('fast path');
is($session->call($email_of, 5)->{types}, 'VZ', 'the fast path calls a function');
$session->terminate;
is(events('fast path'), '1|SELECT|ok|00000|t', 'what it runs is nested');
is($node->safe_psql('postgres', "SELECT query_id <> 0, outer_query_id IS NULL FROM ddm.unmask_events WHERE application_name = 'fast path'"), 't|t',
	'in no statement that the client sent');

$session = session('folded');
is($session->query('SELECT always()')->{rows}[0], 'p1@example.com', 'the planner folds a function');
$session->terminate;
is(events('folded'), '1|SELECT|ok|00000|t', 'what that read is on record, as nested');

$session = session('rollback in DO');
$session->query(q{DO $$ BEGIN ROLLBACK; PERFORM email FROM people WHERE id < 3; ROLLBACK; END $$});
$session->query('SELECT email FROM people WHERE id < 4');
$session->query(q{DO $$ BEGIN PERFORM email FROM people WHERE id < 5; END $$});
$session->terminate;
is(events('rollback in DO'), "2|SELECT|ok|00000|t\n3|SELECT|ok|00000|f\n4|SELECT|ok|00000|t", 'ROLLBACK inside DO does not confuse what is nested');

$session = session('caught');
$session->query(q{DO $$ BEGIN PERFORM 1 / (id - 5) FROM people WHERE email LIKE 'p%'; EXCEPTION WHEN others THEN PERFORM email FROM people WHERE id < 3; END $$});
$session->query('SELECT email FROM people WHERE id < 4');
$session->terminate;
is(events('caught'), "4|SELECT|error|22012|t\n2|SELECT|ok|00000|t\n3|SELECT|ok|00000|f", 'a caught error');

my $parallel = $node->safe_psql('postgres', "SHOW server_version_num") >= 160000 ? 'debug_parallel_query' : 'force_parallel_mode';
$session = session('parallel');
my ($start) = $session->query("SELECT to_hex(extract(epoch FROM backend_start)::bigint) || '.' || to_hex(pid) FROM pg_stat_activity WHERE pid = pg_backend_pid()")->{rows}[0];
$admin->query("ALTER ROLE reader SET $parallel = on");
is($session->query("SET $parallel = on; SELECT email_of(id) FROM people WHERE id < 4")->{rows}[2], 'p3@example.com', 'a parallel worker runs a function');
$session->terminate;
is(events('parallel'), join("\n", ('1|SELECT|ok|00000|t') x 3), 'what it reads in clear is on record');
is($node->safe_psql('postgres', "SELECT DISTINCT backend_pid, outer_query_id IS NOT NULL FROM ddm.unmask_events WHERE application_name = 'parallel'"),
	"$session->{pid}|t", 'as the session\'s that the worker works for');
$admin->query("ALTER ROLE reader RESET $parallel");

$session = session('parallel scan');
$session->query("SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SELECT count(*) FROM people WHERE email LIKE '%5\@%'");
$session->terminate;
is(events('parallel scan'), '1|SELECT|ok|00000|f', 'a parallel plan is one event');

$session = session('at commit');
$session->query('BEGIN; INSERT INTO jobs VALUES (1)');
$session->query('COMMIT');
$session->terminate;
is(events('at commit'), '2|SELECT|ok|00000|t', 'what a trigger reads at COMMIT is nested');

# Transactions.
$session = session('prepared');
$session->query("BEGIN; SELECT email FROM people WHERE id = 1; PREPARE TRANSACTION 'one'");
$session->query("ROLLBACK PREPARED 'one'");
$session->terminate;
is(events('prepared'), '1|SELECT|ok|00000|f', 'a prepared transaction that is rolled back has read');

$session = session('serializable');
$session->query('BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE; SELECT email FROM people WHERE id < 3; ROLLBACK');
$session->terminate;
is(events('serializable'), '2|SELECT|ok|00000|f', 'SERIALIZABLE READ ONLY DEFERRABLE');

my ($one, $two) = (session('skew one'), session('skew two'));
$_->query('BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(length(email)) FROM people') foreach $one, $two;
$one->query("UPDATE people SET id = id WHERE email = 'p1\@example.com'");
$two->query("UPDATE people SET id = id WHERE email = 'p2\@example.com'");
$one->query('COMMIT');
is($two->query('SELECT email FROM people WHERE id = 3')->{error}, '40001', 'of two transactions that are not serializable one fails');
$_->terminate foreach $one, $two;
is(events('skew one'), "1|SELECT|ok|00000|f\n1|UPDATE|ok|00000|f", 'the one that commits');
is(events('skew two'), "1|SELECT|ok|00000|f\n1|UPDATE|ok|00000|f\n0|SELECT|error|40001|f", 'and the one that does not have their events');

($one, $two) = (session('waits'), session('holds'));
$one->query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT email FROM people WHERE id = 1');
$two->query($_) foreach 'UPDATE people SET id = id WHERE id = 1', 'BEGIN; SELECT id FROM people WHERE id = 2 FOR UPDATE';
is($one->query('UPDATE people SET id = id WHERE id = 1 RETURNING email')->{error}, '40001', 'REPEATABLE READ: a row that somebody else changed');
$one->query('ROLLBACK; SET lock_timeout = 50');
is($one->query('SELECT email FROM people WHERE id IN (1, 2) ORDER BY id FOR UPDATE')->{error}, '55P03', 'a row that somebody else holds');
$_->terminate foreach $one, $two;
is(events('waits'), "1|SELECT|ok|00000|f\n0|UPDATE|error|40001|f\n1|SELECT FOR UPDATE|error|55P03|f", 'each try is an event, with the rows that came');

{
	local $ENV{PGAPPNAME} = 'autocommit off';
	$node->psql('postgres', "\\set AUTOCOMMIT off\nSELECT email FROM people WHERE id = 1;\nROLLBACK;\nSET default_transaction_read_only = on;\nCOMMIT;\nSELECT email FROM people WHERE id < 3 ORDER BY id;\n",
		extra_params => [ '-U', 'reader' ], stdout => \my $shown);
	is($shown, "p1\@example.com\np1\@example.com\np2\@example.com", 'autocommit off');
}
is(events('autocommit off'), "1|SELECT|ok|00000|f\n2|SELECT|ok|00000|f", 'what is read is read, whether it is rolled back or the session ends before it commits');

$session = session('several');
$session->query('SELECT email FROM people WHERE id = 1; SELECT email FROM people WHERE id < 3; SELECT 1 / 0');
$session->terminate;
is(events('several'), "1|SELECT|ok|00000|f\n2|SELECT|ok|00000|f", 'several statements in one message, and the last fails');

# A pg_dump, a replication connection, a server without clients.
{
	local $ENV{PGAPPNAME} = 'dump';
	$node->command_ok([ 'pg_dump', '--data-only', '-t', 'people', '-f', '/dev/null', '-d', $node->connstr('postgres') ], 'pg_dump');
}
$admin->query('SELECT ddm.audit_flush()');
is($node->safe_psql('postgres', "SELECT row_count, command, cleared_by LIKE '%superuser%' OR cleared_by LIKE '%owner%' FROM ddm.unmask_events WHERE application_name = 'dump'"),
	'1000|COPY|t', 'a dump by a superuser is on record');

my $walsender = Wire->new($node, replication => 'database', application_name => 'walsender');
$walsender->query('COPY people TO STDOUT');
$walsender->terminate;
$admin->query('SELECT ddm.audit_flush()');
is($node->safe_psql('postgres', "SELECT row_count, command FROM ddm.unmask_events WHERE application_name = 'walsender'"),
	'1000|COPY', 'a copy through a replication connection is, too');

# Each event names the statement as pg_stat_statements does.
is($node->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_events e WHERE query_id = 0 OR query_id IS NULL"), '0', 'each event has a query id');
# (18 has the query of a cursor under the same id, with the whole text that declares it.)
is($node->safe_psql('postgres', "SELECT DISTINCT s.query FROM ddm.unmask_events e JOIN pg_stat_statements s ON s.queryid = e.query_id WHERE e.application_name = 'sync ends it' AND s.query NOT LIKE '%DECLARE%'"),
	'SELECT email FROM people WHERE id <= $1 ORDER BY id', 'by which pg_stat_statements has the statement');
is($node->safe_psql('postgres', "SELECT DISTINCT s.query FROM ddm.unmask_events e JOIN pg_stat_statements s ON s.queryid = e.outer_query_id WHERE e.application_name = 'folded'"),
	'SELECT always()', 'also the outer one of what is nested');

$admin->terminate;
$node->stop;
my $single = "SELECT email FROM people WHERE id < 3\n";
IPC::Run::run([ 'postgres', '--single', '-D', $node->data_dir, 'postgres' ], '<', \$single, '>', \my $out, '2>', \my $err);
like($out, qr/p2\@example\.com/, 'a standalone backend reads');
$node->start;
flush($node);
is($node->poll_query_until('postgres', "SELECT count(*) = 1 FROM ddm.unmask_events WHERE row_count = 2 AND client_addr IS NULL AND role_name = user_name AND role_name <> 'reader' AND columns_unmasked = '{public.people.email}'"),
	1, 'and its event waits for the next start');
chain_holds($node, 'after all of that');
$node->stop;
done_testing();
