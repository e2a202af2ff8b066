"""G08: what answers as it did yesterday is not what does the work; a check that draws its question tells them apart."""

from __future__ import annotations

import pytest

from content.documents import ExpectDocument
from grading.checks import run_check
from grading.looking import view_into
from grading.models import Verdict
from sandboxes.lifecycle import agent_of
from sandboxes.models import Sandbox

pytestmark = [pytest.mark.docker, pytest.mark.abuse, pytest.mark.django_db]

PORT = 8080
# Files of ~/www, and /echo/WORD says WORD. What is asked and answered goes to ~/transcript, as learners record it.
SERVER = r"""
use strict; use warnings; use IO::Socket::INET;
my $how = shift;
my $listener = IO::Socket::INET->new(LocalPort => 8080, Listen => 16, ReuseAddr => 1) or die $!;
my %heard; my $all = '';
if (open my $old, '<', "$ENV{HOME}/transcript") {
    while (<$old>) { chomp; my ($asked, $said) = split /\t/; $heard{$asked} = $said; $all .= "$said " }
}
while (my $client = $listener->accept) {
    my $line = <$client> // next; my (undef, $path) = split ' ', $line;
    while (defined($line = <$client>) && $line =~ /\S/) {}
    my $body = '';
    if ($how eq 'honest') {
        if ($path =~ m{^/echo/(\w+)$}) { $body = $1 }
        elsif (open my $file, '<', "$ENV{HOME}/www$path") { local $/; $body = <$file> }
        open my $note, '>>', "$ENV{HOME}/transcript"; print $note "$path\t$body\n"; close $note;
    }
    elsif ($how eq 'last') { $body = (split ' ', $all)[-1] // '' }
    elsif ($how eq 'same question') { $body = $heard{$path} // (values %heard)[0] // '' }
    elsif ($how eq 'everything') { $body = $all }
    elsif ($how eq 'parrot') { $body = $path }
    print $client "HTTP/1.0 200 OK\r\nContent-Length: " . length($body) . "\r\n\r\n$body"; close $client;
}
"""
CARELESS = ExpectDocument(kind="http", arguments={"port": PORT, "path": "/index.html", "body": {"contains": "hola"}})
ASKED = ExpectDocument(
    kind="http", arguments={"port": PORT, "path": "/echo/${challenge}", "body": {"equals": "${challenge}"}}
)
PLACED = ExpectDocument(
    kind="script",
    arguments={
        "file": "c.sh",
        "expected": {"en": "x"},
        "source": 'mkdir -p www && echo "$CHALLENGE" > www/c.txt || exit 2\n'
        f'found=$(wget -qO- http://127.0.0.1:{PORT}/c.txt); rm www/c.txt; [ "$found" = "$CHALLENGE" ] || exit 1',
    },
)
COMPUTED = ExpectDocument(kind="command", arguments={"argv": ["./repeat", "${challenge}"], "stdout": "${challenge}"})
RECORDINGS = ("last", "same question", "everything")


def serve(sandbox: Sandbox, how: str) -> None:
    """Put a server in the place of the one that is there."""
    line = (
        "[ -f ~/pid ] && kill $(cat ~/pid); mkdir -p ~/www; echo hola > ~/www/index.html; "
        f"setsid perl ~/server.pl '{how}' </dev/null >/dev/null 2>&1 & echo $! > ~/pid; "
        "for i in $(seq 100); do : 2>/dev/null </dev/tcp/127.0.0.1/8080 && exit; sleep 0.05; done; exit 1"
    )
    agent = agent_of(sandbox)
    assert agent.run(["/bin/bash", "-c", "cat > ~/server.pl"], stdin=SERVER.encode(), timeout=10).exit_code == 0
    assert agent.run(["/bin/bash", "-c", line], timeout=20).exit_code == 0


def verdicts(sandbox: Sandbox, *checks: ExpectDocument) -> list[Verdict]:
    return [run_check(expect, (), view_into(sandbox, seconds=20)).verdict for expect in checks]


def test_g08_a_recording_passes_no_check_that_draws_its_question(lesson_sandbox: Sandbox) -> None:
    serve(lesson_sandbox, "honest")
    for _day in range(3):
        assert verdicts(lesson_sandbox, CARELESS, ASKED, PLACED) == [Verdict.PASS] * 3, (
            "The control: who does it passes."
        )
    recorded = agent_of(lesson_sandbox).run(["/bin/bash", "-c", "wc -l < ~/transcript"], timeout=10)
    assert int(recorded.stdout) >= 9

    fooled = []
    for how in RECORDINGS:
        serve(lesson_sandbox, how)
        fooled += verdicts(lesson_sandbox, CARELESS)
        assert verdicts(lesson_sandbox, ASKED, PLACED) == [Verdict.FAIL] * 2, how
    assert Verdict.PASS in fooled, "The control: a check that always asks the same believes a recording."

    serve(lesson_sandbox, "honest")
    assert verdicts(lesson_sandbox, ASKED, PLACED) == [Verdict.PASS] * 2


def test_g08_what_repeats_its_question_is_found_by_what_was_put_there(lesson_sandbox: Sandbox) -> None:
    """An echo is answered by a parrot, as docs/authoring.md says; the file that the check has just made is not."""
    serve(lesson_sandbox, "parrot")

    contains = ExpectDocument(
        kind="http", arguments={"port": PORT, "path": "/${challenge}", "body": {"contains": "${challenge}"}}
    )
    assert verdicts(lesson_sandbox, contains, PLACED) == [Verdict.PASS, Verdict.FAIL]


def test_g08_a_program_that_prints_what_it_once_printed_fails(lesson_sandbox: Sandbox) -> None:
    agent = agent_of(lesson_sandbox)
    honest = "printf '#!/bin/sh\\necho \"$1\" | tee -a ~/said\\n' > ~/repeat; chmod +x ~/repeat"
    assert agent.run(["/bin/bash", "-c", honest], timeout=10).exit_code == 0
    assert verdicts(lesson_sandbox, COMPUTED) == [Verdict.PASS]

    agent.run(["/bin/bash", "-c", "printf '#!/bin/sh\\ntail -n 1 ~/said\\n' > ~/repeat"], timeout=10)

    assert agent.run(["/bin/bash", "-c", "~/repeat 1"], timeout=10).stdout.strip() != b""
    assert verdicts(lesson_sandbox, COMPUTED) == [Verdict.FAIL]
