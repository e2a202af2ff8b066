"""`http`: what a server in the lab answers to one GET on 127.0.0.1. Redirects are answers, not followed."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.contents import judge_content
from grading.expects.inside.exchange import NoHttp, Response, TooSlow, get
from grading.expects.texts import Texts, code, decode, say

LEVEL = "practice"

TIMEOUT = 5.0  # seconds, where the author names none
MAX_BODY = 65_536  # bytes that are read; what a lesson asks for fits on a page

_SILENCES = {
    "closed": _("Nothing listens at port %(port)s"),
    "mute": _("What listens at port %(port)s does not answer as a web server does"),
    "slow": _("The server at port %(port)s did not answer within %(seconds)s seconds"),
}


def gather(arguments: Arguments, view: View) -> Evidence:
    """Ask once, and return the answer or how there was none. Raises CouldNotLook."""
    port, seconds = arguments["port"], float(arguments.get("timeout", TIMEOUT))
    deadline = min(time.monotonic() + seconds, view.probe.deadline)
    connection = view.probe.connect(f"tcp:{port}", seconds)
    if connection is None:
        return {"silence": "closed"}
    with contextlib.closing(connection):
        try:
            response = get(
                connection,
                arguments.get("path", "/"),
                host=arguments.get("host", f"localhost:{port}"),
                headers=[("User-Agent", "muelle-check")],
                deadline=deadline,
                limit=MAX_BODY,
            )
        except TooSlow:
            return {"silence": "slow"}
        except NoHttp:
            return {"silence": "mute"}
    return _plain(response)


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare the status, then the headers, then the body."""
    url = code(f"http://localhost:{arguments['port']}{arguments.get('path', '/')}")
    status = say(_("The status of %(url)s"), url=url)
    if "silence" in evidence:
        aspect = compare(status, arguments.get("status", 200), None)
        return Finding(
            aspects=(Aspect(holds=False, expected=aspect.expected, found=_say_silence(arguments, evidence)),),
            observed=None,
        )
    aspects = [compare(status, arguments.get("status", 200), evidence["status"])]
    for name, condition in arguments.get("headers", {}).items():
        subject = say(_("The header %(name)s of %(url)s"), name=code(name), url=url)
        aspects.append(compare(subject, condition, evidence["headers"].get(name.lower())))
    about_body = {**_operators(arguments), **({"json": arguments["json"]} if "json" in arguments else {})}
    aspects += judge_content(about_body, evidence["body"], complete=evidence["complete"], path=url)
    return Finding(aspects=tuple(aspects), observed=evidence["status"])


def _operators(arguments: Arguments) -> dict[str, Any]:
    body = arguments.get("body", {})
    return body if isinstance(body, dict) else {"equals": body}


def _plain(response: Response) -> Evidence:
    headers: dict[str, str] = {}
    for name, value in response.headers:
        said = decode(value.encode("latin-1"))
        headers[name] = f"{headers[name]}, {said}" if name in headers else said
    return {
        "status": response.status,
        "headers": headers,
        "body": decode(response.body),
        "complete": response.complete,
    }


def _say_silence(arguments: Arguments, evidence: Evidence) -> Texts:
    seconds = f"{arguments.get('timeout', TIMEOUT):g}"
    return say(_SILENCES[evidence["silence"]], port=arguments["port"], seconds=seconds)
