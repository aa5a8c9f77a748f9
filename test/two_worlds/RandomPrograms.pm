# Random programs over the two worlds: transactions in which a role makes tables, views, functions, cursors, triggers and
# constraints over what it reads, or over tables of its own, and reads and writes by way of these. The same seed gives the
# same programs.
#
# What it leaves out is what would make an honest answer differ: indexes without expressions over masked columns of stored
# tables (their size tells how often values repeat), foreign keys to masked columns.
package RandomPrograms;
use strict;
use warnings;
use RandomQueries;

my %columns_of_estate = (
	'estate.lodgers'  => { id => 'int', secret => 'text', rent => 'int', room => 'int' },
	'estate.boarders' => { id => 'int', secret => 'text', rent => 'int', room => 'int' },
	'estate.payroll'  => { id => 'int', ssn => 'text', wage => 'int', gap => 'text' },
);
my %sql_type = (text => 'text', int => 'int', num => 'numeric', date => 'date', bool => 'boolean');

my ($role, $schema, %made, %tables, $objects);    # of the program at hand

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < $_[0]; }
sub name { return "$schema." . shift() . ++$objects; }

# Types and names of a new relation's columns; the first is a key that joins can follow.
sub columns
{
	my @types = ('int', map { pick(qw(text text int num bool date)) } 1 .. 1 + int rand 3);
	my @names = ('id', map { "c$_" } 1 .. $#types);
	return (\@types, \@names);
}

sub read_all { RandomQueries::read_from({%made}, $role eq 'tw_landlord'); return; }

sub remember
{
	my ($name, $types, $names) = @_;
	$made{$name} = { map { $names->[$_] => $types->[$_] } 0 .. $#$types };
	read_all();
	return;
}

sub some_query
{
	my ($types, $names) = columns();
	return RandomQueries::query($types, $names);
}

sub table_to_write { my @all = sort keys %tables; return @all ? pick(@all) : undef; }

# A function that tells whatever it is given, in one of the ways in which functions can.
sub telling_function
{
	my ($type, $volatility) = @_;
	my $name = name('tell');
	my $tell = pick("RAISE NOTICE 'told %', \$1", "RAISE WARNING 'told %', \$1", "IF \$1 IS NOT NULL THEN RAISE EXCEPTION 'told %', \$1; END IF",
		"PERFORM set_config('tw.told', \$1::text, false)", "RAISE LOG 'told %', \$1");
	return ($name, "CREATE FUNCTION $name($sql_type{$type}) RETURNS $sql_type{$type} LANGUAGE plpgsql $volatility AS "
		  . "\$body\$ BEGIN $tell; RETURN \$1; END \$body\$;\n");
}

# A boolean over a table's columns, sometimes by way of a function that tells.
sub condition_over
{
	my ($table, $columns, $alias) = @_;
	return ('', RandomQueries::expression_over('bool', $table, $columns, $alias)) if chance(0.5);
	my $type = pick(qw(text int));
	my ($name, $create) = telling_function($type, 'IMMUTABLE');
	return ($create, "$name(" . RandomQueries::expression_over($type, $table, $columns, $alias) . ') IS NOT NULL');
}

my @readings = (
	sub {
		my ($types, $names) = columns();
		my $query = RandomQueries::query($types, $names);
		my ($name, $kind) = (name('t'), pick('TABLE', 'TABLE', 'MATERIALIZED VIEW', 'VIEW', 'VIEW', 'INTO'));
		remember($name, $types, $names);
		$tables{$name} = $made{$name} if $kind =~ /TABLE|INTO/;
		my $with = $kind eq 'VIEW' ? pick('', '', ' WITH (security_barrier)', ' WITH (security_invoker)') : '';
		return "SELECT * INTO $name FROM ($query) s;\n" if $kind eq 'INTO';
		return "CREATE $kind $name$with AS $query;\n";
	},
	sub {
		my ($types, $names) = columns();
		my $query = RandomQueries::query($types, $names);
		my $name = name('f');
		my $returns = join ', ', map { "$names->[$_] $sql_type{ $types->[$_] }" } 0 .. $#$types;
		my $head = "CREATE FUNCTION $name() RETURNS TABLE ($returns) " . pick('', 'STABLE ', 'SECURITY DEFINER ', 'STABLE ROWS 10 ');
		remember("$name()", $types, $names);
		return $head . pick("LANGUAGE sql AS \$body\$ $query \$body\$", "LANGUAGE sql BEGIN ATOMIC $query; END",
			"LANGUAGE plpgsql AS \$body\$ #variable_conflict use_column\nBEGIN RETURN QUERY $query; END \$body\$",
			"LANGUAGE plpgsql AS \$body\$ #variable_conflict use_column\nBEGIN RETURN QUERY EXECUTE \$q\$ $query \$q\$; END \$body\$") . ";\n";
	},
	sub { return some_query() . pick('', ' ORDER BY 1', ' LIMIT 7', ' ORDER BY 2, 1 LIMIT 5') . ";\n" },
	sub { return 'EXPLAIN ' . pick('', '(VERBOSE) ', '(ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ') . some_query() . ";\n" },
	sub { return 'COPY (' . some_query() . ') TO STDOUT' . pick('', ' (FORMAT csv, HEADER)', ' (FORMAT csv, FORCE_QUOTE *)') . ";\n" },
	sub {
		my $name = 'c' . ++$objects;
		return "DECLARE $name " . pick('', 'SCROLL ', 'NO SCROLL ', 'INSENSITIVE ') . 'CURSOR ' . pick('', 'WITH HOLD ') . 'FOR '
		  . some_query() . ";\nFETCH 3 FROM $name;\nMOVE 2 IN $name;\n" . pick('', step()) . 'FETCH ' . pick(qw(ALL BACKWARD LAST FIRST)) . " FROM $name;\n";
	},
	sub {
		my $name = 'p' . ++$objects;
		return "PREPARE $name AS " . some_query() . ";\nEXECUTE $name;\n" . pick('', step()) . "EXPLAIN EXECUTE $name;\nEXECUTE $name;\n";
	},
	sub {
		my $query = some_query();
		return "DO \$do\$ DECLARE r record; said text; detail text; BEGIN FOR r IN $query LOOP RAISE NOTICE 'row %', r; END LOOP; "
		  . "EXCEPTION WHEN others THEN GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, detail = PG_EXCEPTION_CONTEXT; "
		  . "RAISE NOTICE 'caught % (%): %', said, SQLSTATE, detail; END \$do\$;\n";
	},
	sub { return 'SAVEPOINT s;' . "\n" . step() . 'ROLLBACK TO s;' . "\n" },
	sub { return pick('SET LOCAL enable_seqscan = off', 'SET LOCAL enable_hashjoin = off', 'SET LOCAL enable_mergejoin = off',
			'SET LOCAL jit_above_cost = 0', 'SET LOCAL plan_cache_mode = force_generic_plan', 'SET LOCAL enable_nestloop = off',
			'SET LOCAL constraint_exclusion = on', 'SET LOCAL enable_material = off', 'SET LOCAL cursor_tuple_fraction = 1',
			'SET LOCAL from_collapse_limit = 1', 'SET LOCAL enable_sort = off', 'SET LOCAL DateStyle = \'German\'') . ";\n" },
);

my @writings = (
	sub {
		my $table = table_to_write() or return '';
		my @names = sort keys %{ $tables{$table} };
		return "INSERT INTO $table (" . join(', ', @names) . ') '
		  . RandomQueries::query([ map { $tables{$table}{$_} } @names ], [@names]) . pick(' LIMIT 4', ' ORDER BY 1 LIMIT 3')
		  . pick('', ' ON CONFLICT DO NOTHING') . pick('', ' RETURNING *') . ";\n";
	},
	sub {
		my $table = table_to_write() or return '';
		my $columns = $tables{$table};
		my $set = pick(sort keys %$columns);
		return pick('', 'EXPLAIN (VERBOSE) ') . "UPDATE $table u SET $set = " . RandomQueries::expression_over($columns->{$set}, $table, $columns, 'u')
		  . ' WHERE ' . RandomQueries::expression_over('bool', $table, $columns, 'u') . pick('', ' RETURNING *', ' RETURNING u') . ";\n";
	},
	sub {
		my $table = table_to_write() or return '';
		return "DELETE FROM $table u WHERE " . RandomQueries::expression_over('bool', $table, $tables{$table}, 'u') . pick('', ' RETURNING *') . ";\n";
	},
	sub {
		my $table = table_to_write() or return '';
		my $columns = $tables{$table};
		my $set = pick(sort keys %$columns);
		my $query = RandomQueries::query([ 'int', $columns->{$set} ], [ 'id', 'v' ]);
		return "MERGE INTO $table u USING (SELECT DISTINCT ON (id) id, v FROM ($query) q ORDER BY id, v) s ON u.id = s.id WHEN MATCHED AND "
		  . RandomQueries::expression_over('bool', $table, $columns, 'u') . ' THEN ' . pick('DELETE', "UPDATE SET $set = s.v")
		  . ' WHEN MATCHED THEN DO NOTHING' . ";\n";
	},
);

# What an owner does to a table, and what the server then computes of its rows.
my @alterings = (
	sub {
		my ($table, $columns) = @_;
		my ($create, $condition) = condition_over($table, $columns);
		return "${create}ALTER TABLE $table ADD CHECK ($condition)" . pick('', ' NOT VALID') . ";\n";
	},
	sub {
		my ($table, $columns) = @_;
		my $type = pick(qw(text int bool));
		my ($name, $create) = telling_function($type, 'IMMUTABLE');
		my $expression = RandomQueries::expression_over($type, $table, $columns);
		my $call = chance(0.5) ? "$name($expression)" : $expression;
		return pick("${create}CREATE INDEX ON $table (($call));\n", "${create}CREATE UNIQUE INDEX ON $table (id, ($call));\n",
			"${create}ALTER TABLE $table ADD COLUMN g$objects $sql_type{$type} GENERATED ALWAYS AS ($call) STORED;\n",
			"${create}CREATE STATISTICS ON ($call), id FROM $table;\nANALYZE $table;\n");
	},
	sub {
		my ($table, $columns) = @_;
		my ($create, $condition) = condition_over($table, $columns);
		return "${create}CREATE INDEX ON $table (id) WHERE $condition;\n";
	},
	sub {
		my ($table, $columns) = @_;
		my $column = pick(sort keys %$columns);
		my $type = pick(qw(text int));
		return "ALTER TABLE $table ALTER $column TYPE $sql_type{$type} USING " . RandomQueries::expression_over($type, $table, $columns) . ";\n";
	},
	sub {
		my ($table, $columns) = @_;
		my ($create, $condition) = condition_over($table, $columns);
		return "${create}CREATE POLICY p" . ++$objects . " ON $table USING ($condition);\nALTER TABLE $table ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n";
	},
	sub {
		my ($table, $columns) = @_;
		my $name = name('trigger');
		my $event = pick('INSERT', 'UPDATE', 'DELETE');
		my $row = $event eq 'DELETE' ? 'OLD' : 'NEW';
		my $when = chance(0.5) ? ' WHEN (' . RandomQueries::expression_over('bool', $table, $columns, $row) . ')' : '';
		return "CREATE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql AS \$body\$ BEGIN RAISE NOTICE 'trigger %', $row; RETURN $row; END \$body\$;\n"
		  . "CREATE TRIGGER t" . ++$objects . ' ' . pick('BEFORE', 'AFTER') . " $event ON $table FOR EACH ROW$when EXECUTE FUNCTION $name();\n";
	},
	sub {
		my ($table, $columns) = @_;
		my $name = name('trigger');
		return "CREATE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql AS \$body\$ DECLARE r record; BEGIN FOR r IN SELECT * FROM was LOOP "
		  . "RAISE NOTICE 'transition %', r; END LOOP; RETURN NULL; END \$body\$;\n"
		  . "CREATE TRIGGER t" . ++$objects . " AFTER UPDATE ON $table REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION $name();\n";
	},
	sub {
		my ($table, $columns) = @_;
		my $where = RandomQueries::expression_over('bool', $table, $columns, 'OLD');
		return "CREATE RULE r" . ++$objects . " AS ON UPDATE TO $table" . pick('', " WHERE $where") . ' DO ALSO SELECT OLD.*, NEW.*;' . "\n";
	},
	sub {
		my ($table) = @_;
		my $name = name('like');
		$tables{$name} = $made{$name} = { %{ $tables{$table} } };
		read_all();
		return "CREATE TABLE $name (" . pick("LIKE $table INCLUDING ALL) ", "LIKE $table INCLUDING GENERATED INCLUDING DEFAULTS)",
			") INHERITS ($table)") . ";\nINSERT INTO $name SELECT * FROM $table LIMIT 5;\nTABLE $name;\n";
	},
	sub {
		my ($table) = @_;
		return pick("ANALYZE $table;\n", "CLUSTER $table USING nothing;\n", "COPY $table TO STDOUT;\n", "SELECT tablename, attname, n_distinct, most_common_vals, histogram_bounds FROM pg_stats WHERE schemaname = '$schema' ORDER BY 1, 2;\n",
			"TRUNCATE $table;\n", "COMMENT ON TABLE $table IS 'x';\n", "SELECT * FROM $table ORDER BY id LIMIT 10;\n");
	},
	sub {
		my ($table, $columns) = @_;
		my $column = pick(sort keys %$columns);
		return pick("ALTER TABLE $table RENAME $column TO moved$objects;\n", "ALTER TABLE $table ALTER $column SET NOT NULL;\n",
			"ALTER TABLE $table ALTER $column SET DEFAULT " . ($columns->{$column} eq 'int' ? '7' : 'NULL') . ";\n",
			"ALTER TABLE $table DROP $column CASCADE;\n", "ALTER TABLE $table ADD UNIQUE (id, $column);\n");
	},
);

sub step
{
	my $all = $role eq 'tw_landlord' ? 0.45 : 0.2;
	my $table = chance($all) ? table_to_write() : undef;
	return pick(@alterings)->($table, $tables{$table}) if $table;
	return pick(@writings)->() if chance(0.25);
	return pick(@readings)->();
}

sub program
{
	($role) = @_;
	$schema = $role eq 'tw_landlord' ? 'estate' : 'home';
	%made = %tables = $role eq 'tw_landlord' ? %columns_of_estate : ();
	$objects = 0;
	read_all();
	my $text = "\\set ON_ERROR_ROLLBACK on\nBEGIN;\n";
	$text .= step() foreach 1 .. 5 + int rand 6;
	RandomQueries::read_from({}, 0);
	return "${text}SELECT current_setting('tw.told', true);\n" . "SET CONSTRAINTS ALL IMMEDIATE;\nROLLBACK;\n\\set ON_ERROR_ROLLBACK off\n";
}

sub cases
{
	my ($from, $number, $seed) = @_;
	my @cases;
	srand $seed + 1_000_000;
	foreach my $n (1 .. $number)
	{
		my $role = pick('tw_masked', 'tw_landlord');
		push @cases, { theme => 'program', title => "seed $seed, number $n", line => $n, random => 1, role => $role,
			key => sprintf('case%04d', $from + $n), body => program($role) };
	}
	return @cases;
}

1;
