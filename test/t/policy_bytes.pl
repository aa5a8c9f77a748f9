# The same policy gives the same bytes: in another order of making, under another encoding, locale, time zone, with other
# oids and other ways of writing the same. And no part of it can change without the fingerprint.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('bytes');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nddm.audit = ''\nclient_min_messages = error");
$node->start;
$ENV{PGCLIENTENCODING} = 'UTF8';
$node->safe_psql('postgres', q{
	CREATE DATABASE one;
	CREATE DATABASE two ENCODING 'ISO_8859_5' LOCALE 'C' TEMPLATE template0;
	ALTER DATABASE two SET timezone = 'Asia/Tokyo'; ALTER DATABASE two SET datestyle = 'SQL, DMY';
	ALTER DATABASE two SET search_path = 's', 'public';
	CREATE ROLE a_group; CREATE ROLE ian; CREATE ROLE zoe; CREATE ROLE member IN ROLE a_group;
});

# (Names of roles are the cluster's: they work in every encoding where they are ASCII.) In the order of their bytes Ё comes before Я in UTF-8, and after it in KOI8 and others.
my @parts = (
	q{SECURITY LABEL FOR ddm ON COLUMN s.t."Ёлка" IS 'MASKED WITH FUNCTION email() FOR zoe WITH VALUE ''я''  WHEN ( id > 0 ) SEARCHABLE'},
	q{SECURITY LABEL FOR ddm ON COLUMN s.t."Ягода" IS 'MASKED WITH POLICY contact'},
	q{SECURITY LABEL FOR ddm ON COLUMN s.t.id IS 'NOT MASKED'},
	q{SECURITY LABEL FOR ddm_tag ON TABLE s.t IS 'pii, contact, level=3'},
	q{SECURITY LABEL FOR ddm_tag ON SCHEMA s IS 'sales'},
	q{SECURITY LABEL FOR ddm ON FUNCTION s.f(text) IS 'TRUSTED MASK'},
	q{INSERT INTO ddm.classification_level VALUES (9, 'secret')},
	q{SELECT ddm.create_policy('contact', 'FUNCTION partial(1, ''*'', 1)')},
	q{SELECT ddm.create_policy('Ёлка', 'VALUE NULL')},
	q{SELECT ddm.create_rule('Яна', 'resource.column_name == "Ёж" || "pii" in resource.tags', 'VALUE NULL', 3)},
	q{SELECT ddm.create_rule('early', 'resource.column_name.matches(r"^\d$")', 'POLICY contact', -1)},
	q{SELECT ddm.create_exemption('night', '{a_group,zoe,ian}', 'request.time > timestamp("2026-01-01T00:00:00Z")', '2999-01-01 00:00:00+00', 'reason')},
	q{SELECT ddm.load_dictionary('Ёлка', '{игла,шишка}')},
	q{GRANT UNMASK ("Ёлка") ON s.t TO zoe},
	q{GRANT UNMASK ON s.t TO ian WITH GRANT OPTION},
	q{GRANT UNMASK ON SCHEMA s TO a_group},
	q{ALTER DEFAULT PRIVILEGES FOR ROLE ian IN SCHEMA s GRANT UNMASK ON TABLES TO a_group},
	q{SELECT ddm.grant_unmask('a_group', tag => 'pii', until => '2999-01-01 00:00:00+00', reason => 'why')},
);
my %otherwise = (
	$parts[0] => q{SECURITY LABEL FOR ddm ON COLUMN s.t."Ёлка" IS 'masked with function ddm . EMAIL( ) for zoe with value $$я$$ when (id > 0) searchable limit 60 per hour'},
	$parts[3] => q{SECURITY LABEL FOR ddm_tag ON TABLE s.t IS 'CONTACT,level = 3,pii'},
	$parts[7] => q{SELECT ddm.create_policy('contact', 'masked with function partial(1,''*'',1)')},
	$parts[9] => q{SELECT ddm.create_rule('Яна', '((resource.column_name==''Ёж''||(''pii'' in resource.tags)))', 'masked with value null', 3)},
	$parts[11] => q{SELECT ddm.create_exemption('night', '{ian,zoe,a_group,a_group}', 'request.time>timestamp("2026-01-01T09:00:00+09:00")', '2999-01-01 09:00:00+09', 'reason')},
);
$otherwise{$parts[0]} =~ s/ddm \. EMAIL/EMAIL/;
my $ground = q{CREATE EXTENSION ddm; CREATE SCHEMA s; CREATE TABLE s.t (id int, "Ёлка" text, "Ягода" text);
	CREATE FUNCTION s.f(value text) RETURNS text LANGUAGE sql AS 'SELECT left($1, 1)';};
$node->safe_psql('one', $ground);
$node->safe_psql('two', "CREATE TABLE filler (a text); SET standard_conforming_strings = off; $ground");
my $empty = $node->safe_psql('one', 'SELECT ddm.fingerprint()');
is($node->safe_psql('two', 'SELECT ddm.fingerprint()'), $empty, 'before');

my %seen = ($empty => 'nothing');
foreach my $part (@parts)
{
	$node->safe_psql('one', $part);
	my $fingerprint = $node->safe_psql('one', 'SELECT ddm.fingerprint()');
	ok(!$seen{$fingerprint}++, 'another fingerprint after: ' . substr($part, 0, 60));
}
$node->safe_psql('two', $otherwise{$_} // $_) foreach reverse @parts;
is($node->safe_psql('two', 'SELECT jsonb_pretty(ddm.export())'), $node->safe_psql('one', 'SELECT jsonb_pretty(ddm.export())'), 'the same export');
my $full = $node->safe_psql('one', 'SELECT ddm.fingerprint()');
is($node->safe_psql('two', 'SELECT ddm.fingerprint()'), $full, 'the same fingerprint');

# Memberships of roles that reach a clearance, and the settings that say who is exempt.
foreach my $change (
	[ 'GRANT a_group TO ian', 'REVOKE a_group FROM ian' ],
	[ 'ALTER ROLE member NOINHERIT; REVOKE a_group FROM member; GRANT a_group TO member', 'ALTER ROLE member INHERIT; REVOKE a_group FROM member; GRANT a_group TO member' ],
	[ 'ALTER SYSTEM SET ddm.exempt_owner = off; SELECT pg_reload_conf()', 'ALTER SYSTEM RESET ddm.exempt_owner; SELECT pg_reload_conf()' ])
{
	$node->safe_psql('one', $_) foreach split /; /, $change->[0];
	isnt($node->safe_psql('one', 'SELECT pg_sleep(0.1); SELECT ddm.fingerprint()'), "\n$full", "another after: $change->[0]");
	$node->safe_psql('one', $_) foreach split /; /, $change->[1];
	is($node->safe_psql('one', 'SELECT pg_sleep(0.1); SELECT ddm.fingerprint()'), "\n$full", 'and back');
}
# What is no part of it: the server's name, its mode, keys, temporary tables.
foreach my $change ("SET ddm.environment = 'x'", "SET ddm.mode = observe", "SELECT ddm.rotate_key('other')",
	q{CREATE TEMP TABLE tt (a text); SECURITY LABEL FOR ddm ON COLUMN tt.a IS 'MASKED WITH VALUE NULL'; GRANT UNMASK ON tt TO a_group})
{
	like($node->safe_psql('one', "$change; SELECT ddm.fingerprint()"), qr/^$full$/m, "the same after: $change");
}
$node->stop;
done_testing();
