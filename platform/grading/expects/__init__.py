"""The kinds of checks: one module each, and one line here.

What an author may write for them is in content/schema/expects.
"""

from grading.expects import (
    answer,
    command,
    compose,
    container,
    dockerfile,
    event,
    file,
    http,
    image,
    network,
    port,
    process,
    script,
    volume,
)
from grading.expects.base import Kind

KINDS: dict[str, Kind] = {
    "answer": answer,
    "command": command,
    "compose": compose,
    "container": container,
    "dockerfile": dockerfile,
    "event": event,
    "file": file,
    "http": http,
    "image": image,
    "network": network,
    "port": port,
    "process": process,
    "script": script,
    "volume": volume,
}
