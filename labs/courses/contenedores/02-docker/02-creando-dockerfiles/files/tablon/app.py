"""The harbour's notice board: one page with the lines of avisos.txt, and one that says whether all is well."""

import os
from pathlib import Path

from flask import Flask, render_template_string

PAGE = """<!doctype html>
<meta charset="utf-8"><title>Tablón</title>
<h1>Tablón del puerto</h1>
<ul>{% for notice in notices %}<li>{{ notice }}</li>{% endfor %}</ul>
<p>Versión {{ version }}, uid {{ uid }}</p>
"""

app = Flask(__name__)


@app.get("/")
def board():
    notices = Path("avisos.txt").read_text(encoding="utf-8").splitlines()
    version = os.environ.get("VERSION", "sin versión")
    return render_template_string(PAGE, notices=notices, version=version, uid=os.getuid()) + "\n"


@app.get("/salud")
def health():
    return "bien\n"


if __name__ == "__main__":
    # 0.0.0.0: in a container, 127.0.0.1 is the container itself and nobody outside could come in.
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "5000")))
