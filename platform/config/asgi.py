"""What the ASGI server runs: pages over HTTP, terminals and notices over WebSockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # loads the apps; whatever imports models comes after it

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from config.warming import warm_process  # noqa: E402
from lab_sessions.events import answering_first  # noqa: E402
from terminal.origin import same_origin_only  # noqa: E402
from terminal.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": answering_first(pages),
        "websocket": same_origin_only(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
warm_process()
