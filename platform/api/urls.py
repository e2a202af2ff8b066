"""The addresses of the API, version 1, and of the page of tokens."""

from django.urls import path
from ninja import NinjaAPI

from api import views
from api.answers import install
from api.resources import cohorts, courses, enrolments, grades, people, sessions

api = NinjaAPI(
    title="Muelle",
    version="1",
    description="Everything that the pages do with classes, progress, grades and labs. docs/api.md has examples.",
    urls_namespace="api",
    docs_url=None,  # its page would want scripts from elsewhere; the document itself is at openapi.json
)
install(api)
for module in (people, courses, cohorts, enrolments, grades, sessions):
    api.add_router("", module.router)

urlpatterns = [
    path("api/v1/", api.urls),
    path("api/<path:rest>", views.nothing, name="nothing"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:token>/revoke/", views.revoke, name="revoke_token"),
]
