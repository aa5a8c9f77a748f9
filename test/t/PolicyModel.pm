# A model of the policy in a few lines: what it shows to whom, and random changes of it as SQL and as what they do to the
# model.
package PolicyModel;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(@groups @readers @columns pick chance nothing copy_of as_text shown random_change);

our @groups = qw(inner_group outer_group);
our @readers = qw(alice bob);
my @labelled = qw(one.secret one.other tree.secret tree.other);
our @columns = (@labelled, 'leaf.secret'); # masked as the whole is, cleared by itself

sub pick { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }

sub nothing
{
	return { labels => {}, grants => {}, members => {}, owner => '', rule => 0, exemption => 0, policy => 0, trust => 0, tagged => 0, by_tag => 0 };
}

sub copy_of
{
	my ($state) = @_;
	return { map { $_ => ref $state->{$_} ? { %{ $state->{$_} } } : $state->{$_} } keys %$state };
}

sub as_text
{
	my ($value) = @_;
	return ref $value ? '{' . join(',', map { "$_=" . as_text($value->{$_}) } sort keys %$value) . '}' : $value || '';
}

sub roles_of
{
	my ($state, $role) = @_;
	my %found = ($role => 1);
	my @todo = ($role);
	while (defined(my $member = shift @todo))
	{
		push @todo, grep { $state->{members}{"$_ $member"} && !$found{$_}++ } @groups;
	}
	return \%found;
}

# What a label shows to whoever holds these roles.
my %labels = (
	q{MASKED WITH VALUE '-'} => sub { '-' },
	'MASKED WITH POLICY shared' => sub { $_[1]{policy} ? "shared $_[1]{policy}" : 'XXXX' },
	q{MASKED WITH FUNCTION partial(1, '*', 1)} => sub { 's*d' },
	q{MASKED WITH VALUE 'base' FOR outer_group WITH VALUE 'outer'} => sub { $_[0]{outer_group} ? 'outer' : 'base' },
	q{MASKED WITH VALUE '-' WHEN (other <> 'stored')} => sub { 'stored' },
	'NOT MASKED' => sub { 'stored' },
);

my $trusted = 'MASKED WITH FUNCTION m.trusted()';

sub shown
{
	my ($state, $column, $reader) = @_;
	my ($table, $name) = split /\./, $column;
	my $roles = roles_of($state, $reader);
	my $label = $state->{labels}{ $column eq 'leaf.secret' ? 'tree.secret' : $column };

	return 'stored' if $reader eq 'superuser' || ($table eq 'one' && $roles->{ $state->{owner} });
	foreach my $scope ("($name) ON m.$table", "ON m.$table", 'ON SCHEMA m', 'ON DATABASE postgres')
	{
		return 'stored' if grep { $state->{grants}{"$scope $_"} } keys %$roles;
	}
	return 'stored' if $state->{exemption} && $name eq 'secret' && $roles->{inner_group};
	return $state->{trust} ? 'trusted' : 'XXXX' if $label && $label eq $trusted;
	return $labels{$label}->($roles, $state) if $label;
	return 'rule' if $state->{rule} && $name eq 'other';
	return $state->{by_tag} && $state->{tagged} && $table eq 'one' ? 'tag' : 'stored';
}

# What is there or is not.
sub toggle
{
	my ($what, $make, $drop) = @_;
	return sub {
		my ($state) = @_;
		my $there = $state->{$what};
		return ($there ? $drop : $make, sub { $_[0]{$what} = !$there });
	};
}

# Changes of policy: SQL, and what it does to the model.
my @changes = (
	sub {
		my ($state) = @_;
		my $column = pick(@labelled);
		my $label = chance(0.8) ? pick(sort(keys %labels), $state->{trust} ? ($trusted) x 2 : ()) : undef;
		return ("SECURITY LABEL FOR ddm ON COLUMN m.$column IS " . (defined $label ? "\$\$$label\$\$" : 'NULL'),
			sub { $_[0]{labels}{$column} = $label });
	},
	sub {
		my ($state) = @_;
		my ($column, $role) = (pick(@columns), pick(@groups, @readers, 'definer'));
		my ($table, $name) = split /\./, $column;
		my $scope = pick(("($name) ON m.$table") x 3, "ON m.$table", chance(0.3) ? ('ON SCHEMA m', 'ON DATABASE postgres') : ());
		my @there = grep { $state->{grants}{$_} } sort keys %{ $state->{grants} };
		my $grant = !@there || chance(0.4);
		($scope, $role) = pick(@there) =~ /^(.*) (\w+)$/ if !$grant;
		return (($grant ? 'GRANT' : 'REVOKE') . " UNMASK $scope " . ($grant ? 'TO' : 'FROM') . " $role",
			sub {
				my ($state) = @_;
				$state->{grants}{"$scope $role"} = $grant;
				# As with REVOKE of SELECT: taken from the table, it is gone from its columns.
				return if $grant || $scope !~ /^ON m\./;
				$state->{grants}{"($_) $scope $role"} = 0 foreach qw(secret other);
			});
	},
	sub {
		my ($group, $member) = @{ pick(map { my $g = $_; map { [ $g, $_ ] } (@readers, $g eq 'outer_group' ? 'inner_group' : ()) } @groups) };
		my $grant = chance(0.3);
		return (($grant ? "GRANT $group TO" : "REVOKE $group FROM") . " $member",
			sub { $_[0]{members}{"$group $member"} = $grant });
	},
	toggle(rule => q{SELECT ddm.create_rule('m', 'resource.schema_name == "m" && resource.column_name == "other"', $$VALUE 'rule'$$, 1)},
		q{SELECT ddm.drop_rule('m')}),
	toggle(by_tag => q{SELECT ddm.create_rule('t', '"hidden" in resource.tags', $$VALUE 'tag'$$, 0)}, q{SELECT ddm.drop_rule('t')}),
	toggle(tagged => q{SECURITY LABEL FOR ddm_tag ON TABLE m.one IS 'hidden'}, 'SECURITY LABEL FOR ddm_tag ON TABLE m.one IS NULL'),
	toggle(exemption => q{SELECT ddm.create_exemption('m', '{inner_group}', 'resource.column_name == "secret"', now() + '1 day', 'model')},
		q{SELECT ddm.drop_exemption('m')}),
	toggle(trust => q{SECURITY LABEL FOR ddm ON FUNCTION m.trusted(text) IS 'TRUSTED MASK'},
		q{CREATE OR REPLACE FUNCTION m.trusted(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT ''trusted''::text'}),
	sub {
		my $number = 1 + int rand 3;
		return (qq{SELECT ddm.create_policy('shared', \$\$VALUE 'shared $number'\$\$)}, sub { $_[0]{policy} = $number });
	},
	# An exclusive lock: while nobody else is in a transaction.
	sub {
		my ($state, $alone) = @_;
		return (undef) if !$alone;
		my $owner = pick(@groups, @readers, 'CURRENT_USER', 'CURRENT_USER');
		return ("ALTER TABLE m.one OWNER TO $owner", sub { $_[0]{owner} = $owner eq 'CURRENT_USER' ? '' : $owner });
	},
);

# SQL, or nothing where there is no change to be had, and what does the same to the model; `alone` says that nobody else is
# in a transaction.
sub random_change
{
	my ($state, $alone) = @_;
	return pick(@changes)->($state, $alone);
}

1;
