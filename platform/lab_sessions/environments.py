"""From a lab of the course index to the environment of its sandboxes."""

import hashlib
import json

from django.conf import settings

from content.documents import FileDocument, LabDocument
from courses.models import Lab
from sandboxes.engine import host
from sandboxes.environment import Environment
from sandboxes.runtimes.base import ImageMissing
from sandboxes.runtimes.profiles import profile_named


class ImageNotBuilt(ImageMissing):
    """The lab names an image that set-up did not build."""


def document_of(lab: Lab) -> LabDocument:
    """Return the lab as its author wrote it."""
    return lab.definition


def environment_of(lab: Lab) -> Environment:
    """Return what its sandboxes are made from. Raises as `environment_for` does."""
    return environment_for(document_of(lab))


def environment_for(document: LabDocument) -> Environment:
    """Return what sandboxes of a lab are made from, whether or not it was ever published.

    Raises PermanentFault where this machine cannot run it: ImageNotBuilt, NoDiskLimits, NoTunnels.
    """
    profile = profile_named(document.profile)
    host().check_profile(profile)
    try:
        image = settings.MUELLE_IMAGES[document.image]
    except KeyError:
        raise ImageNotBuilt(f"The image “{document.image}” is not built here. `make images` builds it.") from None
    return Environment(
        image=image,
        profile=document.profile,
        limits=profile.limits(document.limits),
        setup=document.setup,
        values={value.name: value.to_json() for value in document.values},
        files=_digest(document.files),
    )


def _digest(files: tuple[FileDocument, ...]) -> str:
    if not files:
        return ""
    return hashlib.sha256(json.dumps([each.to_json() for each in files], sort_keys=True).encode()).hexdigest()
