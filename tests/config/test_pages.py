import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse

from config.pages import PagesHandler

SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/healthz",
    "query_string": b"",
    "headers": [(b"host", b"localhost")],
    "scheme": "http",
}


class Noting:
    """Middleware that notes in which threads it is called."""

    sync_capable, async_capable = True, False
    threads: list[int] = []

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> HttpResponse:
        self.threads.append(threading.get_ident())
        return self.get_response(request)

    def process_view(self, request, *_view) -> None:
        self.threads.append(threading.get_ident())


@pytest.mark.django_db(transaction=True)
async def test_a_request_is_answered_in_one_thread_and_not_the_loops(settings) -> None:
    Noting.threads.clear()
    outermost, innermost = [f"{__name__}.Noting"], [f"{__name__}.Noting"]
    settings.MIDDLEWARE = [*outermost, *settings.MIDDLEWARE, *innermost]
    page = ApplicationCommunicator(PagesHandler(), SCOPE)

    await page.send_input({"type": "http.request"})
    answer = await page.receive_output(5)
    await page.receive_output(5)
    await page.wait(5)

    assert answer["status"] == 200
    assert len(Noting.threads) == 4
    assert len(set(Noting.threads)) == 1
    assert threading.get_ident() not in Noting.threads
