# Functions called by the protocol's function call, without a statement around them: each of ddm's answers, or says what
# is the matter; none fails within.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Wire;

my $node = PostgreSQL::Test::Cluster->new('fast_path');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE masked LOGIN;
	CREATE TABLE person (id int, secret text);
	INSERT INTO person VALUES (1, 'stored-1');
	SECURITY LABEL FOR ddm ON COLUMN person.secret IS 'MASKED WITH FUNCTION default()';
	GRANT SELECT ON person TO masked;
});

# A value that every type of an argument takes.
my %value = (
	bool => 't', bytea => 'x', char => 'x', date => '2020-01-01', float8 => '1', inet => '10.0.0.1', int2 => '1', int4 => '1',
	int8 => '1', interval => '1 hour', json => '{}', jsonb => '{}', name => 'x', numeric => '1', oid => '1259',
	regclass => 'person', regnamespace => 'public', regproc => 'now', regprocedure => 'now()', regrole => 'masked', regtype => 'text',
	text => 'x', time => '10:00', timestamp => '2020-01-01', timestamptz => '2020-01-01', uuid => '00000000-0000-0000-0000-000000000000',
	varchar => 'x', xid8 => '1');

my @functions = map { [ split /\|/, $_, -1 ] } split /\n/, $node->safe_psql('postgres', q{
	SELECT p.oid, p.oid::regprocedure, (SELECT string_agg(t.typname, ' ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY a(type, n)
		JOIN pg_type t ON t.oid = a.type)
	FROM pg_proc p WHERE pronamespace = 'ddm'::regnamespace ORDER BY 2::text});
cmp_ok(scalar @functions, '>', 100, 'functions to call');

foreach my $role ('masked', (getpwuid $<)[0])
{
	my (@failed, %said);
	foreach my $function (@functions)
	{
		my ($oid, $signature, $types) = @$function;
		my @values = map { $value{$_} // (/^_/ ? '{}' : 'x') } split ' ', $types;
		my $wire = Wire->new($node, user => $role);
		$wire->query("SET statement_timeout = '5s'");
		my $answer = $wire->call($oid, @values);
		my $code = $answer->{types} =~ /Z$/ ? $answer->{error} : 'lost';
		$said{ $code || 'answers' }++;
		push @failed, "$signature: $answer->{message}" if $code =~ /^(XX|lost)/;
		unlike(join('', $answer->{message}, map { $_ // '' } @{ $answer->{rows} }), qr/stored-1/, "$role calls $signature") if $role eq 'masked';
		$wire->terminate;
	}
	is(join("\n", @failed), '', "$role: no function fails within");
	note "$role: ", join ', ', map { "$_ $said{$_}" } sort keys %said;
}

my $wire = Wire->new($node, user => 'masked');
my $oid = $node->safe_psql('postgres', q{SELECT 'ddm.partial(text, int, text, int)'::regprocedure::oid});
is_deeply($wire->call($oid, '123456789', 1, '***', 2)->{rows}, ['1***89'], 'a mask answers what it answers in a statement');
done_testing();
