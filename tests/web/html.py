"""What a page is made of, for tests that look at structure and not at words."""

from __future__ import annotations

from html.parser import HTMLParser


class Structure(HTMLParser):
    """Every element of a page with its attributes, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def outline(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements and the names of their attributes: what no text may change."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements if tag != "code"]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of each such element; `_` in the name of an attribute stands for `-`."""
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key.replace("_", "-")) == value for key, value in wanted.items())
        ]

    def one(self, tag: str, **wanted: str) -> dict[str, str]:
        """Return the only such element's attributes."""
        [found] = self.all(tag, **wanted)
        return found
