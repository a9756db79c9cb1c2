"""Where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from symfisher.errors import InputError
from symfisher.render.sheet import Format, Sheet


class Output:
    """A context that collects text; a file takes its name only when the context ends well.

    Raises:
        InputError: on entering, where the file cannot be written.
    """

    def __init__(self, path: str | None) -> None:
        self.path = None if path is None else Path(os.path.realpath(path))
        self.given = path
        self.written = False
        self._temporary: str | None = None
        self._stream: TextIO = sys.stdout

    def __enter__(self) -> Output:
        if self.path is None:
            return self
        try:
            self._open(self.path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot write --output {self.given}: {reason}") from None
        return self

    def _open(self, path: Path) -> None:
        if path.exists() and not path.is_file():
            self._stream = path.open("w", encoding="utf-8")  # a device or a pipe; not a folder
            return
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
        handle, self._temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        self._stream = os.fdopen(handle, "w", encoding="utf-8")

    def write(self, text: str) -> None:
        self.written = True
        self._stream.write(text)
        self._stream.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.path is None:
            return
        self._stream.close()
        if self._temporary is None:
            return
        if kind is None and self.written:
            _allow_as_usual(self._temporary, self.path)
            os.replace(self._temporary, self.path)
            return
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._temporary)


def _allow_as_usual(temporary: str, path: Path) -> None:
    """Give the file the permissions of the one it replaces, or those of any new file."""
    if path.exists():
        os.chmod(temporary, path.stat().st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(temporary, 0o666 & ~mask)


class Pages:
    """Documents with what the format puts before, between and after them."""

    def __init__(
        self, form: Format, output: Output, count: int, decorate: Callable[[str], str] = str
    ) -> None:
        self.form = form
        self.decorate = decorate
        self.output = output
        self.opening, self.between, self.closing = form.frame(count)
        self.empty = True
        self.ended = False

    def write(self, sheet: Sheet) -> None:
        document = self.form.document(sheet)
        if document:
            before = self.opening if self.empty else self.between
            self._put(before + self.decorate(document))
            self.empty = False

    def close(self) -> None:
        if not self.empty:
            self._put(self.closing)

    def _put(self, text: str) -> None:
        """Ends the line at once where one follows anyway, so that messages get their own line."""
        if self.ended:
            text = text.removeprefix("\n")
        follows = self.between.startswith("\n") and self.closing.startswith("\n")
        self.ended = follows and text != "" and not text.endswith("\n")
        self.output.write(text + ("\n" if self.ended else ""))
