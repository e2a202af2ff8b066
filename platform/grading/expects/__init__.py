"""The kinds of checks: one module each, and one line here.

What an author may write for them is in content/schema/expects.
"""

from grading.expects import (
    answer,
    command,
    container,
    event,
    file,
    http,
    image,
    port,
    process,
    script,
)
from grading.expects.base import Kind

KINDS: dict[str, Kind] = {
    "answer": answer,
    "command": command,
    "container": container,
    "event": event,
    "file": file,
    "http": http,
    "image": image,
    "port": port,
    "process": process,
    "script": script,
}
