# Random changes of policy, in transactions that commit or don't, while other sessions read in every way that keeps a plan:
# what each statement shows is held against a model of the policy of a few lines.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PolicyModel;
use Wire;

my $steps = $ENV{DDM_MODEL_STEPS} || 30000;
my $seed = $ENV{DDM_MODEL_SEED} || 13;
srand $seed;

my $node = PostgreSQL::Test::Cluster->new('policy_model');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nstatement_timeout = '60s'\nddm.audit = 'policy'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE inner_group; CREATE ROLE outer_group; CREATE ROLE definer; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN;
	CREATE SCHEMA m;
	GRANT USAGE ON SCHEMA m TO PUBLIC;
	CREATE TABLE m.one (secret text, other text);
	CREATE TABLE m.tree (secret text, other text, id int) PARTITION BY LIST (id);
	CREATE TABLE m.leaf PARTITION OF m.tree DEFAULT;
	INSERT INTO m.one VALUES ('stored', 'stored');
	INSERT INTO m.tree VALUES ('stored', 'stored', 1);
	GRANT SELECT ON ALL TABLES IN SCHEMA m TO PUBLIC;
	CREATE FUNCTION m.trusted(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT ''trusted''::text';
});

# Each way to read a column: SQL for it, and SQL that makes what it needs, once and in each session.
my %ways = (
	statement => { read => sub { "SELECT $_[0] FROM m.$_[1]" } },
	prepared  => { read => sub { "EXECUTE p_$_[1]_$_[0]" }, session => sub { "PREPARE p_$_[1]_$_[0] AS SELECT $_[0] FROM m.$_[1]" } },
	condition => {
		read    => sub { "EXECUTE c_$_[1]_$_[0]" },
		session => sub { "PREPARE c_$_[1]_$_[0] AS SELECT coalesce((SELECT 'stored' FROM m.$_[1] WHERE $_[0] = 'stored'), 'hidden')" },
	},
	view => { read => sub { "SELECT $_[0] FROM m.v_$_[1]" }, once => sub { "CREATE OR REPLACE VIEW m.v_$_[1] AS SELECT * FROM m.$_[1]; GRANT SELECT ON m.v_$_[1] TO PUBLIC" } },
	plpgsql => {
		read => sub { "SELECT m.plpgsql_$_[1]_$_[0]()" },
		once => sub { "CREATE FUNCTION m.plpgsql_$_[1]_$_[0]() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT $_[0] FROM m.$_[1]); END'" },
	},
	sql => {
		read => sub { "SELECT * FROM m.sql_$_[1]_$_[0]()" },
		once => sub { "CREATE FUNCTION m.sql_$_[1]_$_[0]() RETURNS SETOF text STABLE BEGIN ATOMIC SELECT $_[0] FROM m.$_[1]; END" },
	},
	twice => {
		read => sub { "SELECT min(t) FROM m.twice_$_[1]_$_[0]() t" },
		once => sub { "CREATE FUNCTION m.twice_$_[1]_$_[0]() RETURNS SETOF text LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT $_[0] FROM m.$_[1], generate_series(1, 2); END'" },
	},
	definer => {
		read => sub { "SELECT m.definer_$_[1]_$_[0]()" },
		as   => 'definer',
		once => sub {
			"CREATE FUNCTION m.definer_$_[1]_$_[0]() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN (SELECT $_[0] FROM m.$_[1]); END';
			 ALTER FUNCTION m.definer_$_[1]_$_[0]() OWNER TO definer"
		},
	},
);

sub each_way
{
	my ($kind, $run) = @_;
	foreach my $way (grep { $_->{$kind} } @ways{ sort keys %ways })
	{
		$run->($way->{$kind}->(reverse split /\./)) foreach @columns;
	}
	return;
}
each_way(once => sub { $node->safe_psql('postgres', $_[0]) });

# The model: what is committed, and above it a state for the transaction under way and for each savepoint in it.
my @states = (nothing());

my $writer = { name => 'writer', wire => Wire->new($node), role => 'superuser', state => sub { $states[-1] } };
my @sessions = ($writer, map { { name => "reader $_", wire => Wire->new($node, user => $_), role => $_, state => sub { $states[0] } } } @readers);
push @sessions, { name => 'switcher', wire => Wire->new($node), role => 'superuser', state => sub { $states[0] } };

my @log;
my $failures = 0;

sub ask
{
	my ($session, $sql) = @_;
	my $answer = $session->{wire}->query($sql);
	push @log, "$session->{name}: $sql" . ($answer->{error} ? " -> $answer->{error} $answer->{message}" : '');
	return $answer;
}

sub mistake
{
	my ($what) = @_;
	return if $failures++ > 3;
	my $from = @log > 60 ? @log - 60 : 0;
	diag(join "\n", "seed $seed: $what; the last statements:", @log[ $from .. $#log ]);
	return;
}

foreach my $session (@sessions)
{
	each_way(session => sub { ask($session, $_[0]) });
	foreach my $column (@columns)
	{
		my ($table, $name) = split /\./, $column;
		ask($session, "PREPARE q_${table}_$name AS SELECT $name FROM m.$table, generate_series(1, 2)");
	}
	ask($session, 'SET plan_cache_mode = ' . pick('force_generic_plan', 'auto'));
	$session->{open} = '';
}

my $changes = 0;

sub change
{
	$changes++;
	my $alone = @states == 1 && !grep { $_->{open} } @sessions;
	my ($sql, $effect) = random_change($states[-1], $alone);
	return if !defined $sql;
	my $answer = ask($writer, $sql);
	return mistake("$sql failed") if $answer->{error};
	$effect->($states[-1]);
	return;
}

sub transaction
{
	$changes++;
	my $depth = @states - 1;
	if ($depth == 0)
	{
		ask($writer, 'BEGIN');
		push @states, copy_of($states[-1]);
	}
	elsif (chance(0.3))
	{
		ask($writer, 'SAVEPOINT s');
		push @states, copy_of($states[-1]);
	}
	elsif ($depth > 1 && chance(0.5))
	{
		my $keep = chance(0.5);
		ask($writer, $keep ? 'RELEASE s' : 'ROLLBACK TO s; RELEASE s');
		my $top = pop @states;
		$states[-1] = $top if $keep;
	}
	else
	{
		my $keep = chance(0.6);
		ask($writer, $keep ? 'COMMIT' : 'ROLLBACK');
		@states = ($keep ? $states[-1] : $states[0]);
	}
	return;
}

# SET ROLE within a transaction that rolls back goes with it.
sub another_role
{
	my ($session) = @_;
	return if $session->{name} ne 'switcher';
	my $role = chance(0.1) ? 'superuser' : pick(@readers, @groups);
	ask($session, 'RESET ROLE; RESET SESSION AUTHORIZATION');
	ask($session, chance(0.7) ? "SET ROLE $role" : "SET SESSION AUTHORIZATION $role") if $role ne 'superuser';
	$session->{role} = $role;
	return;
}

my %seen;
my $cursors = 0;

sub read_once
{
	my ($session) = @_;
	return read_as($session) if $session != $writer;
	# Who changes the policy sees what he has not committed yet.
	$writer->{role} = pick(@readers, @groups);
	ask($writer, "SET ROLE $writer->{role}");
	read_as($writer);
	ask($writer, 'RESET ROLE');
	return;
}

sub read_as
{
	my ($session) = @_;
	my ($column, $way) = (pick(@columns), pick(sort keys %ways));
	my ($table, $name) = split /\./, $column;
	my $reader = $ways{$way}{as} // $session->{role};
	my $expected = shown($session->{state}->(), $column, $reader);
	my $answer = ask($session, $ways{$way}{read}->($name, $table));

	$expected = 'hidden' if $way eq 'condition' && $expected ne 'stored';
	$seen{$way}{$expected}++;
	return if !$answer->{error} && @{ $answer->{rows} } == 1 && $answer->{rows}[0] eq $expected;
	mistake("$session->{name} as $reader, $way of $column: expected $expected, got " . ($answer->{error} || join(',', map { $_ // 'NULL' } @{ $answer->{rows} })));
	return;
}

# What a refusal may come from: another role, another policy; of what FETCH fetched any change of policy.
sub moment_of
{
	my ($session, $kind) = @_;
	return $session->{role} . ($kind eq 'portal fetch' ? $changes : as_text($session->{state}->()));
}

sub row_of
{
	my ($session, $portal) = @_;
	my $answer = $session->{wire}->execute($portal, 1)->sync;
	push @log, "$session->{name}: a row of $portal" . ($answer->{error} ? " -> $answer->{error} $answer->{message}" : '');
	return $answer;
}

sub open_portal
{
	my ($session, $portal, $sql) = @_;
	push @log, "$session->{name}: portal $portal: $sql";
	$session->{wire}->parse('', $sql)->bind($portal, '');
	return row_of($session, $portal);
}

# Ways to open something that is fetched from later. The portals have shown their first row: what fills them has run.
my %openers = (
	cursor           => sub { my ($session, $portal, $name, $table) = @_; ask($session, "DECLARE $portal CURSOR FOR SELECT $name FROM m.$table") },
	'with hold'      => sub { my ($session, $portal, $name, $table) = @_; ask($session, "DECLARE $portal CURSOR WITH HOLD FOR SELECT $name FROM m.$table") },
	portal           => sub { my ($session, $portal, $name, $table) = @_; open_portal($session, $portal, "SELECT $name FROM m.$table, generate_series(1, 2)") },
	'portal function' => sub { my ($session, $portal, $name, $table) = @_; open_portal($session, $portal, "SELECT * FROM m.twice_${table}_$name()") },
	'portal fetch' => sub {
		my ($session, $portal, $name, $table) = @_;
		ask($session, "DECLARE c_$portal CURSOR FOR SELECT $name FROM m.$table, generate_series(1, 2)");
		open_portal($session, $portal, "FETCH 2 FROM c_$portal");
	},
	'portal execute' => sub { my ($session, $portal, $name, $table) = @_; open_portal($session, $portal, "EXECUTE q_${table}_$name") },
);

# A cursor shows what it would have shown when it was opened, or what a new statement would, or fails where policy moved:
# never what is stored to who sees the mask now.
sub cursor_step
{
	my ($session) = @_;
	return if $session == $writer;
	my $state = $session->{state}->();
	my $cursor = delete $session->{cursor};
	if (!$cursor)
	{
		return if !$session->{open};
		my ($column, $kind) = (pick(@columns), pick(sort keys %openers));
		$cursor = $session->{cursor} = { name => 'held_' . ++$cursors, column => $column, kind => $kind,
			opened => shown($state, $column, $session->{role}), moment => moment_of($session, $kind) };
		my $answer = $openers{$kind}->($session, $cursor->{name}, reverse split /\./, $column);
		mistake("$session->{name}, cursor over $column by $kind: $answer->{error}") if $answer->{error};
		return;
	}
	# What EXECUTE and FETCH have read is fetched without any statement, which alone would notice that policy moved.
	ask($session, 'SELECT 1') if $cursor->{kind} =~ /execute|fetch/;
	my $answer = $cursor->{kind} =~ /^portal/ ? row_of($session, $cursor->{name}) : ask($session, "FETCH $cursor->{name}");
	my $now = shown($state, $cursor->{column}, $session->{role});
	my $got = $answer->{error} || $answer->{rows}[0] // 'nothing';
	$seen{ $cursor->{kind} }{ $answer->{error} ? 'error' : $got }++;
	mistake("$session->{name}, $cursor->{kind} over $cursor->{column}: opened to show $cursor->{opened}, now $now, got $got")
	  unless $got eq $now || ($answer->{error} && $cursor->{moment} ne moment_of($session, $cursor->{kind})) || ($got eq $cursor->{opened} && $got ne 'stored');
	if ($answer->{error} && $session->{open})
	{
		ask($session, 'ROLLBACK');
		$session->{open} = '';
		$session->{role} = $session->{role_before};
	}
	elsif ($cursor->{kind} !~ /^portal/) { ask($session, "CLOSE $cursor->{name}") }
	return;
}

sub reader_transaction
{
	my ($session) = @_;
	return if $session == $writer;
	if (!$session->{open})
	{
		$session->{open} = pick('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE');
		ask($session, "BEGIN ISOLATION LEVEL $session->{open}");
		$session->{role_before} = $session->{role};
		return;
	}
	my $keep = chance(0.6);
	my $cursor = $session->{cursor};
	my $answer = ask($session, $keep ? 'COMMIT' : 'ROLLBACK');
	$session->{open} = '';
	# WITH HOLD reads everything at COMMIT.
	if ($cursor && $cursor->{kind} eq 'with hold' && $keep && !$answer->{error}) { return }
	mistake("COMMIT failed: $answer->{message}") if $answer->{error} && !($cursor && $cursor->{kind} eq 'with hold');
	$session->{role} = $session->{role_before} if !$keep || $answer->{error};
	delete $session->{cursor};
	return;
}

my @actions = (
	[ 0.25, \&change ],
	[ 0.06, \&transaction ],
	[ 0.06, sub { another_role(pick(@sessions)) } ],
	[ 0.08, sub { reader_transaction(pick(@sessions)) } ],
	[ 0.10, sub { cursor_step(pick(@sessions)) } ],
	[ 1,    sub { read_once(pick(@sessions)) } ],
);
foreach my $step (1 .. $steps)
{
	my $dice = rand;
	foreach my $action (@actions)
	{
		next if ($dice -= $action->[0]) >= 0;
		$action->[1]->();
		last;
	}
	last if $failures > 3;
}

is($failures, 0, "$steps random steps show what the model of the policy says");
# Each way has shown both, or the test would say nothing of it.
foreach my $way (sort keys %ways)
{
	my $masked = 0;
	$masked += $seen{$way}{$_} foreach grep { $_ ne 'stored' } keys %{ $seen{$way} };
	cmp_ok($masked, '>', $steps / 200, "$way: masked $masked times");
	cmp_ok($seen{$way}{stored} // 0, '>', $steps / 200, "$way: stored " . ($seen{$way}{stored} // 0) . ' times');
}
foreach my $kind (sort keys %openers)
{
	cmp_ok($seen{$kind}{error} // 0, '>', 0, "$kind: refused $seen{$kind}{error} times");
	cmp_ok($seen{$kind}{stored} // 0, '>', 0, "$kind: stored $seen{$kind}{stored} times");
}
$_->{wire}->terminate foreach @sessions;
$node->stop;
done_testing();
