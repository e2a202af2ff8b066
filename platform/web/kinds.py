"""The kinds of labs' machines and of checks, in words for who teaches a class or runs the server."""

from django.utils.translation import gettext_lazy as _

from sandboxes.runtimes.profiles import ProfileName

KINDS = {
    ProfileName.STANDARD.value: _("A shell, without network"),
    ProfileName.ENGINE.value: _("A Docker of one's own"),
}

# What a check looks at, for where its author does not show what it expects.
CHECKS = {
    "answer": _("What was answered"),
    "command": _("What a command does"),
    "compose": _("A project of Docker Compose"),
    "container": _("A container"),
    "dockerfile": _("A Dockerfile"),
    "event": _("Something that Docker was told to do"),
    "file": _("A file"),
    "http": _("What a server answers"),
    "image": _("An image"),
    "network": _("A network"),
    "port": _("A port"),
    "process": _("A process"),
    "script": _("What a script of the lab finds"),
    "volume": _("A volume"),
}
