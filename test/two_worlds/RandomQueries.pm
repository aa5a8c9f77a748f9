# Random statements over the two worlds: typed expressions, joins, sub-selects, aggregates, windows, set
# operations, CTEs and writes. The same seed gives the same statements.
#
# What it leaves out is what would make an honest answer differ: volatile functions, equality with a constant on
# the searchable column, statements whose length of time might end them.
package RandomQueries;
use strict;
use warnings;

# relation => { column => type }; `key` is the open column that joins follow.
my %relations = (
	desk          => { id => 'int', secret => 'text', amount => 'int', open => 'text' },
	customers     => { id => 'int', name => 'text', email => 'text', ssn => 'text', birth => 'date', salary => 'num',
		score => 'int', notes => 'text', active => 'bool', region => 'text', opened => 'date', visits => 'int' },
	orders        => { id => 'int', customer_id => 'int', card => 'text', amount => 'num', quantity => 'int',
		placed => 'date', status => 'text' },
	tenants       => { id => 'int', tenant => 'text', secret => 'text', budget => 'int' },
	vetted        => { id => 'int', code => 'text', sum => 'int', open => 'text' },
	members       => { id => 'int', grp => 'int', badge => 'text', pin => 'text', level => 'int', rank => 'int' },
	events        => { id => 'int', payload => 'text', amount => 'int', kind => 'text' },
	events_3      => { id => 'int', payload => 'text', amount => 'int', kind => 'text' },
	assets        => { id => 'int', serial => 'text', price => 'int' },
	machines      => { id => 'int', serial => 'text', price => 'int', pin => 'text' },
	ledger        => { id => 'int', gross => 'int', net => 'int', memo => 'text', memo_upper => 'text' },
	cond          => { id => 'int', region => 'text', secret => 'text', bonus => 'int' },
	formats       => { id => 'int', mail => 'text', social => 'text', born => 'date', height => 'int', weight => 'num',
		padded => 'text' },
	exotic        => { id => 'int', code => 'text', big => 'int', tiny => 'int' },
	v_customers   => { id => 'int', email => 'text', ssn => 'text', salary => 'num', region => 'text' },
	v_nested      => { id => 'int', email => 'text', loud => 'text', salary => 'num', region => 'text' },
	v_barrier     => { id => 'int', email => 'text', salary => 'num', region => 'text' },
	v_union       => { id => 'int', secret => 'text' },
	v_sub         => { id => 'int', mail => 'text' },
	mat           => { id => 'int', email => 'text', salary => 'num', region => 'text' },
	computed      => { id => 'int', mail => 'text', twice => 'num', region => 'text' },
);
my @readable = sort keys %relations;
sub relations { return @readable }

# Has what follows read these relations, name => { column => type }, as often as the shop's, or instead of them.
my %shop = %relations;
sub read_from
{
	my ($others, $instead) = @_;
	my %shops = $instead ? () : %shop;
	%relations = (%shops, %$others);
	@readable = sort keys %shops;
	push @readable, (sort keys %$others) x int(1 + @readable / keys %$others) if %$others;
	return;
}

my @writable = qw(desk orders ledger cond machines vetted);

my @scopes;    # stack of lists of [alias, relation]
our $depth;
my $aliases;

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < $_[0]; }
sub small { return int rand shift; }

sub column
{
	my ($type) = @_;
	my @found;
	foreach my $item (chance(0.8) ? @{ $scopes[-1] } : map { @$_ } @scopes)
	{
		my ($alias, $relation) = @$item;
		my $columns = ref $relation ? $relation : $relations{$relation};
		push @found, map { "$alias.$_" } grep { $columns->{$_} eq $type } sort keys %$columns;
	}
	return @found ? pick(@found) : undef;
}

sub whole_row
{
	my $item = pick(@{ $scopes[-1] });
	return $item->[0];
}

my %literal = (
	text => sub { pick("'a9'", "'b3'", "'EU'", "'XXXX'", "'k1'", "'a'", "''", "'100-10-0001'", "'aa0cc17\@example.com'") },
	int  => sub { pick(0, 1, 2, 7, 13, 50, 113, 1013, 3000) },
	num  => sub { pick('0.5', '100.25', '150000', '300000.25') },
	date => sub { pick("date '1950-01-14'", "date '1970-01-01'", "date '2020-05-01'", "date '1900-01-01'") },
	bool => sub { pick('true', 'false') },
);

sub comparison { return pick('=', '<>', '<', '>', '<=', '>='); }

sub sub_select
{
	my ($type, $limit) = @_;
	local $depth = $depth - 2;
	push @scopes, [];
	my $from = from_item();
	my $value = expression($type);
	my $where = chance(0.7) ? ' WHERE ' . expression('bool') : '';
	my $order = $limit ? ' ORDER BY 1 ' . pick('', 'DESC ') . 'LIMIT 1' : '';
	pop @scopes;
	return "(SELECT $value FROM $from$where$order)";
}

my %make = (
	text => [
		sub { 'upper(' . expression('text') . ')' },
		sub { 'reverse(' . expression('text') . ')' },
		sub { 'substr(' . expression('text') . ', ' . (1 + small(4)) . ', ' . (1 + small(5)) . ')' },
		sub { '(' . expression('text') . ' || ' . expression('text') . ')' },
		sub { 'coalesce(' . expression('text') . ', ' . expression('text') . ')' },
		sub { 'nullif(' . expression('text') . ', ' . expression('text') . ')' },
		sub { '(' . expression('int') . ')::text' },
		sub { '(' . expression('date') . ')::text' },
		sub { '(' . expression('num') . ')::text' },
		sub { 'md5(' . expression('text') . ')' },
		sub { "regexp_replace(" . expression('text') . ", '[0-9]+', '#')" },
		sub { 'concat_ws(\'/\', ' . expression('text') . ', ' . expression('int') . ', ' . expression('bool') . ')' },
		sub { 'CASE WHEN ' . expression('bool') . ' THEN ' . expression('text') . ' ELSE ' . expression('text') . ' END' },
		sub { whole_row() . '::text' },
		sub { 'row_to_json(' . whole_row() . ')::text' },
		sub { 'greatest(' . expression('text') . ', ' . expression('text') . ')' },
		sub { sub_select('text', 1) },
		sub { 'format(\'%L\', ' . expression('text') . ')' },
	],
	int => [
		sub { 'length(' . expression('text') . ')' },
		sub { '(' . expression('int') . pick(' + ', ' - ') . expression('int') . ')' },
		sub { '(' . expression('int') . ' % ' . (2 + small(9)) . ')' },
		sub { '(' . expression('int') . ' / ' . expression('int') . ')' },
		sub { 'ascii(' . expression('text') . ')' },
		sub { 'strpos(' . expression('text') . ', ' . expression('text') . ')' },
		sub { '(' . expression('date') . ' - ' . expression('date') . ')' },
		sub { '(' . expression('bool') . ')::int' },
		sub { 'extract(year FROM ' . expression('date') . ')::int' },
		sub { 'CASE WHEN ' . expression('bool') . ' THEN ' . expression('int') . ' END' },
		sub { 'abs(' . expression('int') . ')' },
		sub { sub_select('int', 1) },
		sub { '(SELECT count(*)::int FROM ' . sub_select('text', 0) . ' s)' },
	],
	num => [
		sub { '(' . expression('num') . pick(' + ', ' - ', ' * ') . expression('num') . ')' },
		sub { 'round(' . expression('num') . ', ' . small(3) . ')' },
		sub { expression('int') . '::numeric' },
		sub { '(' . expression('num') . ' / nullif(' . expression('num') . ', 0))' },
		sub { 'coalesce(' . expression('num') . ', 1)' },
		sub { sub_select('num', 1) },
	],
	date => [
		sub { '(' . expression('date') . ' + ' . (small(40)) . ')' },
		sub { "date_trunc('month', " . expression('date') . ')::date' },
		sub { 'least(' . expression('date') . ', ' . expression('date') . ')' },
		sub { sub_select('date', 1) },
	],
	bool => [
		(sub { my $type = pick(qw(text int num date text int)); '(' . expression($type) . ' ' . comparison() . ' ' . expression($type) . ')' }) x 4,
		sub { '(' . expression('bool') . ' AND ' . expression('bool') . ')' },
		sub { '(' . expression('bool') . ' OR ' . expression('bool') . ')' },
		sub { '(NOT ' . expression('bool') . ')' },
		sub { '(' . expression('text') . ' LIKE ' . pick("'a%'", "'%1%'", "'_9%'", "'X%'") . ')' },
		sub { '(' . expression('text') . ' ~ ' . pick("'[0-4]'", "'^a[0-9]'", "'b.*b'") . ')' },
		sub { '(' . expression(pick(qw(text int date))) . ' IS ' . pick('', 'NOT ') . 'NULL)' },
		sub { '(' . expression('int') . ' BETWEEN ' . expression('int') . ' AND ' . expression('int') . ')' },
		sub { '(' . expression('text') . ' IN (' . join(', ', map { $literal{text}->() } 1 .. 3) . '))' },
		sub { my $type = pick(qw(text int)); '(' . expression($type) . pick(' IN ', ' NOT IN ') . sub_select($type, 0) . ')' },
		sub { my $type = pick(qw(text int)); '(' . expression($type) . ' ' . comparison() . pick(' ANY ', ' ALL ') . sub_select($type, 0) . ')' },
		sub { 'EXISTS ' . sub_select('int', 0) },
		sub { '(' . expression('text') . ' IS DISTINCT FROM ' . expression('text') . ')' },
		sub { '(ROW(' . expression('text') . ', ' . expression('int') . ') ' . pick('<', '>', '=') . ' ROW(' . expression('text') . ', ' . expression('int') . '))' },
	],
);

sub expression
{
	my ($type) = @_;
	if ($depth <= 0 && $type eq 'bool')
	{
		my $of = pick(qw(text int num date text int));
		my $column = column($of) or return 'true';
		return "($column " . comparison() . ' ' . (chance(0.5) ? column($of) : $literal{$of}->()) . ')';
	}
	if ($depth <= 0 || $type ne 'bool' && chance(0.3))
	{
		my $column = chance(0.85) ? column($type) : undef;
		return $column // $literal{$type}->();
	}
	local $depth = $depth - 1;
	return pick(@{ $make{$type} })->();
}

# A relation, or sometimes a sub-select with columns of its own; what it brings is put into the scope.
sub relation
{
	my $alias = 't' . ++$aliases;
	if (chance(0.12) && $depth > 1)
	{
		local $depth = $depth - 2;
		# Its neighbours in FROM are not there for it.
		my @outside = @scopes;
		@scopes = ([]);
		my $from = from_item();
		my ($int, $text) = (expression('int'), expression('text'));
		my $key = column('int') // 1;
		@scopes = @outside;
		push @{ $scopes[-1] }, [ $alias, { id => 'int', i => 'int', t => 'text' } ];
		return "(SELECT $key AS id, $int AS i, $text AS t FROM $from) $alias";
	}
	my $name = pick(@readable);
	push @{ $scopes[-1] }, [ $alias, $name ];
	return "$name $alias";
}

# One to three relations. Every join follows an open key, so that no product of tables takes for ever; what
# else it asks for may be anything.
sub from_item
{
	my $from = relation();
	my $joins = $depth > 2 ? pick(0, 0, 1, 1, 2) : pick(0, 0, 0, 1);
	foreach (1 .. $joins)
	{
		my $left = $scopes[-1][-1][0];
		my $kind = pick('JOIN', 'JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN');
		my $right = relation();
		my $key = "$left.id = $scopes[-1][-1][0].id";
		local $depth = 1;
		$key .= ' AND ' . expression('bool') if $kind ne 'FULL JOIN' && chance(0.4);
		$from .= " $kind $right ON $key";
	}
	return $from;
}

my @aggregates = (
	sub { 'count(*)' },
	sub { 'count(DISTINCT ' . expression(pick(qw(text int num))) . ')' },
	sub { 'max(' . expression(pick(qw(text int num date))) . ')' },
	sub { 'min(' . expression(pick(qw(text int num date))) . ')' },
	sub { 'sum(' . expression('int') . '::numeric)' },
	sub { 'avg(' . expression('num') . ')' },
	sub { 'bool_or(' . expression('bool') . ')' },
	sub { 'string_agg(' . expression('text') . ", ',' ORDER BY " . expression('text') . ', ' . (column('int') // 1) . ')' },
	sub { 'count(*) FILTER (WHERE ' . expression('bool') . ')' },
	sub { 'array_agg(' . expression('text') . '::text ORDER BY ' . (column('int') // 1) . ', ' . expression('text') . ')' },
);

sub plain_select
{
	my ($types, $may_have_window, @names) = @_;
	push @scopes, [];
	my $from = from_item();
	my @list = map { expression($_) } @$types;
	@list = map { "$list[$_] AS $names[$_]" } 0 .. $#list if @names;
	my $where = chance(0.75) ? ' WHERE ' . expression('bool') : '';
	my $windows = '';
	if ($may_have_window && chance(0.2))
	{
		$windows = ', ' . pick('rank()', 'row_number()', 'count(*)', 'max(' . expression('text') . ')')
		  . ' OVER (PARTITION BY ' . expression('text') . ' ORDER BY ' . expression('int') . ', ' . (column('int') // 1) . ')';
	}
	my $distinct = !$windows && chance(0.15) ? 'DISTINCT ' : '';
	pop @scopes;
	return "SELECT $distinct" . join(', ', @list) . "$windows FROM $from$where";
}

sub grouped_select
{
	push @scopes, [];
	my $from = from_item();
	my $group = expression(pick(qw(text int bool)));
	$group = column('int') // column('text') if $group !~ /\bt\d+\./;
	my @list = map { pick(@aggregates)->() } 1 .. 1 + small(3);
	my $where = chance(0.5) ? ' WHERE ' . expression('bool') : '';
	my $having = chance(0.3) ? ' HAVING ' . pick(@aggregates[0, 1]) ->() . ' > ' . small(4) : '';
	my $by = chance(0.2) ? "GROUPING SETS (($group), ())" : chance(0.2) ? "ROLLUP ($group)" : "$group";
	pop @scopes;
	return "SELECT " . join(', ', "($group)", @list) . " FROM $from$where GROUP BY $by$having";
}

sub finish
{
	my ($select) = @_;
	$select .= ' ORDER BY ' . pick(1, '1 DESC') if chance(0.5);
	$select .= ' LIMIT ' . pick(3, 20, 50) if chance(0.3);
	return $select;
}

sub writing
{
	my $name = pick(@writable);
	push @scopes, [ [ 't0', $name ] ];
	my ($open) = { desk => 'open', orders => 'status', ledger => 'memo', cond => 'secret', machines => 'pin',
		vetted => 'code' }->{$name};
	my $where = expression('bool');
	my $returning = ' RETURNING t0.id, ' . expression('text') . ', ' . expression('int');
	my $statement =
	    chance(0.3) ? "DELETE FROM $name t0 WHERE $where$returning"
	  : chance(0.3) ? "UPDATE $name t0 SET $open = " . expression('text') . " FROM customers t1 WHERE t1.id = t0.id AND $where$returning"
	  : "UPDATE $name t0 SET $open = left(" . expression('text') . ", 20) WHERE $where$returning";
	pop @scopes;
	return "EXPLAIN (VERBOSE) $statement;\nBEGIN;\n$statement;\nROLLBACK;\n";
}

sub begin
{
	@scopes  = ();
	$aliases = 0;
	$depth   = shift;
	return;
}

# A query with a column of each type, named as said.
sub query
{
	my ($types, $names) = @_;
	begin(2 + small(2));
	return plain_select($types, 0, @$names);
}

# An expression over the columns of one relation, without sub-selects; the relation's columns by their bare names where no
# alias is said.
sub expression_over
{
	my ($type, $relation, $columns, $alias) = @_;
	my ($bare) = $relation =~ /([^.]*)$/;
	my $expression;
	do
	{
		begin(1 + small(2));
		push @scopes, [ [ $alias // 'bare', $columns ] ];
		$expression = expression($type);
		pop @scopes;
	} while $expression =~ /SELECT/;
	return $expression if $alias;
	$expression =~ s/\bbare\.//g;
	return $expression =~ s/\bbare\b/$bare/gr;
}

sub statement
{
	begin(2 + small(3));
	return writing() if chance(0.12);
	return finish(grouped_select()) . ";\n" if chance(0.25);
	my @types = map { pick(qw(text int num bool date)) } 1 .. 1 + small(4);
	my $select = plain_select(\@types, 0);
	return finish("$select " . pick('UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT') . ' ' . plain_select(\@types, 0)) . ";\n"
	  if chance(0.12);
	return "WITH c AS " . pick('', 'MATERIALIZED ', 'NOT MATERIALIZED ') . "($select) SELECT count(*), max(c::text) FROM c;\n"
	  if chance(0.1);
	return finish(plain_select(\@types, 1)) . ";\n";
}

sub cases
{
	my ($from, $number, $seed) = @_;
	my @cases;
	srand $seed;
	foreach my $n (1 .. $number)
	{
		push @cases, { theme => 'random', title => "seed $seed, number $n", line => $n, random => 1, role => 'tw_masked',
			key => sprintf('case%04d', $from + $n), body => statement() };
	}
	return @cases;
}

1;
