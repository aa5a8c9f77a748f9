# What two runs of a regression suite have in common whatever their plans are. Sourced.

# Not the plans, nor, with them, the order of rows that no ORDER BY asks for.
without_plans() {
    perl -ne '
        if (/^---[-+]*$/ && defined $head) { $plan = $head =~ /QUERY PLAN|explain|Plan/; print $head unless $plan; undef $head; @rows = (); $in = 1; next }
        if ($in) {
            if (/^(\(\d+ rows?\))?$/) { print sort(@rows), $_ unless $plan; $in = 0 } else { push @rows, $_ }
            next;
        }
        print $head if defined $head;
        $head = $_;
        END { print $head if defined $head; print @rows if $in }'
}
