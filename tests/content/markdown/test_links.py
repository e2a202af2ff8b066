"""Links: the web, headings, other lessons, and nothing else."""

import pytest
from content_files import COURSE, LEAVING, make_context

from content.markdown.links import resolve


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("http://example.org", "http://example.org"),
        ("mailto:ana@example.org", "mailto:ana@example.org"),
        ("#soltar", "#sec-soltar"),
        ("#sec-soltar", "#sec-soltar"),
        ("../01-amarrar/", "../../muelle/amarrar/"),
        ("../01-amarrar", "../../muelle/amarrar/"),
        ("../01-amarrar/lesson.en.md#los-nudos", "../../muelle/amarrar/#sec-los-nudos"),
        ("../../01-muelle/01-amarrar/", "../../muelle/amarrar/"),
    ],
)
def test_a_link_leads_where_it_may(address: str, target: str):
    context = make_context(COURSE / LEAVING)

    assert resolve(address, context) == target
    assert not context.problems


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("javascript:alert(1)", "A link cannot lead to `javascript:alert(1)`."),
        ("JaVaScRiPt:alert(1)", "A link cannot lead to `JaVaScRiPt:alert(1)`."),
        ("data:text/html,x", "A link cannot lead to `data:text/html,x`."),
        ("vbscript:x", "A link cannot lead to `vbscript:x`."),
        ("file:///etc/passwd", "A link cannot lead to `file:///etc/passwd`."),
        ("//evil.example/x", "A link cannot lead to `//evil.example/x`."),
        ("/admin/", "A link cannot lead to `/admin/`."),
        ("?next=x", "A link cannot lead to `?next=x`."),
        ("https:///x", "A link cannot lead to `https:///x`."),
        ("mailto:", "A link cannot lead to `mailto:`."),
        ("http://[", "The address of this link cannot be read."),
        ("java%0ascript:x", "The address of this link cannot be read."),
        ("%20x", "The address of this link cannot be read."),
        ("../03-volver/", "There is no lesson at `../03-volver/`."),
        ("../../../..", "There is no lesson at `../../../..`."),
        ("../../../puerto/01-muelle", "There is no lesson at `../../../puerto/01-muelle`."),
        ("boya.png", "There is no lesson at `boya.png`."),
        ("javascript%3Aalert(1)", "There is no lesson at `javascript:alert(1)`."),
        ("\\\\evil.example", "There is no lesson at `\\\\evil.example`."),
    ],
)
def test_a_link_leads_nowhere_else(address: str, message: str):
    context = make_context(COURSE / LEAVING)

    assert resolve(address, context) == ""
    assert [problem.message for problem in context.problems] == [message]
