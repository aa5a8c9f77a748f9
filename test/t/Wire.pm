# PostgreSQL's protocol, version 3, message by message: what psql can't do (row limits, portals left open, function
# calls, a client that goes away). Over the server's Unix socket, without a password.
package Wire;
use strict;
use warnings;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

sub new
{
	my ($class, $node, %parameters) = @_;
	my $path = $node->host . '/.s.PGSQL.' . $node->port;
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) or die "no connection to $path: $!";
	my $self = bless { socket => $socket }, $class;
	my %startup = (user => scalar getpwuid($>), database => 'postgres', %parameters);
	my $body = pack('N', 196608) . join('', map { "$_\0$startup{$_}\0" } sort keys %startup) . "\0";
	$self->put(pack('N', length($body) + 4) . $body);
	$self->until_ready;
	return $self;
}

sub put
{
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	my $sent = 0;
	while ($sent < length $bytes)
	{
		my $n = syswrite $self->{socket}, $bytes, length($bytes) - $sent, $sent;
		return unless $n; # the server went away; the next read says so
		$sent += $n;
	}
	return;
}

sub send_message
{
	my ($self, $type, $body) = @_;
	$self->put($type . pack('N', length($body) + 4) . $body);
	return $self;
}

sub take
{
	my ($self, $size) = @_;
	my $bytes = '';
	while (length $bytes < $size)
	{
		sysread($self->{socket}, $bytes, $size - length $bytes, length $bytes) or return;
	}
	return $bytes;
}

# The next message, as type and body; nothing where the server closed the connection.
sub receive
{
	my ($self) = @_;
	my $head = $self->take(5) // return;
	my ($type, $length) = unpack 'aN', $head;
	my $body = $length > 4 ? $self->take($length - 4) : '';
	return defined $body ? ($type, $body) : ();
}

# What came until a message of one of the types (or the end of the connection): the types in one string, rows (of the
# first column, or a function's answer), the last command tag, the last error's SQLSTATE and words.
sub until_one_of
{
	my ($self, $types) = @_;
	my %answer = (types => '', rows => [], tag => '', error => '', message => '');
	while (my ($type, $body) = $self->receive)
	{
		next if $type =~ /[SNK]/;
		$answer{types} .= $type;
		if ($type eq 'D')
		{
			my ($length) = unpack 'x2N', $body;
			push @{ $answer{rows} }, $length == 0xffffffff ? undef : substr($body, 6, $length);
		}
		($answer{tag}) = $body =~ /^([^\0]*)/ if $type eq 'C';
		push @{ $answer{rows} }, substr($body, 4) if $type eq 'V';
		($answer{error}) = $body =~ /(?:^|\0)C([^\0]*)/ if $type eq 'E';
		($answer{message}) = $body =~ /\0M([^\0]*)/ if $type eq 'E';
		last if index($types, $type) >= 0;
	}
	return \%answer;
}

sub until_ready { my ($self) = @_; return $self->until_one_of('Z') }

sub query { my ($self, $sql) = @_; return $self->send_message(Q => "$sql\0")->until_ready }

sub parse { my ($self, $name, $sql) = @_; return $self->send_message(P => "$name\0$sql\0" . pack('n', 0)) }

# Parameters are texts.
sub bind
{
	my ($self, $portal, $statement, @values) = @_;
	my $parameters = join '', map { pack('N', length $_) . $_ } @values;
	return $self->send_message(B => "$portal\0$statement\0" . pack('nn', 0, scalar @values) . $parameters . pack('n', 0));
}

sub execute { my ($self, $portal, $rows) = @_; return $self->send_message(E => "$portal\0" . pack('N', $rows)) }
sub close_portal { my ($self, $portal) = @_; return $self->send_message(C => "P$portal\0") }
sub flush { my ($self) = @_; return $self->send_message(H => '') }
sub sync { my ($self) = @_; return $self->send_message(S => '')->until_ready }

# Execute and wait for what it answers, without ending the transaction.
sub fetch
{
	my ($self, $portal, $rows) = @_;
	return $self->execute($portal, $rows)->flush->until_one_of('sCEI');
}

# The fast path: a function by its oid, arguments as texts.
sub call
{
	my ($self, $function, @values) = @_;
	my $arguments = join '', map { pack('N', length $_) . $_ } @values;
	return $self->send_message(F => pack('Nnn', $function, 0, scalar @values) . $arguments . pack('n', 0))->until_ready;
}

# Sends a message and counts the rows that come; calls back at each. Nothing where the connection ended, or the last
# statement failed.
sub rows_of
{
	my ($self, $type, $text, $each) = @_;
	my ($rows, $failed) = (0, 0);
	$self->send_message($type => "$text\0");
	while (my ($answer) = $self->receive)
	{
		$rows++, $each->() if $answer eq 'D';
		$failed = 1 if $answer eq 'E';
		return $failed ? undef : $rows if $answer eq 'Z';
	}
	return;
}

sub terminate { my ($self) = @_; $self->send_message(X => ''); close $self->{socket}; return }
sub vanish { my ($self) = @_; close $self->{socket}; return }

1;
