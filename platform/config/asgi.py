"""What the ASGI server runs: pages over HTTP, terminals and notices over WebSockets, and the web ports of labs."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)  # loads the apps; whatever imports models comes after it

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from config.pages import PagesHandler  # noqa: E402
from config.request_log import logged  # noqa: E402
from config.warming import warm_process  # noqa: E402
from lab_sessions.events import answering_first  # noqa: E402
from terminal.ceiling import below_ceiling  # noqa: E402
from terminal.origin import same_origin_only  # noqa: E402
from terminal.routing import websocket_urlpatterns  # noqa: E402
from web_ports.dispatch import by_host  # noqa: E402
from web_ports.endpoint import web_ports  # noqa: E402

platform = ProtocolTypeRouter(
    {
        "http": answering_first(PagesHandler()),
        "websocket": same_origin_only(below_ceiling(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))),
    }
)
application = by_host(labs=web_ports, platform=logged(platform))
warm_process()
