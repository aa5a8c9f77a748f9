# What the tests of the audit trail have alike: a server with a table of people, roles that read their e-mail addresses in
# clear, counted or masked, and what is asked of the trail afterwards.
package Trail;
use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use Test::More;
use Time::HiRes qw(usleep);

our @EXPORT = qw(trail_node standby_of set_setting read_as flush hold_trail release chain_holds come_back promoted);

# Starts a server. Options: `init`, a hash, of the cluster; `conf`, further lines of configuration; `rows` (5) of the table;
# `cleared`, `counted`, `masked`: roles that may log in; `sql`, run at the end; `start`, what starts it.
sub trail_node
{
	my ($name, %with) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	my $rows = $with{rows} // 5;
	$node->init(%{ $with{init} // {} });
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\ncompute_query_id = on\nlog_statement = none\n" . ($with{conf} // ''));
	($with{start} // sub { $_[0]->start })->($node);
	my ($cleared, $counted, $masked) = map { $with{$_} // [] } qw(cleared counted masked);
	$node->safe_psql('postgres', join ";\n", 'SET client_min_messages = error', 'CREATE EXTENSION ddm',
		'CREATE TABLE people (id int PRIMARY KEY, email text)',
		"INSERT INTO people SELECT g, 'p' || g || '\@example.com' FROM generate_series(1, $rows) g",
		q{SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()'},
		(map { ("CREATE ROLE $_ LOGIN", "GRANT SELECT ON people TO $_") } @$cleared, @$counted, @$masked),
		(map { "GRANT UNMASK ON people TO $_" } @$cleared, @$counted),
		(map { "ALTER ROLE $_ SET ddm.audit_detail = 'summary'" } @$counted),
		$with{sql} // '', 'SELECT ddm.audit_flush()');
	return $node;
}

sub standby_of
{
	my ($name, $source, $backup) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init_from_backup($source, $backup, has_streaming => 1);
	$node->start;
	return $node;
}

sub set_setting
{
	my ($node, %settings) = @_;
	$node->append_conf('postgresql.conf', join "\n", map { "$_ = $settings{$_}" } keys %settings);
	$node->reload;
	$node->poll_query_until('postgres', "SELECT current_setting('$_') = '$settings{$_}'") foreach keys %settings;
	return;
}

# What the role gets and is told; its statements carry a name, if one is given. In scalar context what it gets.
sub read_as
{
	my ($node, $role, $sql, $name) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', defined $name ? "SET application_name = '$name';\n$sql" : $sql,
		extra_params => [ '-U', $role ], stdout => \$out, stderr => \$err, on_error_stop => 1);
	return wantarray ? ($out, $err) : $out;
}

sub flush { my ($node) = @_; return $node->safe_psql('postgres', 'SELECT ddm.audit_flush()') }

# The worker can write no event until the session that is answered is released.
sub hold_trail
{
	my ($node) = @_;
	my $holder = $node->background_psql('postgres');
	$holder->query_safe('BEGIN; LOCK TABLE ddm.audit_log IN ACCESS EXCLUSIVE MODE');
	return $holder;
}

sub release { my ($holder) = @_; $holder->query_safe('ROLLBACK'); $holder->quit; return }

sub chain_holds
{
	my ($node, $name) = @_;
	is($node->safe_psql('postgres', q{SELECT coalesce(string_agg(format('%s at event %s of chain %s', problem, bad_event, chain), '; '), 'whole') FROM ddm.audit_verify() WHERE NOT ok}),
		'whole', "$name: the chain holds");
	return;
}

# After whatever was done to it: does the server answer again, and has the trail all that happened?
sub come_back
{
	my ($node) = @_;
	for (1 .. 1200)
	{
		my ($code) = eval { $node->psql('postgres', "SELECT ddm.audit_flush('2 minutes')") }; # dies where psql does not even read
		return 1 if defined $code && $code == 0;
		usleep(100_000);
	}
	return 0;
}

sub promoted
{
	my ($node) = @_;
	$node->promote;
	$node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()');
	flush($node);
	return;
}

1;
