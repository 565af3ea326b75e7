"""XES event logs, streamed: one row an event, attributes of its trace as `case:NAME`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from regard.ingest.batch import ROWS, Batch, pack
from regard.ingest.gathering import CELLS
from regard.ingest.streams import CHUNK, BadFile, Checked, check_width

VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})


def read(path: Path) -> Iterator[Batch]:
    """Batches of the log's events. Memory holds one batch, however large the file is."""
    log = _Log(path)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(log)
    # The parser is its own locator; it tells the handler so only when it opens files itself.
    log.setDocumentLocator(parser)
    with Checked(path, marks=b">") as stream:
        try:
            while chunk := stream.read(CHUNK):
                parser.feed(chunk)
                while len(log.rows) >= (most := min(ROWS, CELLS // max(len(log.names), 1))):
                    yield log.give(most)
            parser.close()
        except SAXParseException as error:
            where = f"line {error.getLineNumber()}"
            raise BadFile(path, f"it is not whole XML ({error.getMessage()}, {where})") from None
        except LookupError as error:
            raise BadFile(path, f"its XML cannot be read ({error})") from None
        except DefusedXmlException:
            raise BadFile(path, "its XML declares entities or a DTD, which is refused") from None
    if not log.is_log:
        raise BadFile(path, "it is XML, but not an XES log", "Export it as CSV or XES")
    yield log.give(len(log.rows))


class _Log(ContentHandler):
    """Collects the events of an XES log as they pass."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.names: dict[str, None] = {}
        self.rows: list[dict[str, str]] = []
        self.lines: list[int] = []
        self.is_log = False
        self._open: list[str] = []
        self._case: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._line = 0
        self._where: Locator | None = None

    def setDocumentLocator(self, locator: Any) -> None:
        """Keep where the parser stands."""
        self._where = locator

    def startElement(self, name: str, attrs: Any) -> None:
        """A tag opens: a trace, an event, or an attribute of the innermost of them."""
        name = name.rpartition(":")[2]
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        if not parent:
            self.is_log = name == "log"
        elif name == "trace":
            self._case = {}
        elif name == "event":
            self._event = {}
            self._line = (self._where.getLineNumber() or 0) if self._where else 0
        elif name in VALUES and parent in ("trace", "event") and "value" in attrs:
            held, prefix = (self._case, "case:") if parent == "trace" else (self._event, "")
            held[prefix + attrs.get("key", "")] = attrs["value"]

    def endElement(self, name: str) -> None:
        """A tag closes: an event is whole."""
        self._open.pop()
        if name.rpartition(":")[2] == "event":
            self.names.update(dict.fromkeys([*self._event, *self._case]))
            check_width(self._path, len(self.names))
            self.rows.append(self._event | self._case)
            self.lines.append(self._line)

    def give(self, count: int) -> Batch:
        """Hand over the first `count` events."""
        batch = pack(self.rows[:count], self.lines[:count])
        del self.rows[:count], self.lines[:count]
        return batch
