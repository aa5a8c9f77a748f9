# Two sessions write one row. The masked one waits for the other, and its statement is evaluated anew on the row that
# the other left: it filters by the mask of that row, keeps the value that is stored there now, and returns its mask.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('concurrent_writes');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE masked; CREATE ROLE cleared;
	CREATE TABLE person (id int PRIMARY KEY, email text, pay int, open text);
	CREATE TABLE other (id int PRIMARY KEY, email text, open text);
	CREATE TABLE part (id int, email text, open text) PARTITION BY LIST (open);
	CREATE TABLE part_a PARTITION OF part FOR VALUES IN ('a');
	CREATE TABLE part_b PARTITION OF part FOR VALUES IN ('b');
	GRANT ALL ON person, other, part TO masked, cleared;
	SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION email()';
	SECURITY LABEL FOR ddm ON COLUMN person.pay IS 'MASKED WITH FUNCTION bucket(100)';
	SECURITY LABEL FOR ddm ON COLUMN other.email IS 'MASKED WITH FUNCTION email()';
	SECURITY LABEL FOR ddm ON COLUMN part.email IS 'MASKED WITH FUNCTION email()';
	GRANT UNMASK ON person, other, part TO cleared;
});

my $masked = $node->background_psql('postgres', on_error_stop => 0);
my $cleared = $node->background_psql('postgres', on_error_stop => 0);
my $pid = $masked->query('SELECT pg_backend_pid()');
$masked->query('SET ROLE masked');
$cleared->query('SET ROLE cleared');

sub start_over
{
	$node->safe_psql('postgres', q{
		TRUNCATE person, other, part;
		INSERT INTO person VALUES (1, 'ann@one.org', 120, 'o'), (2, 'bob@one.org', 230, 'o');
		INSERT INTO other VALUES (1, 'ann@one.org', 'x'), (2, 'bob@one.org', 'y');
		INSERT INTO part VALUES (1, 'ann@one.org', 'a');
	});
	return;
}

# The masked role's statement waits until the cleared one's transaction ends. Answers what it says.
sub meet
{
	my ($change, $statement, %options) = @_;
	start_over();
	my $begin = $options{level} ? "BEGIN ISOLATION LEVEL $options{level}" : 'BEGIN';
	$masked->query($begin);
	$masked->query('SELECT 1 FROM person') if $options{level};
	$cleared->{stderr} = '';
	$cleared->query("BEGIN; $change");
	is($cleared->{stderr}, '', $change);
	$masked->{stderr} = '';
	$masked->query_until(qr/started/, "\\echo started\n$statement;\n\\echo done\n");
	$node->poll_query_until('postgres', "SELECT wait_event_type = 'Lock' OR state LIKE 'idle%' FROM pg_stat_activity WHERE pid = $pid");
	$cleared->query('COMMIT');
	my $said = $masked->query_until(qr/ended/, "\\echo ended\n") . $masked->{stderr};
	$masked->query('COMMIT');
	return $said;
}

sub stored { return $node->safe_psql('postgres', shift // 'SELECT * FROM person ORDER BY id'); }

my $said = meet(q{UPDATE person SET email = 'zoe@two.org' WHERE id = 1},
	q{UPDATE person SET email = email, pay = pay, open = 'mine' WHERE id = 1 RETURNING email, pay});
like($said, qr/z\*\*\*\@two\.org\|100/, 'what it assigned to itself returns the mask of the row that is there now');
is((split /\n/, stored())[0], '1|zoe@two.org|120|mine', 'and keeps what the other wrote');

$said = meet(q{UPDATE person SET email = 'zoe@two.org' WHERE id = 1},
	q{UPDATE person SET open = 'found' WHERE email = 'a***@one.org' AND id = 1 RETURNING email});
unlike($said, qr/\w\*\*\*\@/, 'a row whose mask no longer matches is not updated');
is((split /\n/, stored())[0], '1|zoe@two.org|120|o', 'and stays as the other left it');

$said = meet(q{UPDATE person SET email = 'zoe@one.org', pay = 199 WHERE id = 1},
	q{UPDATE person SET open = email || pay WHERE email LIKE '%@one.org' AND pay = 100 AND id = 1 RETURNING open});
like($said, qr/z\*\*\*\@one\.org100/, 'a row whose mask still matches is, by the mask of what is there now');

$said = meet(q{UPDATE person SET pay = 999 WHERE id = 1},
	q{UPDATE person p SET open = o.email || p.email || p.pay FROM other o WHERE o.id = p.id AND o.email = p.email AND p.id = 1 RETURNING p.open, o.email});
like($said, qr/a\*\*\*\@one\.orga\*\*\*\@one\.org900\|a\*\*\*\@one\.org/, 'so with a join: both sides are masks');

$said = meet(q{UPDATE person SET email = 'zoe@two.org', pay = 555 WHERE id = 1},
	q{SELECT email, pay FROM person WHERE id = 1 FOR UPDATE});
like($said, qr/z\*\*\*\@two\.org\|500/, 'SELECT FOR UPDATE');

$said = meet(q{UPDATE person SET email = 'zoe@two.org', pay = 555 WHERE id = 1},
	q{DELETE FROM person WHERE pay = 100 AND id = 1 RETURNING *});
unlike($said, qr/\w\*\*\*\@/, 'DELETE by a mask that no longer matches');

$said = meet(q{UPDATE person SET email = 'zoe@two.org', pay = 555 WHERE id = 1},
	q{INSERT INTO person VALUES (1, 'z***@two.org', 500, 'upsert') ON CONFLICT (id) DO UPDATE SET email = excluded.email, pay = excluded.pay, open = person.email || excluded.open RETURNING email, pay, open});
like($said, qr/z\*\*\*\@two\.org\|500\|z\*\*\*\@two\.orgupsert/, 'ON CONFLICT: the masks of the row that is there now');
like($said, qr/2 masked values were written back/, 'and they are recognized');
is((split /\n/, stored())[0], '1|zoe@two.org|555|z***@two.orgupsert', 'and what is stored is kept');

$said = meet(q{UPDATE person SET email = 'zoe@two.org', pay = 555 WHERE id = 1},
	q{MERGE INTO person p USING other o ON p.id = o.id AND o.id = 1 WHEN MATCHED AND p.pay = 100 THEN DELETE WHEN MATCHED THEN UPDATE SET email = p.email, pay = p.pay, open = p.email || p.pay});
is((split /\n/, stored())[0], '1|zoe@two.org|555|z***@two.org500', 'MERGE: the action is chosen by the mask of what is there now');

$said = meet(q{UPDATE part SET email = 'zoe@two.org' WHERE id = 1},
	q{UPDATE part SET open = 'b', email = email WHERE id = 1 RETURNING tableoid::regclass, email});
like($said, qr/part_b\|z\*\*\*\@two\.org/, 'a row that moves to another partition');
is(stored('SELECT tableoid::regclass, * FROM part'), 'part_b|1|zoe@two.org|b', 'takes along what is stored');

foreach my $level ('REPEATABLE READ', 'SERIALIZABLE')
{
	$said = meet(q{UPDATE person SET email = 'zoe@two.org', pay = 555 WHERE id = 1},
		q{UPDATE person SET email = email, open = 'mine' WHERE id = 1 RETURNING *}, level => $level);
	like($said, qr/could not serialize access/, "$level: the server's own error");
	unlike($said, qr/zoe|ann|555|120/, 'without values');
}

$masked->quit;
$cleared->quit;
$node->stop;
done_testing();
