"""Commands: from the text of a script to its tree."""

from __future__ import annotations

import re
from collections.abc import Callable

from aws14.emulator.machines.shell.cursor import Cursor
from aws14.emulator.machines.shell.simple_reading import KEYWORD, SimpleReader
from aws14.emulator.machines.shell.syntax import (
    AndOr,
    Case,
    Clause,
    Command,
    Compound,
    Condition,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Script,
    Shape,
    While,
    Word,
)
from aws14.emulator.machines.shell.words import METACHARACTERS, WordReader

__all__ = ["parse"]

_OPENERS = frozenset({"if", "for", "while", "until", "case", "{", "[["})
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_ABSENT = frozenset({"select", "coproc", "time"})
_FUNCTION = re.compile(r"(?:function[ \t]+)?([A-Za-z_][A-Za-z0-9_.:-]*)[ \t]*\([ \t]*\)|function[ \t]+([A-Za-z_]\w*)")


def parse(text: str, first_line: int = 1) -> Script:
    """Read a whole script.

    Parameters
    ----------
    text : str
        With line feeds; carriage returns are kept, as bash keeps them.
    first_line : int, optional
        The line its first character stands on.

    Raises
    ------
    SyntaxProblemError
        bash would refuse it.
    UnsupportedError
        It uses something beyond the subset.
    """
    return _script(Cursor(text, first_line), "")


def _script(cursor: Cursor, end: str) -> Script:
    reader = _Reader(cursor)
    script = reader.script()
    if end and not cursor.takes(end):
        reader.unexpected()
    if not end and cursor.char:
        reader.unexpected()
    return script


class _Reader(SimpleReader):
    def __init__(self, cursor: Cursor) -> None:
        super().__init__(cursor, WordReader(cursor, _script))

    def script(self) -> Script:
        items: list[AndOr] = []
        self._newlines()
        while self._starts_command():
            items.append(self._and_or())
            self._newlines()
        return Script(tuple(items))

    def _newlines(self) -> None:
        """Pass blanks and line ends; texts announced by ``<<`` are read where a line ends."""
        cursor = self._cursor
        cursor.skip_blanks()
        while cursor.takes("\n"):
            self._words.read_heredocs()
            cursor.skip_blanks()

    def _keyword(self) -> str:
        self._cursor.skip_blanks()
        found = KEYWORD.match(self._cursor.text, self._cursor.at)
        return found[1] if found else ""

    def _starts_command(self) -> bool:
        self._cursor.skip_blanks()
        return bool(self._cursor.char) and self._cursor.char not in ");|&" and self._keyword() not in _CLOSERS

    def _expect(self, word: str) -> None:
        self._newlines()
        if self._keyword() != word:
            self.unexpected()
        self._cursor.at += len(word)

    def _accept(self, word: str) -> bool:
        self._newlines()
        if self._keyword() != word:
            return False
        self._cursor.at += len(word)
        return True

    def _and_or(self) -> AndOr:
        cursor = self._cursor
        start, line = cursor.at, cursor.line
        first, rest = self._pipeline(), list[tuple[str, Pipeline]]()
        while operator := self._joint():
            self._newlines()
            rest.append((operator, self._pipeline()))
        text = cursor.text[start : cursor.at].strip()
        background = cursor.char == "&" and cursor.takes("&")
        if not background and cursor.sees(";") and not cursor.sees(";;"):
            cursor.at += 1
        elif not background and cursor.char and cursor.char not in "\n);":
            self.unexpected()
        return AndOr(first, tuple(rest), background, line, text)

    def _joint(self) -> str:
        self._cursor.skip_blanks()
        return next((each for each in ("&&", "||") if self._cursor.takes(each)), "")

    def _pipeline(self) -> Pipeline:
        cursor, negated = self._cursor, False
        while self._keyword() == "!":
            cursor.at += 1
            negated = not negated
        commands = [self._command()]
        cursor.skip_blanks()
        while cursor.sees("|") and not cursor.sees("||"):
            if cursor.sees("|&"):
                cursor.unsupported()
            cursor.at += 1
            self._newlines()
            commands.append(self._command())
            cursor.skip_blanks()
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Command:
        cursor, keyword = self._cursor, self._keyword()
        if keyword in _ABSENT:
            cursor.unsupported()
        function = _FUNCTION.match(cursor.text, cursor.at)
        if function is not None:
            return self._function(function)
        if keyword in _OPENERS or cursor.sees("("):
            return self._compound(keyword)
        if not self._starts_command():
            self.unexpected()
        return self._simple()

    def _function(self, found: re.Match[str]) -> Function:
        self._cursor.at = found.end()
        self._newlines()
        return Function(found[1] or found[2], self._compound(self._keyword()))

    def _compound(self, keyword: str) -> Compound:
        line = self._cursor.line
        shape = self._shape(keyword)
        return Compound(shape, self._redirects(), line)

    def _shape(self, keyword: str) -> Shape:
        cursor, line = self._cursor, self._cursor.line
        if cursor.takes("(("):
            return Condition((self._words.expression(),), arithmetic=True, line=line)
        if cursor.takes("("):
            return Group(_script(cursor, ")"), subshell=True)
        cursor.at += len(keyword)
        readers: dict[str, Callable[[], Shape]] = {
            "if": self._if,
            "for": self._for,
            "case": self._case,
            "[[": self._condition,
        }
        if keyword in readers:
            return readers[keyword]()
        if keyword in ("while", "until"):
            condition = self._list("do")
            return While(condition, self._list("done"), keyword == "until")
        return Group(self._list("}"), subshell=False)

    def _list(self, end: str) -> Script:
        body = self.script()
        self._expect(end)
        if not body.items:
            self.unexpected()
        return body

    def _if(self) -> If:
        branches: list[tuple[Script | None, Script]] = [(self._list("then"), self.script())]
        while self._accept("elif"):
            branches.append((self._list("then"), self.script()))
        if self._accept("else"):
            branches.append((None, self.script()))
        self._expect("fi")
        return If(tuple(branches))

    def _for(self) -> For:
        self._cursor.skip_blanks()
        if self._cursor.sees("(("):
            self._cursor.unsupported()
        name = self._words.word()
        if name is None or not name.literal.isidentifier():
            self.unexpected()
        words: tuple[Word, ...] | None = None
        if self._accept("in"):
            words = tuple(self._word_list())
        self._separator()
        self._expect("do")
        return For(name.literal, words, self._list("done"))

    def _word_list(self) -> list[Word]:
        found: list[Word] = []
        self._cursor.skip_blanks()
        while word := self._words.word():
            found.append(word)
            self._cursor.skip_blanks()
        return found

    def _separator(self) -> None:
        self._cursor.skip_blanks()
        self._cursor.takes(";")
        self._newlines()

    def _case(self) -> Case:
        self._cursor.skip_blanks()
        subject = self._words.word()
        if subject is None:
            self.unexpected()
        self._expect("in")
        clauses: list[Clause] = []
        while not self._accept("esac"):
            clauses.append(self._clause())
        return Case(subject, tuple(clauses))

    def _clause(self) -> Clause:
        cursor, patterns = self._cursor, list[Word]()
        cursor.takes("(")
        while not cursor.takes(")"):
            cursor.skip_blanks()
            word = self._words.word()
            if word is None:
                self.unexpected()
            patterns.append(word)
            cursor.skip_blanks()
            cursor.takes("|")
        body = self.script()
        if cursor.sees(";;&") or cursor.sees(";&"):
            cursor.unsupported()
        cursor.takes(";;")
        return Clause(tuple(patterns), body)

    def _condition(self) -> Condition:
        cursor, line, tokens = self._cursor, self._cursor.line, list[Word | str]()
        while not self._accept("]]"):
            operator = next((each for each in ("&&", "||", "(", ")", "<", ">") if cursor.takes(each)), "")
            if not operator and cursor.char == "!" and cursor.text[cursor.at + 1 : cursor.at + 2] in (" ", "\t", "\n"):
                operator = cursor.take()
            if operator:
                tokens.append(operator)
                continue
            expression = bool(tokens) and tokens[-1] == "=~"
            word = self._words.word(" \t\n" if expression else METACHARACTERS)
            if word is None:
                self.unexpected()
            tokens.append("=~" if word.literal == "=~" else word)
        return Condition(tuple(tokens), arithmetic=False, line=line)
