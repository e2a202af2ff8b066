"""The addresses of the site with everything of django-allauth that settings can ask for."""

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as always
from web import allauth_urls

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [*always, *allauth_urls.common, *allauth_urls.second_factor, *allauth_urls.openid_connect]
