"""Tokens to HTML. Everything is escaped here; nothing that an author wrote is ever passed through."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from content.diagrams import DiagramError
from content.documents import ANSWER_PLACEHOLDER, Heading
from content.markdown import links, pictures
from content.markdown.context import CodeUse, Context
from content.markdown.fences import FenceError, read_fence
from content.markdown.highlight import LANGUAGES, MAX_CODE, highlight_code, value_html
from content.markdown.text import anchor, plain
from content.values import PLACEHOLDER, names_in

ANSWER = "{answer}"
MAX_HEADINGS = 100  # each looks at those before it for its anchor; a long lesson has 20

Tokens = Sequence[Token]


def context_of(env: EnvType) -> Context:
    context: Context = env["context"]
    return context


class LessonRenderer(RendererHTML):
    """The rules that differ from plain Markdown. Method names are token types, as markdown-it looks them up."""

    def text(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        context = context_of(env)
        html = _with_values(tokens[idx].content, context)
        while ANSWER in html:
            _note_answer(context)
            html = html.replace(ANSWER, ANSWER_PLACEHOLDER, 1)
        return html

    def code_inline(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<code>{_with_values(tokens[idx].content, context_of(env))}</code>"

    def fence(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        token, context = tokens[idx], context_of(env)
        context.at(token.map)
        _look_for_end(token, context)
        if token.info.split(" ")[0].strip() == "diagram":
            return _diagram(token, context)
        return _code(token, context)

    def heading_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        context = context_of(env)
        context.at(tokens[idx].map)
        level = int(tokens[idx].tag[1:])
        text = plain(tokens[idx + 1].children)
        if len(context.headings) >= MAX_HEADINGS:
            context.problem("heading", f"This is heading {MAX_HEADINGS + 1} or later.", "Split the lesson in two.")
            return f"<{tokens[idx].tag}>"
        _look_at_heading(level, tokens[idx].level, text, context)
        name = anchor(text, {heading.anchor for heading in context.headings})
        context.headings.append(Heading(level=level, anchor=name, text=text))
        return f'<{tokens[idx].tag} id="{escape(name)}">'

    def paragraph_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        context_of(env).at(tokens[idx].map)
        return self.renderToken(tokens, idx, options, env)

    def tr_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        context_of(env).at(tokens[idx].map)
        return self.renderToken(tokens, idx, options, env)

    def table_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        context_of(env).at(tokens[idx].map)
        return '<div class="table-scroll" tabindex="0">\n<table>\n'

    def table_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table>\n</div>\n"

    def th_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        # An empty corner heads nothing: screen readers would announce a heading without a name.
        named = tokens[idx + 1].content.strip()
        return f'<th scope="col"{_alignment(tokens[idx])}>' if named else "<td>"

    def th_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</th>\n" if tokens[idx - 1].content.strip() else "</td>\n"

    def td_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<td{_alignment(tokens[idx])}>"

    def link_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        address = links.resolve(str(tokens[idx].attrs.get("href", "")), context_of(env))
        return f'<a href="{escape(address)}">' if address else "<a>"

    def image(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return pictures.show(str(token.attrs.get("src", "")), plain(token.children), context_of(env))


def _with_values(text: str, context: Context) -> str:
    """Escaped text in which declared placeholders are marked as the reader's own."""
    context.use_values(names_in(text))
    return PLACEHOLDER.sub(
        lambda found: value_html(found[1]) if found[1] in context.values else found[0], escape(text, quote=False)
    )


def _alignment(token: Token) -> str:
    style = str(token.attrs.get("style", ""))
    side = next((side for side in ("right", "center") if style.endswith(f":{side}")), "")
    return f' class="{side}"' if side else ""


def _note_answer(context: Context) -> None:
    context.answers += 1
    if not context.in_task:
        context.problem("task", "`{answer}` stands outside a task's text.", "Move it into the text of the task.")


def _look_for_end(token: Token, context: Context) -> None:
    """An unclosed fence swallows the rest of its lesson; the parser does not mind, an author does."""
    lines = token.content.count("\n")
    if token.map and token.map[1] - token.map[0] != lines + 2:
        context.problem("code", "This block of code is never closed.", f"Write {token.markup} below its last line.")


def _look_at_heading(level: int, depth: int, text: str, context: Context) -> None:
    if depth > 0:
        context.problem("heading", "A heading stands inside something else.", "Write it in **bold**, or move it out.")
    if level == 1 or level > 4:
        context.problem(
            "heading", f"This heading has level {level}.", "Use two to four `#`: the title is on top already."
        )
    elif level > (context.headings[-1].level if context.headings else 1) + 1:
        context.problem("heading", "This heading skips a level.", "Use one `#` less, so that the outline has no holes.")
    if not text.strip():
        context.problem("heading", "This heading is empty.", "Write its text, or delete the line.")


def _diagram(token: Token, context: Context) -> str:
    first, _, rest = token.content.partition("\n")
    comment, _, caption = first.partition("caption:")
    if comment.strip() != "//" or not caption.strip():
        mend = "Write `// caption: what the picture shows` as the first line: it is read aloud too."
        context.problem("diagram", "This diagram has no caption.", mend)
        return ""
    try:
        svg = context.draw(rest)
    except DiagramError as error:
        context.problem("diagram", error.message, error.mend, line=context.line + 1 + error.line)
        return ""
    words = escape(" ".join(caption.split()))
    fragment = context.fragment(svg.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1))
    return f'<figure class="diagram">{fragment}<figcaption>{words}</figcaption></figure>\n'


def _code(token: Token, context: Context) -> str:
    try:
        fence = read_fence(token.info)
    except FenceError as error:
        context.problem("code", error.message, error.mend)
        return ""
    if fence.language not in LANGUAGES:
        message = f"`{fence.language[:40]}` is not a language that can be coloured."
        context.problem("code", message, f"Possible: {', '.join(f'`{name}`' for name in LANGUAGES)}.")
        return ""
    if len(token.content) > MAX_CODE:
        context.problem("code", f"This block has more than {MAX_CODE} characters.", "Put it into a file in `files/`.")
        return ""
    context.use_values(names_in(token.content))
    context.code.append(CodeUse(context.line, fence.mode, fence.terminal, fence.path))
    return code_html(
        token.content, fence.language, context.values, mode=fence.mode, terminal=fence.terminal, path=fence.path
    )


def code_html(code: str, language: str, values: frozenset[str], **details: Any) -> str:
    """A block of code; the page adds the button that `data-mode` asks for. Empty details are left out."""
    marks = "".join(f' data-{name}="{escape(str(value))}"' for name, value in details.items() if value)
    caption = f"<figcaption>{escape(details['path'])}</figcaption>" if details.get("path") else ""
    body = highlight_code(code.removesuffix("\n"), language, values)
    return (
        f'<figure class="code" data-code=""{marks} data-language="{language}">{caption}'
        f'<pre tabindex="0"><code>{body}</code></pre></figure>\n'
    )
