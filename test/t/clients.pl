# What people's programs do, as a masked and as a cleared role: drivers' cursors, portals, pipelines, binary
# formats and prepared statements, and object-relational mappers that write whole rows back. Each client is a
# program in test/clients that prints TAP; one that is not installed is skipped, by name.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $python = $ENV{DDM_PYTHON} // '/usr/bin/python3'; # Debian's packages are for Debian's
my $jdbc = '/usr/share/java/postgresql.jar';
my $dir = "$FindBin::RealBin/../clients";

my $node = PostgreSQL::Test::Cluster->new('clients');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8', '--auth=trust' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nlisten_addresses = '127.0.0.1'\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE app LOGIN;
	CREATE ROLE boss LOGIN;
	CREATE ROLE admin LOGIN IN ROLE ddm_admin;
	ALTER DATABASE postgres SET ddm.grants_to_login_roles = allow;
});

my $table = q{
	DROP TABLE IF EXISTS customer;
	CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL, email varchar(80) UNIQUE, phone text,
		ssn char(11), born date, balance numeric(10,2), tags text[], doc jsonb);
	INSERT INTO customer (name, email, phone, ssn, born, balance, tags, doc)
	SELECT 'Name ' || n, 'user' || n || '@example.com', '+49 30 ' || 1000000 + n, '123-45-' || 6000 + n,
		date '1980-01-01' + n, n * 1.5, array['x' || n], jsonb_build_object('k', n) FROM generate_series(1, 500) n;
	GRANT SELECT, INSERT, UPDATE, DELETE ON customer TO app, boss;
	GRANT USAGE ON SEQUENCE customer_id_seq TO app, boss;
	SECURITY LABEL FOR ddm ON COLUMN customer.email IS 'MASKED WITH FUNCTION email()';
	SECURITY LABEL FOR ddm ON COLUMN customer.phone IS 'MASKED WITH FUNCTION phone()';
	SECURITY LABEL FOR ddm ON COLUMN customer.ssn IS 'MASKED WITH FUNCTION ssn()';
	SECURITY LABEL FOR ddm ON COLUMN customer.born IS 'MASKED WITH FUNCTION default()';
	SECURITY LABEL FOR ddm ON COLUMN customer.balance IS 'MASKED WITH FUNCTION bucket(100)';
	SECURITY LABEL FOR ddm ON COLUMN customer.tags IS 'MASKED WITH FUNCTION each(default())';
	SECURITY LABEL FOR ddm ON COLUMN customer.doc IS 'MASKED WITH FUNCTION json(''$.k'', default())';
	GRANT UNMASK ON customer TO boss;
};

# Runs a client on a fresh table and takes its lines of TAP over.
sub client
{
	my ($name, @command) = @_;
	$node->safe_psql('postgres', $table);
	my ($out, $err) = run_command(\@command);
	subtest $name => sub {
		my ($plan) = $out =~ /^1\.\.(\d+)$/m;
		my @lines = $out =~ /^((?:not )?ok .*)$/mg;
		foreach (@lines) { my ($bad, $what) = /^(not )?ok \d+ - (.*)$/; ok(!$bad, $what) or diag($out) }
		is(scalar @lines, $plan // -1, 'came to its end') or diag("$out\n$err");
	};
	return;
}

sub has_module { return system("$python -c 'import " . join(', ', @_) . "' 2>/dev/null") == 0 }

my ($host, $port) = ($node->host, $node->port);
my %python = (
	psycopg => [ ['psycopg'], "host=$host port=$port dbname=postgres" ],
	sqlalchemy => [ [ 'sqlalchemy', 'psycopg2' ], $host, $port ],
	django => [ [ 'django', 'psycopg2' ], $host, $port ],
	asyncpg => [ ['asyncpg'], $host, $port ]);
foreach my $name (sort keys %python)
{
	my ($modules, @arguments) = @{ $python{$name} };
  SKIP: {
		skip "$name is not installed (python3-$name)", 1 if !has_module(@$modules);
		client($name, 'env', 'PYTHONDONTWRITEBYTECODE=1', $python, "$dir/client_$name.py", @arguments);
	}
}
SKIP: {
	skip 'JDBC is not installed (libpostgresql-jdbc-java and a JDK)', 1
	  if !-e $jdbc || system('javac -version >/dev/null 2>&1') != 0;
	client('JDBC', 'java', '-cp', $jdbc, "$dir/ClientJdbc.java", $port);
}

$node->stop;
done_testing();
