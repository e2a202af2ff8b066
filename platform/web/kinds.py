"""The kinds of labs' machines, in words for who teaches a class or runs the server."""

from django.utils.translation import gettext_lazy as _

from sandboxes.runtimes.profiles import ProfileName

KINDS = {
    ProfileName.STANDARD.value: _("A shell, without network"),
    ProfileName.ENGINE.value: _("A Docker of one's own"),
}
