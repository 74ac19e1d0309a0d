# SPDX-License-Identifier: BSD-3-Clause
"""What goes wrong: one exception for everything the user can mend, and the diagnostics it carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnostic:
    """One mistake or warning, with its place in the text.

    Attributes
    ----------
    code : str
        Stable number such as ``"E301"``.
    severity : str
        ``"error"`` or ``"warning"``.
    file : str
        The file, or the name of the text, that holds the mistake.
    line, column : int
        Counted from 1.
    message : str
        What is wrong.
    hint : str
        What would be right; may be empty.
    """

    code: str
    severity: str
    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        tail = f"\n  {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}[{self.code}]: {self.message}{tail}"


class Error(Exception):
    """A network, a file or a run is at fault.

    The text of the exception is the whole message, as the command line prints it.

    Attributes
    ----------
    diagnostics : tuple of Diagnostic
        Every mistake found in the network, in the order of the text; empty for failures without a place in it.
    status : int
        2 if the input is wrong, 1 if the run failed: the exit status of the command line.
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = (), status: int = 1) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)
        self.status = status

    @property
    def code(self) -> str | None:
        """Code of the first diagnostic."""
        return self.diagnostics[0].code if self.diagnostics else None

    @property
    def line(self) -> int | None:
        """Line of the first diagnostic, counted from 1."""
        return self.diagnostics[0].line if self.diagnostics else None

    @property
    def column(self) -> int | None:
        """Column of the first diagnostic, counted from 1."""
        return self.diagnostics[0].column if self.diagnostics else None


class ArgumentError(Error, ValueError):
    """An argument has a value, size or shape that cannot be taken; the message names it, what is expected and what was given."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=2)


class ArgumentTypeError(Error, TypeError):
    """An argument is of a kind that cannot be taken: text, complex numbers or a fraction where whole numbers are expected."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=2)


class UnknownName(Error, KeyError):
    """There is no group, variable, record or state of that name; the message says which there are."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=2)

    def __str__(self) -> str:  # KeyError's would put it in quotes
        return str(self.args[0])


class OutOfMemory(Error, MemoryError):
    """More memory is needed than there is, or than ``memory=`` allows."""
