"""Makes a page in public/ of each text in paginas/: the first line is the title, each other line a paragraph."""

from html import escape
from pathlib import Path

PAGE = '<!doctype html>\n<meta charset="utf-8"><title>{title}</title>\n<h1>{title}</h1>\n{body}\n'

public = Path("public")
public.mkdir(exist_ok=True)
for text in sorted(Path("paginas").glob("*.txt")):
    title, *lines = text.read_text(encoding="utf-8").strip().splitlines()
    body = "\n".join(f"<p>{escape(line)}</p>" for line in lines if line)
    page = public / f"{text.stem}.html"
    page.write_text(PAGE.format(title=escape(title), body=body), encoding="utf-8")
    print(text, "->", page)
