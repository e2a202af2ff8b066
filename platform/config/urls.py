"""Every address of the site begins here."""

from django.urls import include, path

urlpatterns = [
    path("", include("web.urls")),
    path("", include("web_ports.urls")),
    path("", include("api.urls")),
]

handler400 = "web.views.errors.bad_request"
handler403 = "web.views.errors.permission_denied"
handler404 = "web.views.errors.page_not_found"
handler500 = "web.views.errors.server_error"
