# What extensions log of every statement stays in the log: at the level of messages that a client asks for it would get
# the plans, texts and parameters of statements that foreign keys, triggers and others' functions run within its own.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('messages_to_client');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE masked LOGIN;
	CREATE ROLE cleared LOGIN;
	CREATE TABLE person (id int UNIQUE, secret text PRIMARY KEY);
	CREATE TABLE visit (secret text REFERENCES person ON DELETE CASCADE);
	INSERT INTO person SELECT g, 'stored-' || g FROM generate_series(1, 20) g;
	INSERT INTO visit SELECT secret FROM person;
	CREATE FUNCTION counted(int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
	DECLARE value text; n bigint;
	BEGIN
		SELECT secret INTO value FROM person WHERE id = $1;
		EXECUTE format('SELECT count(*) FROM visit WHERE secret = %L', value) INTO n;
		RETURN n;
	END $$;
	CREATE FUNCTION made(int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
	DECLARE value text;
	BEGIN
		SELECT secret INTO value FROM person WHERE id = $1;
		EXECUTE format('CREATE TEMP TABLE made (secret text DEFAULT %L)', value);
	END $$;
	SET client_min_messages = error;
	SECURITY LABEL FOR ddm ON COLUMN person.secret IS 'MASKED WITH FUNCTION default()';
	SECURITY LABEL FOR ddm ON COLUMN visit.secret IS 'MASKED WITH FUNCTION default()';
	GRANT ALL ON person, visit TO masked, cleared;
	GRANT UNMASK ON person, visit TO cleared;
});

my @settings = ('auto_explain.log_min_duration = 0', 'auto_explain.log_nested_statements = on');
my @loads = ([ 'session_preload_libraries', 'auto_explain' ]);
if (-e $node->config_data('--pkglibdir') . '/pgaudit.so')
{
	push @loads, [ 'shared_preload_libraries', 'pgaudit, ddm' ], [ 'shared_preload_libraries', 'ddm, pgaudit' ];
}

my $id = 0;

# The client's messages and the log's, of a statement of that role.
sub told
{
	my ($role, $sql) = @_;
	my $start = -s $node->logfile;
	my ($code, $out, $err) = $node->psql('postgres', "SET client_min_messages = log; $sql", extra_params => [ '-U', $role ]);
	return ($err, PostgreSQL::Test::Utils::slurp_file($node->logfile, $start));
}

foreach my $load (@loads)
{
	my ($setting, $libraries) = @$load;
	my @of_library = $libraries =~ /pgaudit/
	  ? ("pgaudit.log = 'all'", 'pgaudit.log_client = on', 'pgaudit.log_parameter = on')
	  : @settings;
	foreach my $level ('warning', 'panic')
	{
		# The last of several lines counts.
		$node->append_conf('postgresql.conf', join "\n",
			"shared_preload_libraries = '" . ($setting =~ /^shared/ ? $libraries : 'ddm') . "'",
			"session_preload_libraries = '" . ($setting =~ /^session/ ? $libraries : '') . "'",
			"log_min_messages = $level", @of_library);
		$node->restart;
		# pgaudit tells of definitions within functions, and of no queries there.
		foreach my $statement ($libraries =~ /pgaudit/ ? 'SELECT made(%d)'
			: ('DELETE FROM person WHERE id = %d', 'SELECT counted(%d)'))
		{
			my $name = "$libraries, $statement, log_min_messages = $level";
			$id++;
			my ($client, $log) = told('masked', sprintf $statement, $id);
			like($client, qr/LOG:/, "$name: the client is told of its own statement");
			unlike($client, qr/stored-/, "$name: and of no value");
			like($log, qr/stored-$id\b/, "$name: the log has it") if $level eq 'warning';
			$id++;
			($client, $log) = told('cleared', sprintf $statement, $id);
			like($client, qr/stored-$id\b/, "$name: a cleared client is told");
		}
	}
}
# As notices, too.
$node->append_conf('postgresql.conf', join "\n",
	"shared_preload_libraries = 'ddm'", "session_preload_libraries = 'auto_explain'",
	'log_min_messages = notice', 'auto_explain.log_level = notice', @settings);
$node->restart;
$id++;
my ($client, $log) = told('masked', "SELECT counted($id)");
unlike($client, qr/stored-/, 'notices tell the client of no value');
like($log, qr/Query Text: .*stored-$id\b/, 'and the log has it');
$node->stop;
done_testing();
