# Libraries that take PL/pgSQL's place for plugins after ddm: functions that a masked role called by himself are compiled anew
# all the same before they are given stored values, and the libraries are told of each once.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use File::Basename;

my $work    = PostgreSQL::Test::Utils::tempdir;
my $source  = dirname(__FILE__) . '/../lib/language_plugin.c';
my $headers = `pg_config --includedir-server`;
chomp $headers;
plan skip_all => "no plpgsql.h in $headers" if !-e "$headers/plpgsql.h";

sub library
{
	my ($name, @options) = @_;
	system($ENV{CC} || 'cc', '-shared', '-fPIC', "-I$headers", @options, '-o', "$work/$name.so", $source) == 0
	  or BAIL_OUT('no C compiler');
	return "LOAD '$work/$name.so';";
}

my $node = PostgreSQL::Test::Cluster->new('plugins');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE keeper;
	CREATE ROLE clerk;
	CREATE SCHEMA code AUTHORIZATION keeper;
	CREATE SCHEMA clerk AUTHORIZATION clerk;
	GRANT USAGE ON SCHEMA code TO clerk;
	SET SESSION AUTHORIZATION keeper;
	CREATE DOMAIN code.kind AS int;
	SET search_path = code;
	CREATE FUNCTION shown(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ DECLARE n kind; BEGIN n := $1; RETURN n > 0; END $$;
	CREATE TABLE pay (id int, amount int CHECK (shown(amount)), open text);
	INSERT INTO pay VALUES (1, 567, 'a');
	GRANT SELECT, UPDATE ON pay TO clerk;
	RESET SESSION AUTHORIZATION;
	SECURITY LABEL FOR ddm ON COLUMN code.pay.amount IS 'MASKED WITH FUNCTION default()';
	SET SESSION AUTHORIZATION clerk;
	CREATE DOMAIN clerk.kind AS int CHECK (VALUE < 500);
});

my %libraries = (plain => library('plain'), chained => library('chained', '-DCHAINS'), again => library('again', '-DCHAINS'));
foreach my $loaded ([], ['plain'], ['chained'], [ 'chained', 'plain' ], [ 'plain', 'chained' ], [ 'plain', 'chained', 'again' ])
{
	my $names = join(', ', @$loaded) || 'none';
	my $told  = 0;
	$told = $_ eq 'plain' ? 1 : $told + 1 foreach @$loaded;    # this one tells none before it
	my ($out, $err);
	$node->psql('postgres', join("\n", (map { $libraries{$_} . ' SELECT 1;' } @$loaded), q{
		SET SESSION AUTHORIZATION clerk;
		SET search_path = clerk, pg_catalog, code;
		SELECT code.shown(3);
		UPDATE code.pay SET open = 'b' RETURNING amount;
	}), stdout => \$out, stderr => \$err, on_error_stop => 0);
	unlike($err, qr/ERROR/, "$names: the check is not compiled by the reader's path");
	like($out, qr/^t\n0$/m, "$names: and the row is written");
	is(scalar(() = $err =~ /starts/g), 2 * $told, "$names: who is told is told of both calls");
}
$node->stop;
done_testing();
