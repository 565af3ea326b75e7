# Plants histories in a Request Tracker: one act a line of JSON on standard input, its outcome on
# standard output. The clock is libfaketime's file: an act that names an instant happens then.
use strict;
use warnings;
use utf8;
use lib '/usr/share/request-tracker5/lib';
use Encode qw(encode_utf8);
use JSON;
use MIME::Entity;
use RT -init;
use RT::AuthToken;
use RT::Interface::Email;

$| = 1;
my $json = JSON->new->utf8->canonical->allow_nonref;

sub person {
    my $name = shift or return RT->SystemUser;
    my $user = RT::CurrentUser->new;
    $user->Load($name);
    $user->id or die "no such user: $name\n";
    return $user;
}

sub matter {
    my $act    = shift;
    my $ticket = RT::Ticket->new( person( $act->{by} ) );
    $ticket->Load( $act->{ticket} );
    $ticket->id or die "no such ticket: $act->{ticket}\n";
    return $ticket;
}

sub done {
    my ( $ok, $said ) = @_;
    $ok or die "$said\n";
    return $ok;
}

sub letter {
    my $act = shift;
    return MIME::Entity->build(
        Type    => $act->{type} || 'text/plain',
        Charset => 'utf-8',
        Subject => encode_utf8( $act->{subject} || '' ),
        Data    => [ encode_utf8( $act->{text} ) ],
        @_
    );
}

my %ACTS = (
    user => sub {
        my $act  = shift;
        my $user = RT::User->new( RT->SystemUser );
        return done( $user->Create( Privileged => 1, %{ $act->{known} } ) );
    },
    queue => sub {
        my $queue = RT::Queue->new( RT->SystemUser );
        return done( $queue->Create( Name => shift->{name} ) );
    },
    grant => sub {
        my $act   = shift;
        my $group = RT::Group->new( RT->SystemUser );
        $group->LoadSystemInternalGroup( $act->{group} );
        done( $group->PrincipalObj->GrantRight( Right => $_, Object => RT->System ) )
            for @{ $act->{rights} };
        return 1;
    },
    token => sub {
        my $owner = person( shift->{by} );
        my $token = RT::AuthToken->new( RT->SystemUser );
        my ( $ok, $said, $secret ) = $token->Create( Owner => $owner->id, Description => 'regard' );
        done( $ok, $said );
        return $secret;
    },
    mail => sub {
        my $act  = shift;
        my @more = %{ $act->{headers} || {} };
        my $mail = letter( $act, From => $act->{from}, To => 'help@desk.test', @more );
        my ( $ok, $said, $ticket ) = RT::Interface::Email::Gateway(
            {   message => $mail->as_string,
                queue  => $act->{queue} || 'General',
                action => 'correspond',
            }
        );
        done( $ok && $ticket, $said );
        return $ticket->id;
    },
    create => sub {
        my $act    = shift;
        my $ticket = RT::Ticket->new( person( $act->{by} ) );
        my ( $id, $transaction, $said ) = $ticket->Create(
            Subject => $act->{subject},
            MIMEObj => letter( $act, 'X-RT-Interface:' => 'Web' ),
            %{ $act->{with} }
        );
        return done( $id, $said );
    },
    reply   => sub { my $act = shift; done( matter($act)->Correspond( MIMEObj => letter($act) ) ) },
    comment => sub { my $act = shift; done( matter($act)->Comment( MIMEObj => letter($act) ) ) },
    status  => sub { my $act = shift; done( matter($act)->SetStatus( $act->{to} ) ) },
    owner   => sub {
        my $act = shift;
        done( matter($act)->SetOwner( $act->{to}, $act->{how} || () ) );
    },
    move     => sub { my $act = shift; done( matter($act)->SetQueue( $act->{to} ) ) },
    priority => sub { my $act = shift; done( matter($act)->SetPriority( $act->{to} ) ) },
    subject  => sub { my $act = shift; done( matter($act)->SetSubject( $act->{to} ) ) },
    merge    => sub { my $act = shift; done( matter($act)->MergeInto( $act->{to} ) ) },
);

while ( my $line = <STDIN> ) {
    my $act = $json->decode($line);
    if ( $act->{at} ) {
        open my $clock, '>', $ENV{FAKETIME_TIMESTAMP_FILE} or die "no clock\n";
        print $clock "$act->{at}\n";
        close $clock;
    }
    RT->SetCurrentInterface('Web');
    my $outcome = eval {
        my $do = $ACTS{ $act->{act} } or die "no such act: $act->{act}\n";
        +{ ok => $do->($act) };
    } || { error => "$@" };
    print $json->encode($outcome), "\n";
}
