"""The second line of defence, tested as if the first did not exist."""

import pytest

from content.documents import ANSWER_PLACEHOLDER
from content.markdown.sanitise import clean, clean_inline

KEPT = [
    ANSWER_PLACEHOLDER,
    '<h2 id="sec-a-b">x</h2>',
    '<var class="value">${a}</var>',
    '<figure class="code" data-code="" data-mode="run" data-language="bash"><pre tabindex="0">x</pre></figure>',
    '<aside class="tip"><p class="title">x</p></aside>',
    "<details><summary>x</summary>y</details>",
    '<div class="table-scroll" tabindex="0"><table><tbody><tr><td class="right">x</td></tr></tbody></table></div>',
    '<ol start="3"><li>x</li></ol>',
    '<a href="../../muelle/amarrar/#sec-x" rel="noopener noreferrer nofollow">x</a>',
]


@pytest.mark.parametrize("html", KEPT)
def test_our_own_html_is_kept_as_it_is(html: str):
    assert clean(html) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>x</script>", ""),
        ("<style>*{}</style>", ""),
        ("<p onclick=x>a</p>", "<p>a</p>"),
        ('<p style="color:red">a</p>', "<p>a</p>"),
        ('<p id="sec-a">a</p>', "<p>a</p>"),
        ('<h2 id="terminal">a</h2>', "<h2>a</h2>"),
        ('<h2 id="sec-a b">a</h2>', "<h2>a</h2>"),
        ('<p class="A B">a</p>', "<p>a</p>"),
        ('<img src="x" onerror="y">', ""),
        ("<iframe src=x></iframe><form><input><button>a</button></form>", "a"),
        ('<svg><a href="x"><text>a</text></a></svg>', ""),
        ('<a href="javascript:x">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        ('<a href="/admin">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        ('<a href="../../x/y/?next=z">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        ('<a href="data:text/html,x" target="_top">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        ("<!-- a -->b", "b"),
        ("<math><mtext></mtext></math><base href=x><meta><link>", ""),
    ],
)
def test_anything_else_goes(html: str, left: str):
    cleaned = clean(html)

    assert cleaned.replace('<a rel="noopener noreferrer nofollow">a</a>', "a") == left.replace(
        '<a rel="noopener noreferrer nofollow">a</a>', "a"
    )
    assert "javascript" not in cleaned


def test_inside_a_line_there_are_no_blocks():
    assert clean_inline("<p>a <strong>b</strong></p><pre>c</pre>") == "a <strong>b</strong>c"


def test_fragments_go_where_they_belong():
    assert clean('<p><span data-fragment="1"></span></p>', ["<a>", "<svg></svg>"]) == "<p><svg></svg></p>"
