"""Names of images, which can be written in many ways: `nginx` is `docker.io/library/nginx:latest`."""

from __future__ import annotations

from collections.abc import Iterable

_HOME = ("docker.io/", "index.docker.io/", "registry-1.docker.io/")
_OFFICIAL = "library/"


def spellings(reference: str) -> list[str]:
    """Return every way to write a reference, the shortest with its tag first: the name alone means any tag."""
    repository, separator, ending = split(reference)
    names = [repository] if "/" in repository else [repository, _OFFICIAL + repository]
    names += [_HOME[0] + name for name in names if not _has_host(name)]
    return [*(name + separator + ending for name in names), *names]


def split(reference: str) -> tuple[str, str, str]:
    """Return repository, `:` or `@`, and tag or digest; the repository as short as it can be written.

    Without a tag it is `latest`.
    """
    repository, separator, ending = reference.partition("@")
    if not separator:
        repository, separator, ending = reference.rpartition(":")
        if not separator or "/" in ending:  # a port, or nothing at all
            repository, separator, ending = reference, ":", "latest"
    elif ":" in repository.rpartition("/")[2]:
        repository = repository.rpartition(":")[0]  # name:tag@digest is what the digest says
    for prefix in _HOME:
        repository = repository.removeprefix(prefix)
    return repository.removeprefix(_OFFICIAL), separator, ending


def all_spellings(references: Iterable[str]) -> list[str]:
    """Return every way to write each of some references, each once, in order."""
    return list(dict.fromkeys(name for reference in references for name in spellings(reference)))


def same(wanted: str, reference: str) -> bool:
    """Whether a reference is what was asked for; where that has no tag, any tag is."""
    return _plain(wanted) in spellings(reference)


def short(reference: str) -> str:
    """Return a reference as it is usually written."""
    repository, separator, ending = split(reference)
    return repository + separator + ending


def _plain(reference: str) -> str:
    return next((reference.removeprefix(prefix) for prefix in _HOME if reference.startswith(prefix)), reference)


def _has_host(repository: str) -> bool:
    first, slash, _rest = repository.partition("/")
    return bool(slash) and (any(sign in first for sign in ".:") or first == "localhost")
