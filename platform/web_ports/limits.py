"""Every limit of the door, with its reason."""

from typing import Final

# The agent has 32 connections: 16 for terminals, these, and what is left for checks.
STREAMS_PER_LAB_SESSION: Final = 12
# Two labs with every stream in use, and one browser's worth more.
STREAMS_PER_PERSON: Final = 30
# A page asks for many things at once and gets them one after the other; longer than this it is the lab that hangs.
TURN_SECONDS: Final = 10.0

CHUNK_BYTES: Final = 65_536  # What is read from the lab at a time, and so what one stream costs in memory.
# Cookies, tokens and long addresses fit; h11 keeps at most this much of a head that has not ended.
MAX_HEAD_BYTES: Final = 65_536
# What a lab's program may say in one WebSocket message. A whole message is kept in memory until it has arrived.
MAX_MESSAGE_BYTES: Final = 1 << 20
MESSAGES_AHEAD: Final = 2  # How many of them may wait before the lab's program has to.

# An application that thinks longer about a request than this has a mistake in it, or nobody waits for it any more.
ANSWER_SECONDS: Final = 120.0
# Between two pieces of an answer: server-sent events are silent for minutes, and their browser asks again by itself.
SILENCE_SECONDS: Final = 300.0
# Without any byte taken, in either direction. A download that was paused goes on by a new request.
STALL_SECONDS: Final = 120.0

TICKET_SECONDS: Final = 60  # From pressing the button to the new tab having loaded, on a slow line.
VISIT_HOURS: Final = 12  # Longer than any lab session; what it opened is over before.
VISITS_PER_LAB_SESSION: Final = 64  # Openings that count at a time; the oldest gives way.
# How long an answer of the database counts. With the two seconds of the watch it stays far below the promised five.
ADMISSION_SECONDS: Final = 1.0
ADMISSIONS_KEPT: Final = 1024
MAX_COOKIES_LOOKED_AT: Final = 4  # Of one name: other hosts of the lab domain can add some, not one that counts.

FREE_PORTS: Final = range(1024, 65536)  # What learners may open by number; a lab may declare others.
