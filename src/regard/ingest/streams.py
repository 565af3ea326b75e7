"""Byte streams of files that may lie: gunzipped, decoded and checked while they are read."""

import codecs
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from regard.core.errors import RegardError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"
CHUNK = 1 << 20
LINE_LIMIT = 8 << 20
"""The longest line (or XML tag) that is read: a longer one is not a table of events."""
FREE_EXPANSION = 256 << 20
LARGEST_RATIO = 250
"""Beyond FREE_EXPANSION bytes a gzip file may not unpack to more than this many times its size."""
MOST_COLUMNS = 10_000
"""Columns of the widest table that is read."""
LINE_ENDS = b"\n\r"
LINE_END = re.compile(rb"\r\n|\n|\r")


class BadFile(RegardError):
    """A file that is not what it should be; nothing was changed."""

    def __init__(self, path: Path, why: str, next_step: str = "") -> None:
        self.path, self.why = path, why
        step = next_step or "Check the file"
        super().__init__(f"{path.name}: {why}. {step}; nothing was changed.")


def check_width(path: Path, columns: int) -> None:
    """Raise BadFile where there are more columns than a table has."""
    if columns > MOST_COLUMNS:
        why = f"it has {columns:,} columns, and {MOST_COLUMNS:,} are the most that are read"
        raise BadFile(path, why, "Leave out what no mapping reads")


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked where it is gzip by content, whatever its name."""
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        raise BadFile(path, "there is no such file", "Check the path") from None
    except IsADirectoryError:
        raise BadFile(path, "that is a folder", "Name one file in it") from None
    except OSError as error:
        raise BadFile(path, f"it cannot be opened ({error.strerror})") from None
    packed = raw.read(2) == GZIP
    raw.seek(0)
    return Unpacked(path, raw) if packed else raw


class Unpacked(io.BufferedIOBase, BinaryIO):
    """A gzip file being unpacked, with clear errors and a bound on how far it may expand."""

    def __init__(self, path: Path, raw: BinaryIO) -> None:
        self._path, self._raw = path, raw
        self._file = gzip.GzipFile(fileobj=raw, mode="rb")
        self._size = max(path.stat().st_size, 1)
        self._given = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes; a damaged or endless archive is a BadFile."""
        wanted = -1 if size is None else size
        try:
            found = self._file.read(wanted)
        except EOFError:
            raise BadFile(
                self._path, "the gzip file ends too early (truncated)", "Fetch it again"
            ) from None
        except (OSError, zlib.error) as error:
            raise BadFile(
                self._path, f"the gzip file is damaged ({error})", "Fetch it again"
            ) from None
        self._given += len(found)
        if self._given > FREE_EXPANSION and self._given > LARGEST_RATIO * self._size:
            raise BadFile(
                self._path,
                f"it unpacks to more than {LARGEST_RATIO} times its size, like a trap",
                "Unpack it yourself if you trust it",
            )
        return found

    def close(self) -> None:
        """Close the archive and the file under it."""
        self._file.close()
        self._raw.close()
        super().close()


class Checked(io.RawIOBase):
    """A stream of UTF-8 text: decoded from `encoding`, without byte order mark, checked.

    marks: bytes of which one must come at least every LINE_LIMIT bytes. NULs, bytes that are not
    of the encoding, and lines without end are a BadFile that says where.
    """

    def __init__(self, path: Path, encoding: str = "utf-8", marks: bytes = LINE_ENDS) -> None:
        super().__init__()
        self._path, self._marks = path, marks
        self._encoding = codecs.lookup(encoding).name
        self._decoder = codecs.getincrementaldecoder(self._encoding)()
        self._raw = open_bytes(path)
        self._pending = b""
        self._taken = self._since_mark = 0
        self._line = 1
        self._ended = False

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes of checked UTF-8."""
        parts = [self._pending]
        held = len(self._pending)
        while not self._ended and (size < 0 or held < size):
            parts.append(self._next())
            held += len(parts[-1])
        found = b"".join(parts)
        if size < 0:
            size = len(found)
        self._pending = found[size:]
        return found[:size]

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer with checked UTF-8."""
        view = memoryview(buffer)
        found = self.read(len(view))
        view[: len(found)] = found
        return len(found)

    def skip_lines(self, count: int) -> None:
        """Go to the start of the line after the next `count`."""
        while count and (chunk := self.read(CHUNK)):
            if chunk.endswith(b"\r"):
                chunk += self.read(1)
            for end in LINE_END.finditer(chunk):
                count -= 1
                if not count:
                    self._pending = chunk[end.end() :] + self._pending
                    break

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
        super().close()

    def _next(self) -> bytes:
        start = self._taken == 0
        chunk = self._raw.read(CHUNK)
        self._ended = not chunk
        text = self._decode(chunk)
        self._taken += len(chunk)
        if start:
            text = text.removeprefix(codecs.BOM_UTF8)
        self._check(text)
        return text

    def _decode(self, chunk: bytes) -> bytes:
        held = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError as error:
            offset = self._taken - held + error.start
            raise BadFile(
                self._path,
                f"byte {offset} is not {self._encoding} text",
                'Say its encoding in the mapping, as in encoding = "cp1252"',
            ) from None
        if self._encoding == "utf-8" and not held and not self._decoder.getstate()[0]:
            return chunk
        return text.encode("utf-8")

    def _check(self, text: bytes) -> None:
        if (at := text.find(b"\0")) >= 0:
            line = self._line + text.count(b"\n", 0, at)
            raise BadFile(self._path, f"line {line} holds a NUL byte, so it is not text")
        last = max(text.rfind(bytes([mark])) for mark in self._marks)
        self._since_mark = len(text) - last - 1 if last >= 0 else self._since_mark + len(text)
        self._line += text.count(b"\n")
        if self._since_mark > LINE_LIMIT:
            raise BadFile(
                self._path,
                f"line {self._line} is longer than {LINE_LIMIT >> 20} MiB, so it is not a table",
            )
