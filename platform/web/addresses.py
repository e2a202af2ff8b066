"""Addresses of lessons, which are their keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import get_script_prefix, reverse


@dataclass(frozen=True)
class Address:
    """The address of a lesson: the three parts of its key."""

    course: str
    chapter: str
    lesson: str

    @property
    def key(self) -> str:
        return f"{self.course}/{self.chapter}/{self.lesson}"

    @classmethod
    def of(cls, key: str) -> Address:
        """Return the address behind the key of a lesson, a lab or an exercise."""
        return cls(*key.split("/")[:3])

    def as_kwargs(self) -> dict[str, str]:
        """Return the arguments of `reverse` for every address below this lesson."""
        return {"course": self.course, "chapter": self.chapter, "lesson": self.lesson}

    def url(self, name: str, **more: str) -> str:
        """Return the path of the page `name` below this lesson."""
        return _path(get_script_prefix(), name, **self.as_kwargs(), **more)


@lru_cache(maxsize=4096)  # a lesson's page has fifty of them, and each stays what it is as long as the process
def _path(_prefix: str, name: str, **arguments: str) -> str:
    return reverse(name, kwargs=arguments)
