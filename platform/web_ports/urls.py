"""The platform's addresses of this door. Those of lab origins are the programs' own."""

from django.urls import path

from web_ports import views

app_name = "web_ports"
urlpatterns = [path("lab-sessions/<uuid:session>/ports/", views.open_port, name="open")]
