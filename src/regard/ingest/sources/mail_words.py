"""The words of a mail: its text part, else its HTML as text; attachments are not read."""

from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser

LONGEST_TEXT = 20_000
"""Signs kept of the words of one mail; what follows is nearly always quoted mail."""
LONGEST_HTML = 1 << 18
SILENT = frozenset({"script", "style", "head", "title", "template"})
BLOCKS = "address article blockquote br div dd dl dt footer form header hr li ol p pre section"
LINES = frozenset([*BLOCKS.split(), "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul"])
NO_WORDS = frozenset({"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined"})
"""Encodings of Python's that are none of a mail."""


class _Stripper(HTMLParser):
    """Collects the text of HTML; what is quoted gets the marks that it has in plain mail."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._silent = self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a quotation or silence."""
        if tag in LINES:
            self._break()
        if tag == "blockquote":
            self._quotes += 1
        if tag in SILENT:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        """End what the tag began."""
        if tag in LINES and tag != "br":
            self._break()
        if tag == "blockquote":
            self._quotes = max(self._quotes - 1, 0)
        if tag == "body" or tag in SILENT:
            self._silent = max(self._silent - 1, 0)

    def handle_data(self, data: str) -> None:
        """Add words to the line."""
        words = " ".join(data.split())
        if not self._silent and words:
            line = self.lines[-1]
            mark = ">" * min(self._quotes, 9)
            gap = " " if line and (data[0].isspace() or line.endswith(" ")) else ""
            end = " " if data[-1].isspace() else ""
            self.lines[-1] = f"{line or mark + ' ' * bool(mark)}{gap}{words}{end}".replace(
                "  ", " "
            )

    def _break(self) -> None:
        if self.lines[-1]:
            self.lines.append("")


def words_in(mail: Message) -> tuple[str, bool]:
    """The words, at most LONGEST_TEXT signs, and whether their encoding was broken."""
    html: Message | None = None
    for part in _inline(mail):
        kind = part.get_content_type()
        if kind == "text/plain":
            text, broken = _decoded(part)
            if text.strip():
                return _bounded(text), broken
        elif kind == "text/html" and html is None:
            html = part
    if html is None:
        return "", False
    text, broken = _decoded(html)
    return _bounded(stripped(text)), broken


def stripped(html: str) -> str:
    """HTML as plain text, a line for each block."""
    stripper = _Stripper()
    stripper.feed(html[:LONGEST_HTML])
    stripper.close()
    return "\n".join(line.strip() for line in stripper.lines if line.strip())


def _inline(mail: Message) -> Iterator[Message]:
    """The parts that are shown: neither attachments nor mails within the mail."""
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart":
            inner = part.get_payload()
            if isinstance(inner, list):
                waiting += [one for one in reversed(inner) if isinstance(one, Message)]
        elif part.get_content_maintype() == "text" and not _attached(part):
            yield part


def _attached(part: Message) -> bool:
    said = str(part.get("content-disposition", "")).strip().lower()
    return said.startswith("attachment")


def _decoded(part: Message) -> tuple[str, bool]:
    found = part.get_payload(decode=True)
    payload = found if isinstance(found, bytes) else b""
    charset = str(part.get_content_charset("utf-8"))
    for name in (charset, "utf-8"):
        if name.replace("-", "_") in NO_WORDS:
            continue
        try:
            return payload.decode(name), name != charset
        except (LookupError, ValueError):
            continue
    return payload.decode("cp1252", "replace"), True


def _bounded(text: str) -> str:
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return lines.encode("utf-8", "replace").decode().strip()[:LONGEST_TEXT]
