"""Serves pages: one thread for the whole of a request, from the first middleware to the last."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PagesHandler(ASGIHandler):
    """Django's handler, with its synchronous chain inside: views and most middleware of this site are synchronous.

    The asynchronous chain goes from the loop to a thread and back at each of those and at each of their view hooks, a
    dozen times a request, and each time waits for the interpreter's lock: with a class at work that was most of the
    time that a page took. docs/performance.md has the figures.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain as for WSGI, whoever asks."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Run all of the chain in the request's thread."""
        response: HttpResponseBase = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        return response
