"""One fast pass over a whole text file: whether it is sound, its encoding and its length.

The faults of a file that only show at its end (a cut-off gzip, a byte that is no text) must be
known before its first row is used, so the file is unpacked and decoded once without being parsed.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_LINE_BYTES = 1 << 20
"""A line longer than 1 MiB is no row of a table; no reader ever holds more than this of one."""

UTF_8 = "utf-8-sig"
CP1251 = "cp1251"

_CHUNK = MAX_LINE_BYTES
_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FOREIGN = {
    b"PK\x03\x04": "holds a ZIP or XLSX file; unpack it if it is packed, or save it",
    b"PAR1": "holds a Parquet file; unpack it if it is packed, or save it",
    b"\xd0\xcf\x11\xe0": "holds an old Excel file (XLS); save it",
    _GZIP: "is packed twice; unpack it or save it",
    b"%PDF": "is a PDF; save it",
    b"SQLite format 3": "is an SQLite database; save it",
}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x00"))
_MAX_CONTROLS = 0.02
"""Share of control characters above which bytes are no text; a few are their rows' own affair."""
_FEW_CONTROLS = 16
_MAX_NULS = 0.2
"""Share of NULs above which text is UTF-16 or 32; ASCII in UTF-16 has half."""

_CYRILLIC_RUN = re.compile("[А-яЁё]+")
_MIXED_WORD = re.compile("[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_RUSSIAN = re.compile("[А-яЁё№«»„“”–—…]")
_RAISED = re.compile("[А-ЯЁ][а-яё]")
_DROPPED = re.compile("[а-яё][А-ЯЁ]")
_MIN_RUSSIAN = 0.7
"""Share of Russian letters and signs among the non-ASCII of CP1251; CP866 read so has half."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A sound text file: its encoding as Python names it, and its measures.

    `stored_bytes` is its size on disk, `text_bytes` its size unpacked, `lines` its lines.
    """

    encoding: str
    stored_bytes: int
    text_bytes: int
    lines: int


def scan_file(path: Path, encoding: str | None = None) -> Scan:
    """Read a plain or gzip file once, holding 1 MiB of it at a time, and say what it is.

    `encoding` is what a profile names; where None, UTF-8 (with or without BOM) and CP1251 are
    recognised. FileError where the file is missing, no file, empty, cut off, too long in a line,
    binary, or in another encoding.
    """
    check_place(path)
    decoder, measure = _Decoder(path, encoding), _Measure(path)
    with open_bytes(path) as stream:
        for chunk in _chunks(path, stream):
            measure.feed(chunk)
            decoder.feed(chunk, measure.lines + 1 - chunk.count(measure.newline or b"\n"))
    decoder.close(measure.lines + 1)
    if not decoder.has_text:
        raise FileError(_empty(path))
    return Scan(
        decoder.encoding, path.stat().st_size, measure.size, measure.lines + (measure.tail > 0)
    )


def open_bytes(path: Path) -> BinaryIO:
    """Open a plain or gzip file for its unpacked bytes; packed is told by content, not by name.

    FileError where it may not be read.
    """
    try:
        with path.open("rb") as stored:
            packed = stored.read(len(_GZIP)) == _GZIP
        return cast("BinaryIO", gzip.open(path)) if packed else path.open("rb")
    except OSError as error:
        message = f"File {path} cannot be read: {error.strerror}; check its permissions."
        raise FileError(message) from error


def read_start(path: Path, size: int) -> bytes:
    """Give up to `size` unpacked bytes from the start; fewer where a gzip is damaged."""
    with open_bytes(path) as stream:
        try:
            return stream.read(size)
        except (OSError, EOFError, zlib.error):
            return b""


class _Measure:
    """Counts bytes and lines of a stream and stops at a line that is too long."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = self.lines = self.tail = 0
        self.newline = b""

    def feed(self, chunk: bytes) -> None:
        self.newline = self.newline or next((n for n in (b"\n", b"\r") if n in chunk), b"")
        head = chunk.find(self.newline) if self.newline else -1
        # No line inside a chunk can be too long, since a chunk is no longer than a line may be.
        if self.tail + (len(chunk) if head < 0 else head) > MAX_LINE_BYTES:
            message = (
                f"File {self._path} has more than {MAX_LINE_BYTES:,} bytes in line "
                f"{self.lines + 1}; it is no table of rows, export it again with a line break "
                "after each row."
            )
            raise FileError(message)
        self.size += len(chunk)
        if head < 0:
            self.tail += len(chunk)
        else:
            self.tail = len(chunk) - chunk.rfind(self.newline) - 1
            self.lines += chunk.count(self.newline)


class _Decoder:
    """Finds out a stream's encoding: the named one, or UTF-8 until it breaks, then CP1251."""

    def __init__(self, path: Path, named: str | None) -> None:
        self._path = path
        self._named = named is not None
        self.encoding = UTF_8 if named is None or _is_utf_8(named) else named
        self._decode = codecs.getincrementaldecoder(self.encoding)()
        self.has_text = False
        self._seen_utf_8 = 0
        self._first = True

    def feed(self, chunk: bytes, line: int) -> None:
        if self._first:
            _check_text(self._path, chunk)
            self._seen_utf_8 += chunk.startswith(codecs.BOM_UTF8)
            self._first = False
        try:
            text = self._decode.decode(chunk)
        except UnicodeDecodeError as error:
            text = self._cyrillic(chunk, line + chunk.count(b"\n", 0, max(error.start, 0)))
        if not text.isascii():
            self._seen_utf_8 += len(chunk) - len(text)
        self.has_text = self.has_text or text.strip() != ""

    def close(self, line: int) -> None:
        try:
            self._decode.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise FileError(self._broken(line)) from error

    def _cyrillic(self, chunk: bytes, line: int) -> str:
        """Give the chunk in CP1251 from here on, if that and nothing else is what it is."""
        damaged_utf_8 = self._seen_utf_8 > 0 or _mostly_utf_8(chunk)
        if self._named or self.encoding == CP1251 or damaged_utf_8:
            raise FileError(self._broken(line))
        self.encoding = CP1251
        self._decode = codecs.getincrementaldecoder(CP1251)()
        try:
            text = self._decode.decode(chunk)
        except UnicodeDecodeError as error:
            raise FileError(_unknown_encoding(self._path, line)) from error
        if not _reads_as_russian(text):
            raise FileError(_unknown_encoding(self._path, line))
        return text

    def _broken(self, line: int) -> str:
        return (
            f"File {self._path} is not sound {self.encoding.removesuffix('-sig')} around line "
            f"{line}; export it again in UTF-8, or name its `encoding` in the intake profile."
        )


def check_place(path: Path) -> None:
    """FileError where there is no regular file with anything in it."""
    if not path.exists():
        message = f"File {path.absolute()} does not exist; check the path."
    elif path.is_dir():
        message = f"{path} is a directory; name the files in it."
    elif not path.is_file():
        message = f"{path} is no regular file; save it to disk first."
    elif path.stat().st_size == 0:
        message = _empty(path)
    else:
        return
    raise FileError(message)


def _chunks(path: Path, stream: BinaryIO) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except EOFError as error:
        message = f"File {path} is a gzip that ends too early; copy or export it again."
        raise FileError(message) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        message = f"File {path} is a damaged gzip ({error}); copy or export it again."
        raise FileError(message) from error
    except OSError as error:
        message = f"File {path} cannot be read: {error.strerror}; check disk and permissions."
        raise FileError(message) from error


def _check_text(path: Path, start: bytes) -> None:
    foreign = next((name for magic, name in _FOREIGN.items() if start.startswith(magic)), None)
    if foreign:
        message = f"File {path} {foreign} as CSV in UTF-8."
        raise FileError(message)
    if start.startswith(_UTF_16) or start.count(0) > _MAX_NULS * len(start):
        message = f"File {path} is in UTF-16 or UTF-32; save it in UTF-8 or CP1251."
        raise FileError(message)
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if controls > max(_MAX_CONTROLS * len(start), _FEW_CONTROLS):
        message = f"File {path} is binary, not CSV; save it as CSV in UTF-8."
        raise FileError(message)


def _is_utf_8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in {"utf-8", UTF_8}


def _mostly_utf_8(chunk: bytes) -> bool:
    """Say whether broken bytes stand among more sound UTF-8, so that it is damage, not CP1251."""
    foreign = _NON_ASCII.findall(chunk.decode("utf-8", "replace"))
    return foreign.count("\ufffd") < len(foreign) / 2


def _reads_as_russian(text: str) -> bool:
    """Say whether a text decoded from CP1251 makes sense.

    CP866 gives signs instead of letters, Latin encodings letters inside Latin words, and KOI8-R
    words that begin small and go on in capitals.
    """
    foreign, russian = len(_NON_ASCII.findall(text)), len(_RUSSIAN.findall(text))
    mixed, words = len(_MIXED_WORD.findall(text)), len(_CYRILLIC_RUN.findall(text))
    raised, dropped = len(_RAISED.findall(text)), len(_DROPPED.findall(text))
    return russian > _MIN_RUSSIAN * foreign and 2 * mixed <= words and dropped <= raised


def _empty(path: Path) -> str:
    return f"File {path} is empty; export it again with a header line and rows."


def _unknown_encoding(path: Path, line: int) -> str:
    return (
        f"File {path} is neither in UTF-8 nor in CP1251 (line {line}); save it in UTF-8, or name "
        "its `encoding` in the intake profile."
    )
