# The page of evidence in a browser: it shows what it should, wide names and strange ones do not push it over its edges,
# nothing on it runs, and it prints. Needs Chromium.
use strict;
use warnings;
use File::Temp;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($chromium) = grep { -x } map { my $name = $_; map { "$_/$name" } split /:/, $ENV{PATH} } qw(chromium chromium-browser google-chrome);
plan skip_all => 'Chromium is not installed: the page was not looked at' unless $chromium;

my $node = PostgreSQL::Test::Cluster->new('evidence');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\n");
$node->start;
my $long = 'x' x 63;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION ddm;
CREATE ROLE "r<script>document.title='ran'</script>";
CREATE ROLE "$long";
CREATE ROLE U&"adm\\202Enim";
CREATE TABLE "$long" ("$long" text, "<img src=x onerror=document.title='ran'>" text);
SECURITY LABEL FOR ddm ON COLUMN "$long"."$long" IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN "$long"."<img src=x onerror=document.title='ran'>" IS 'MASKED WITH FUNCTION default()';
CREATE TABLE customers (email text);
SECURITY LABEL FOR ddm ON COLUMN customers.email IS 'MASKED WITH FUNCTION email()';
GRANT UNMASK (email) ON customers TO "r<script>document.title='ran'</script>";
GRANT UNMASK ON "$long" TO "r<script>document.title='ran'</script>", "$long", U&"adm\\202Enim";
SELECT ddm.audit_flush();
-- 100,000 events of some weeks, chained like others.
SET session_replication_role = replica;
INSERT INTO ddm.audit_pending (event_time, kind, user_name, role_name, columns, cleared_by, status, row_count)
SELECT now() - n * interval '10 s', 'unmask', 'service', (ARRAY['r<script>document.title=''ran''</script>', '$long', U&'adm\\202Enim', 'd'])[1 + n % 4],
       ARRAY['public.$long.$long', 'public.$long.c' || n % 30], 'UNMASK on table $long to $long', 'ok', n % 100
FROM generate_series(1, 100000) n;
SET ddm.audit_timeout = '6s'; -- a change of policy, for which audit_flush() waits
SELECT ddm.audit_flush('300 s');
SQL

my $begun = time;
my $page = $node->safe_psql('postgres', "SELECT ddm.evidence_report(now() - interval '12 days', now())");
cmp_ok(time - $begun, '<', 60, 'a page over 100,000 events takes seconds');
like($page, qr/\[U\+202E\]/, 'a mark that turns letters around shows');
cmp_ok(length $page, '<', 1_000_000, 'charts and tables are of sums, not of events');

my $folder = File::Temp->newdir;
my $home = File::Temp->newdir;

sub browse
{
	my ($html, @arguments) = @_;
	open my $file, '>', "$folder/page.html";
	print $file $html;
	close $file;
	local $ENV{HOME} = "$home";
	my ($out, $err) = ('', '');
	my @command = ($chromium, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', "--user-data-dir=$home/profile",
		'--window-size=1200,3000', @arguments, "file://$folder/page.html");
	my $done = IPC::Run::run(\@command, '>', \$out, '2>', \$err, IPC::Run::timeout(120));
	note($err) unless $done;
	return $out;
}

# A script of the test's own measures the page; the page itself lets none run.
my $measure = q{<script>window.onload = function () { const e = document.documentElement;
	const out = [...document.querySelectorAll('td, dd, h1, .tile, .verdict')].filter(x => x.scrollWidth > x.clientWidth + 1);
	const svg = [...document.querySelectorAll('svg text, svg rect')].filter(x => { const b = x.getBoundingClientRect(), s = x.ownerSVGElement.getBoundingClientRect();
		return b.left < s.left - 1 || b.right > s.right + 1 || b.bottom > s.bottom + 1; });
	document.title = ['wide', e.scrollWidth > e.clientWidth, 'spilt', out.length, 'cut', svg.length, 'svg', document.querySelectorAll('svg').length,
		'tables', document.querySelectorAll('table').length, 'img', document.querySelectorAll('img').length].join(' ');
	[...document.querySelectorAll('tr')].filter(x => /x{63}/.test(x.textContent)).forEach(x => x.remove());
	document.title += ' torn ' + [...document.querySelectorAll('td bdi')].filter(x => x.textContent == 'public.customers' && x.getClientRects().length > 1).length; }</script>};
my $measured = browse($page =~ s{<meta http-equiv="Content-Security-Policy"[^>]*>}{}r =~ s{</body>}{$measure</body>}r, '--dump-dom');
my ($title) = $measured =~ m{<title>(.*?)</title>};
is($title, 'wide false spilt 0 cut 0 svg 4 tables 8 img 0 torn 0', 'nothing is over an edge; four charts; names made no elements; of rows without wide names none is torn');
my ($own) = browse($page, '--dump-dom') =~ m{<title>(.*?)</title>};
is($own, 'Evidence: access to masked data, postgres', 'nothing on the page ran');
my ($refused) = browse($page =~ s{</body>}{<script>document.title = 'ran'</script></body>}r, '--dump-dom') =~ m{<title>(.*?)</title>};
is($refused, $own, 'not even a script that was put into it');

browse($page, "--screenshot=$folder/page.png", '--hide-scrollbars');
cmp_ok(-s "$folder/page.png" // 0, '>', 50_000, 'a picture of it');
browse($page, "--print-to-pdf=$folder/page.pdf", '--no-pdf-header-footer');
like(slurp_file("$folder/page.pdf"), qr/^%PDF/, 'it prints');
SKIP: {
	my ($pdftotext) = grep { -x } map { "$_/pdftotext" } split /:/, $ENV{PATH};
	skip 'pdftotext is not installed', 2 unless $pdftotext;
	my $text = `$pdftotext -layout $folder/page.pdf -`;
	like($text, qr/6\. Changes of policy/, 'the last section is on paper');
	like($text =~ s/\s//gr, qr/r<script>document\.title='ran'<\/script>/, 'a name is on paper as it is');
}

$node->stop;
done_testing();
