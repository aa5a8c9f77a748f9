# The corpus: reads the case files and turns them into one psql script.
#
# A case starts with a line `--- title`, goes on with lines `-- key: value` and then its statements. Keys:
#   role       who runs it (tw_masked where nothing is said)
#   blind      why a cleared role's answers are the same in both worlds (else they must differ)
#   refused    why a masked role gets an error where a cleared one gets none
#   unordered  why the order of the rows may differ; they are then compared as multisets
#   internal   why an error of class XX is all right here
#   expect     differ: a positive control, whose answers must differ for a masked role too
#   since      the first major version that knows the statement
#   needs      extensions without which the case is left out
#   uncosted   why the costs of its plan may differ; EXPLAIN then shows none
#   plain      no EXPLAIN and \gdesc are added (the statement is one that EXPLAIN would change)
package Corpus;
use strict;
use warnings;

my %known = map { $_ => 1 }
  qw(role blind refused unordered internal expect since needs uncosted plain);

# What EXPLAIN takes; the reading ones are run by EXPLAIN ANALYZE as well.
my $plannable = qr/^\s*(?:SELECT|TABLE|VALUES|WITH|INSERT|UPDATE|DELETE|MERGE)\b/i;
my $reading   = qr/^\s*(?:SELECT|TABLE|VALUES|WITH)\b/i;
my $writing   = qr/\b(?:INSERT\s+INTO|UPDATE\s+\w|DELETE\s+FROM|MERGE\s+INTO|INTO\s+\w|FOR\s+\w|nextval|lo_\w+)/i;

sub read_files
{
	my ($version, $extensions, @files) = @_;
	my @cases;

	foreach my $file (@files)
	{
		(my $theme = $file) =~ s{.*/|\.sql$}{}g;
		open my $in, '<', $file or die "cannot read $file: $!";
		my $case;
		while (my $line = <$in>)
		{
			if ($line =~ /^--- (.+?)\s*$/)
			{
				$case = { theme => $theme, title => $1, line => $., body => '' };
				push @cases, $case;
			}
			elsif ($line =~ /^-- (\w+): (.+?)\s*$/ && $case && $case->{body} eq '' && $known{$1})
			{
				$case->{$1} = $2;
			}
			elsif ($case)
			{
				$case->{body} .= $line;
			}
			elsif ($line !~ /^\s*(?:--.*)?$/)
			{
				die "$file:$.: a statement before the first case\n";
			}
		}
		close $in;
	}
	@cases = grep {
		my $c = $_;
		($c->{since} // 0) <= $version
		  && !grep { !$extensions->{$_} } split ' ', $c->{needs} // '';
	} @cases;
	my $number = 0;
	foreach my $case (@cases)
	{
		$case->{body} =~ s/\s+\z/\n/;
		$case->{key} = sprintf 'case%04d', ++$number;
		$case->{role} //= 'tw_masked';
	}
	return @cases;
}

# One statement and no script: there is one semicolon and no psql command.
sub is_single
{
	my ($body) = @_;
	(my $bare = $body) =~ s/^\s*--.*\n//mg;
	return $bare =~ /\A[^;\\]*;\s*\z/;
}

# The statements of one case as psql input: types, plans, then the statement itself.
sub script_of
{
	my ($case) = @_;
	my $body = $case->{body};
	my $script = '';

	if (!$case->{plain} && is_single($body) && $body =~ $plannable)
	{
		(my $statement = $body) =~ s/;\s*\z//;
		my $analyze = $body =~ $reading && $body !~ $writing;
		my $uncosted = $case->{uncosted} ? ', COSTS OFF' : '';
		$script .= "$statement\n\\gdesc\n";
		$script .= "EXPLAIN (VERBOSE$uncosted) $statement;\n";
		$script .= "EXPLAIN (ANALYZE$uncosted, BUFFERS OFF, TIMING OFF, SUMMARY OFF) $statement;\n" if $analyze;
	}
	return $script . $body;
}

# The psql script for `cases` in `database`. Every case has a connection of its own, so that nothing of a
# session outlives it.
sub script
{
	my ($database, @cases) = @_;
	my $script = "\\set VERBOSITY verbose\n\\pset format unaligned\n\\pset null '<null>'\n";

	foreach my $case (@cases)
	{
		$script .= "\\echo\n\\echo \@\@$case->{key}\n"
		  . "\\connect \"dbname=$database user=$case->{role} application_name=$case->{key}\"\n"
		  . script_of($case);
	}
	return $script . "\\echo\n\\echo \@\@end\n";
}

1;
