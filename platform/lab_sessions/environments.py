"""From a lab of the course index to the environment of its sandboxes."""

import hashlib
import json

from django.conf import settings
from django.utils.translation import gettext_noop

from content.documents import FileDocument, LabDocument
from courses.models import Lab
from sandboxes.environment import Environment
from sandboxes.limits import Limits


class ImageNotBuilt(Exception):
    """The lab names an image that this machine does not have. `sentence` is for the learner, the text for staff."""

    sentence = gettext_noop(
        "This lab's image is not installed on the server. Tell your teacher: setting up again builds it."
    )


def document_of(lab: Lab) -> LabDocument:
    """Return the lab as its author wrote it."""
    return lab.definition


def environment_of(lab: Lab) -> Environment:
    """Return what its sandboxes are made from. Raises ImageNotBuilt."""
    return environment_for(document_of(lab))


def environment_for(document: LabDocument) -> Environment:
    """Return what sandboxes of a lab are made from, whether or not it was ever published. Raises ImageNotBuilt."""
    try:
        image = settings.MUELLE_IMAGES[document.image]
    except KeyError:
        raise ImageNotBuilt(f"The image “{document.image}” is not built here. `make images` builds it.") from None
    return Environment(
        image=image,
        profile=document.profile,
        limits=Limits.from_json(document.limits),
        setup=document.setup,
        values={value.name: value.to_json() for value in document.values},
        files=_digest(document.files),
    )


def _digest(files: tuple[FileDocument, ...]) -> str:
    if not files:
        return ""
    return hashlib.sha256(json.dumps([each.to_json() for each in files], sort_keys=True).encode()).hexdigest()
