# Values of some hundred megabytes: masked like short ones, and what would grow over PostgreSQL's limit of 1 GB
# shows default(), never the value and never a server that is gone.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('huge');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nfsync = off\nmax_wal_size = 4GB\n");
$node->start;

my $size = 280 * 1024 * 1024;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION ddm;
CREATE ROLE reader;
CREATE TABLE book (id int, page text);
ALTER TABLE book ALTER page SET STORAGE EXTERNAL;
GRANT SELECT ON book TO reader;
INSERT INTO book VALUES (1, 'a' || repeat('x', $size) || '\@example.com');
SQL

my $postmaster = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
for my $case (
	[ q{partial(1, '***', 2)}, '6|a***om|a***om' ],
	[ q{partial(0, '-', 100000)}, '100001|-xxxxx|le.com' ],
	[ 'email()', '16|a***@e|le.com' ],
	[ 'hash()', qr/^64\|[0-9a-f]{6}\|[0-9a-f]{6}$/ ],
	[ q{full('none')}, '4|none|none' ],
	[ 'default()', '4|XXXX|XXXX' ],
	[ q{inner(2, 3)}, ($size + 13) . '|axXXXX|XXXcom' ],
	[ "inner(1, 1, '\x{f0}\x{9f}\x{98}\x{80}')", '4|XXXX|XXXX' ]) # four bytes for one
{
	my ($mask, $shown) = @$case;
	(my $quoted = $mask) =~ s/'/''/g;
	my $answer = $node->safe_psql('postgres', <<"SQL");
SECURITY LABEL FOR ddm ON COLUMN book.page IS 'MASKED WITH FUNCTION $quoted';
SET ROLE reader;
SELECT length(page), left(page, 6), right(page, 6) FROM book;
SQL
	if (ref $shown) { like($answer, $shown, $mask) }
	else { is($answer, $shown, $mask) }
}
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $postmaster, 'the server has not been restarted');

$node->stop;
done_testing();
