"""The kinds of checks: one module each, and one line here.

What an author may write for them is in content/schema/expects.
"""

from grading.expects import answer, command, file, process, script
from grading.expects.base import Kind

KINDS: dict[str, Kind] = {
    "answer": answer,
    "command": command,
    "file": file,
    "process": process,
    "script": script,
}
