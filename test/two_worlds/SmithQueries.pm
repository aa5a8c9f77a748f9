# Statements that sqlsmith made for one of the worlds (sqlsmith --dry-run), as cases of the two-worlds test.
#
# Samples are made repeatable; what asks for what differs between two sessions or servers anyhow is left out, as are
# plans over pg_statistic, whose size is known to tell, interval(interval, int), which the server fails on, and how much
# less one value is than another, which memcmp() answers by where they lie.
package SmithQueries;
use strict;
use warnings;

my $volatile = qr/\b(?:random|setseed|gen_random_uuid|now|clock_timestamp|\w*_timestamp|timeofday|current_\w+|localtime\w*
	|age|pg_sleep\w*|nextval|currval|lastval|setval|pg_\w*(?:pid|lsn|wal|xact|snapshot|time|lock|size|stat|file|ls|log|
	backend|notif|oid|tablespace|safe|postmaster|xid|control|hba|export|replication|cursor|prepared|listening|config|
	memory|mcv|advisory|identify|filenode|relation)\w*|txid_\w+|inet_(?:server|client)\w*|version|xmin|xmax|cmin|cmax|
	ctid|tableoid|oid|lo_\w+|loread|lowrite|statement_timestamp|dblink\w*|ts_stat|query_to_\w+|table_to_\w+|
	schema_to_\w+|database_to_\w+|cursor_to_\w+|has_\w+_privilege|hash\w*|\w*cmp|ddm\.(?!masked)\w+)\s*\(
	|\b(?:public\.pg_stat_statements\w*|ddm\.\w+|pg_catalog\.pg_\w+\s+as|shop\.v_statistics\w*|pg_catalog\.interval)\b/xi;

sub cases
{
	my ($from, $file) = @_;
	my @cases;
	my $n = 0;

	open my $in, '<', $file or die "cannot read $file: $!";
	local $/ = ";\n";
	while (my $query = <$in>)
	{
		$n++;
		$query =~ s/\A\s+//;
		next if $query !~ /;\s*\z/ || $query =~ $volatile;
		$query =~ s/\btablesample (\w+) \(([\d.]+)\)/tablesample $1 ($2) repeatable (1)/g;
		$query = "BEGIN;\n$query" . "ROLLBACK;\n" if $query !~ /\A(?:select|with)\b/i;
		push @cases, { theme => 'sqlsmith', title => "statement $n", line => $n, random => 1, role => 'tw_masked',
			unordered => 1, key => sprintf('case%04d', $from + @cases + 1), body => $query };
	}
	close $in;
	return @cases;
}

1;
