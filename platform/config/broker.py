"""Redis as Celery's broker, for messages that may be lost."""

from kombu.transport import redis


class Channel(redis.Channel):
    """A channel that drops what it holds when Redis goes away.

    kombu's own tries to put unacknowledged messages back into the Redis that has just gone, fails, and takes the whole
    worker with it. Here a message is only a wake-up: the row behind it is found again by the reconciler.
    """

    do_restore = False


class Transport(redis.Transport):
    """The transport that makes such channels."""

    Channel = Channel
