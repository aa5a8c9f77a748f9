# Twenty realistic queries over the Chinook sample database. The oracle is a second database without ddm, whose
# stored values were overwritten with the masks as plain SQL has them: a masked role must get the same bytes there
# and here, and a cleared role the same bytes as before ddm came.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($file) = grep { defined && length && -r } ($ENV{DDM_CHINOOK}, "$FindBin::Bin/../../../shared/data/chinook/chinook.sql");
plan skip_all => 'the Chinook database is not there: name chinook.sql in DDM_CHINOOK' unless $file;

$ENV{PGCLIENTENCODING} = 'UTF8';
my $node = PostgreSQL::Test::Cluster->new('chinook');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nlisten_addresses = ''");
$node->start;
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-f', $file ], 'chinook.sql loads');

$node->safe_psql('chinook', <<'SQL');
CREATE ROLE reader LOGIN;
CREATE ROLE auditor LOGIN;
CREATE VIEW customer_contact AS
    SELECT customer_id, first_name || ' ' || last_name AS full_name, email, coalesce(fax, phone) AS reach FROM customer;
CREATE VIEW sales_by_rep AS
    SELECT e.employee_id, e.last_name, sum(i.total) AS total
      FROM employee e JOIN customer c ON c.support_rep_id = e.employee_id JOIN invoice i USING (customer_id)
     GROUP BY e.employee_id, e.last_name;
CREATE FUNCTION contact_of(wanted int) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE c customer;
BEGIN
    SELECT * INTO c FROM customer WHERE customer_id = wanted;
    RETURN c.first_name || ' <' || c.email || '>';
END $$;
CREATE FUNCTION customers_in(wanted text) RETURNS SETOF customer LANGUAGE sql STABLE
    AS 'SELECT * FROM customer WHERE country = wanted ORDER BY customer_id';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader, auditor;
SQL
$node->safe_psql('postgres', "CREATE DATABASE chinook_masked TEMPLATE chinook");
$node->safe_psql('postgres', "CREATE DATABASE chinook_raw TEMPLATE chinook");

# The masks by hand, for every value there is.
$node->safe_psql('chinook_masked', <<'SQL');
UPDATE customer SET
    email = CASE WHEN email ~ '^[^@]+@[^@]+$' THEN left(email, 1) || '***' || substr(email, strpos(email, '@')) ELSE 'XXXX' END,
    phone = CASE WHEN phone IS NULL THEN NULL WHEN length(phone) > 5 THEN left(phone, 3) || '-XXX-' || right(phone, 2) ELSE '-XXX-' END,
    fax = CASE WHEN fax IS NOT NULL THEN 'XXXX' END,
    address = CASE WHEN address IS NOT NULL THEN 'withheld' END,
    first_name = CASE WHEN length(first_name) > 1 THEN left(first_name, 1) || '.' ELSE '.' END,
    last_name = CASE WHEN length(last_name) > 1 THEN left(last_name, 1) || '***' ELSE '***' END;
UPDATE employee SET
    birth_date = timestamp '1900-01-01',
    first_name = CASE WHEN length(first_name) > 1 THEN left(first_name, 1) || '.' ELSE '.' END,
    last_name = CASE WHEN length(last_name) > 2 THEN left(last_name, 1) || '***' || right(last_name, 1) ELSE '***' END;
SQL
$node->safe_psql('chinook', <<'SQL');
CREATE EXTENSION ddm;
SECURITY LABEL FOR ddm ON COLUMN customer.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN customer.phone IS 'MASKED WITH FUNCTION partial(3, ''-XXX-'', 2)';
SECURITY LABEL FOR ddm ON COLUMN customer.fax IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN customer.address IS 'MASKED WITH FUNCTION full(''withheld'')';
SECURITY LABEL FOR ddm ON COLUMN customer.first_name IS 'MASKED WITH FUNCTION partial(1, ''.'', 0)';
SECURITY LABEL FOR ddm ON COLUMN customer.last_name IS 'MASKED WITH FUNCTION partial(1, ''***'', 0)';
SECURITY LABEL FOR ddm ON COLUMN employee.birth_date IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN employee.first_name IS 'MASKED WITH FUNCTION partial(1, ''.'', 0)';
SECURITY LABEL FOR ddm ON COLUMN employee.last_name IS 'MASKED WITH FUNCTION partial(1, ''***'', 1)';
GRANT UNMASK ON customer, employee TO auditor;
SQL

# [ name, masks show in it, statements ]: every order is total.
my @queries = (
	[ 'customers of a country', 1, "SELECT * FROM customer WHERE country = 'Brazil' ORDER BY customer_id" ],
	[ 'invoices with their customers', 1, "SELECT i.invoice_id, c.last_name, c.email, i.total FROM invoice i JOIN customer c USING (customer_id) ORDER BY 1" ],
	[ 'turnover by country', 0, "SELECT billing_country, count(*), sum(total) FROM invoice GROUP BY 1 ORDER BY 3 DESC, 1" ],
	[ 'turnover by the customer\'s country', 0, "SELECT c.country, sum(i.total) FROM customer c JOIN invoice i USING (customer_id) GROUP BY c.country ORDER BY 2 DESC, 1" ],
	[ 'customers by e-mail domain', 0, "SELECT split_part(email, '\@', 2) AS domain, count(*) FROM customer GROUP BY 1 ORDER BY 2 DESC, 1" ],
	[ 'employees and whom they report to', 1, "SELECT e.employee_id, e.first_name, e.last_name, e.birth_date, m.last_name AS manager FROM employee e LEFT JOIN employee m ON m.employee_id = e.reports_to ORDER BY 1" ],
	[ 'the tree of employees', 1, "WITH RECURSIVE tree AS (SELECT employee_id, last_name::text AS path FROM employee WHERE reports_to IS NULL UNION ALL SELECT e.employee_id, t.path || '/' || e.last_name FROM employee e JOIN tree t ON e.reports_to = t.employee_id) SELECT * FROM tree ORDER BY 1" ],
	[ 'a view of contacts', 1, "SELECT * FROM customer_contact ORDER BY customer_id" ],
	[ 'a view of sales', 1, "SELECT * FROM sales_by_rep ORDER BY employee_id" ],
	[ 'a PL/pgSQL function', 1, "SELECT customer_id, contact_of(customer_id) FROM customer ORDER BY 1" ],
	[ 'an SQL function', 1, "SELECT customer_id, email, fax FROM customers_in('Canada') ORDER BY 1" ],
	[ 'best customers, ranked', 1, "SELECT rank() OVER (ORDER BY sum(i.total) DESC), c.customer_id, c.last_name, sum(i.total) FROM customer c JOIN invoice i USING (customer_id) GROUP BY c.customer_id, c.last_name ORDER BY 1, 2 LIMIT 15" ],
	[ 'a condition on a masked column', 1, "SELECT customer_id, email FROM customer WHERE email LIKE 'l***\@%' OR last_name = 'Schröder' ORDER BY 1" ],
	[ 'customers without a fax', 0, "SELECT count(*), count(fax), count(DISTINCT fax) > 0 FROM customer" ],
	[ 'names of a country\'s customers in one line', 1, "SELECT country, string_agg(last_name, ', ' ORDER BY customer_id) FROM customer GROUP BY country ORDER BY 1" ],
	[ 'whole rows as JSON', 1, "SELECT row_to_json(c) FROM customer c ORDER BY customer_id" ],
	[ 'the last invoice of each customer', 1, "SELECT c.customer_id, c.first_name, l.invoice_id FROM customer c, LATERAL (SELECT invoice_id FROM invoice i WHERE i.customer_id = c.customer_id ORDER BY invoice_date DESC, invoice_id DESC LIMIT 1) l ORDER BY 1" ],
	[ 'everybody with an address, people and staff', 1, "SELECT last_name, address FROM customer WHERE country = 'USA' UNION SELECT last_name, address FROM employee ORDER BY 1, 2" ],
	[ 'COPY of a table and of a query', 1, "COPY customer TO STDOUT (FORMAT csv, HEADER); COPY (SELECT employee_id, birth_date FROM employee ORDER BY 1) TO STDOUT" ],
	[ 'what was bought, by genre', 0, "SELECT g.name, count(*), sum(il.unit_price * il.quantity) FROM invoice_line il JOIN track t USING (track_id) JOIN genre g USING (genre_id) GROUP BY 1 ORDER BY 2 DESC, 1" ],
	[ 'prepared, with a cursor, into a temporary table', 1, "PREPARE p(int) AS SELECT email, phone FROM customer WHERE customer_id = \$1; EXECUTE p(1); EXECUTE p(2); BEGIN; DECLARE c CURSOR FOR SELECT first_name, address FROM customer ORDER BY customer_id; FETCH 5 FROM c; COMMIT; CREATE TEMP TABLE mine AS SELECT customer_id, email, company FROM customer; SELECT * FROM mine ORDER BY 1" ],
);

# COPY of a table follows its heap: lay the three out alike.
$node->safe_psql($_, 'CLUSTER customer USING customer_pkey; CLUSTER employee USING employee_pkey')
  for qw(chinook chinook_masked chinook_raw);

sub answer
{
	my ($database, $role, $query) = @_;
	my ($out, $err) = ('', '');
	$node->psql($database, $query, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return "$out\n$err";
}

for my $case (@queries)
{
	my ($name, $masks, $query) = @$case;
	my $got = answer('chinook', 'reader', $query);
	my $raw = answer('chinook_raw', 'reader', $query);
	unlike($raw, qr/ERROR/, "$name: runs without ddm");
	is($got, answer('chinook_masked', 'reader', $query), "$name: masked where masked, all else as it is");
	if ($masks) { isnt($got, $raw, "$name: is masked") }
	else { is($got, $raw, "$name: holds no mask") }
	is(answer('chinook', 'auditor', $query), $raw, "$name: a cleared role sees what there is");
}
cmp_ok(scalar @queries, '>=', 20, 'twenty queries');
like(answer('chinook', 'reader', 'SELECT email FROM customer WHERE customer_id = 1'), qr/^l\*\*\*\@embraer\.com\.br$/m, 'the promised mask of an e-mail');

$node->stop;
done_testing();
