"""Log lines as JSON objects, one a line, for collectors of logs (`LOG_FORMAT=json`)."""

from typing import Final

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

FIELDS: Final = "%(levelname)s %(name)s %(message)s %(request_id)s %(user_id)s %(session_id)s"
NAMES: Final = {"levelname": "level", "name": "logger"}


class JsonLines(JsonFormatter):
    """`timestamp level logger message request_id user_id session_id`, and the figures of the access log."""

    def __init__(self) -> None:
        super().__init__(FIELDS, rename_fields=NAMES, timestamp=True, reserved_attrs=[*RESERVED_ATTRS, "acting"])
