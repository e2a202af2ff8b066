from django.apps import AppConfig


class LabSessionsConfig(AppConfig):
    name = "lab_sessions"
