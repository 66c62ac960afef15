"""Words become statements."""

from __future__ import annotations

from functools import lru_cache

from aws14.emulator.machines.php.expressions import Expressions
from aws14.emulator.machines.php.syntax import (
    Do,
    Echo,
    Expression,
    For,
    Foreach,
    Function,
    If,
    Jump,
    Return,
    Statement,
    Throw,
    Try,
    Value,
    While,
)
from aws14.emulator.machines.php.tokens import tokens

__all__ = ["read"]

Body = tuple[Statement, ...]


@lru_cache(maxsize=64)
def read(page: str) -> Body:
    """The statements of a page.

    Raises
    ------
    PageError
        Where it is no PHP, or uses what is left out.
    """
    return _Statements(tokens(page)).page()


class _Statements(Expressions):
    """Reads statements; expressions are read by the class above."""

    def page(self) -> Body:
        found: list[Statement] = []
        while self.here.kind != "end":
            found += self.statement()
        return tuple(found)

    def statement(self) -> Body:
        if self.here.kind == "text":
            return (Echo((Value(self.step().text),)),)
        if self.here.kind == "echo":
            self.step()
            return (self._echo(),)
        if self.takes(";"):
            return ()
        if self.sees("{"):
            return self.block()
        reader = _READERS.get(self.here.text.lower()) if self.here.kind == "name" else None
        if reader is not None:
            self.step()
            return (reader(self),)
        found = Do(self.expression())
        self.expect(";")
        return (found,)

    def block(self) -> Body:
        if not self.takes("{"):
            return self.statement()
        found: list[Statement] = []
        while not self.takes("}"):
            if self.here.kind == "end":
                self.fail()
            found += self.statement()
        return tuple(found)

    def until(self, *words: str) -> Body:
        """Statements of the form with a colon, up to a word."""
        found: list[Statement] = []
        while not (self.here.kind == "name" and self.here.text.lower() in words):
            if self.here.kind == "end":
                self.fail()
            found += self.statement()
        return tuple(found)

    def body(self, end: str) -> Body:
        if not self.takes(":"):
            return self.block()
        found = self.until(end)
        self.step()
        self.takes(";")
        return found

    def condition(self) -> Expression:
        self.expect("(")
        found = self.expression()
        self.expect(")")
        return found

    def _echo(self) -> Statement:
        found = Echo(tuple(self.listed(";")))
        self.expect(";")
        return found

    def _if(self) -> Statement:
        condition = self.condition()
        if self.takes(":"):
            return self._if_with_colon(condition)
        otherwise: Body = ()
        branches = [(condition, self.block())]
        while True:
            if self.takes_name("elseif"):
                branches.append((self.condition(), self.block()))
            elif self.takes_name("else"):
                if self.takes_name("if"):
                    branches.append((self.condition(), self.block()))
                    continue
                otherwise = self.block()
                break
            else:
                break
        return If(tuple(branches), otherwise)

    def _if_with_colon(self, condition: Expression) -> Statement:
        otherwise: Body = ()
        branches = [(condition, self.until("elseif", "else", "endif"))]
        while self.takes_name("elseif"):
            condition = self.condition()
            self.expect(":")
            branches.append((condition, self.until("elseif", "else", "endif")))
        if self.takes_name("else"):
            self.expect(":")
            otherwise = self.until("endif")
        self.step()
        self.takes(";")
        return If(tuple(branches), otherwise)

    def _while(self) -> Statement:
        return While(self.condition(), self.body("endwhile"))

    def _for(self) -> Statement:
        self.expect("(")
        start = self._part(";")
        condition = self._part(";")
        return For(start, condition, self._part(")"), self.body("endfor"))

    def _part(self, end: str) -> tuple[Expression, ...]:
        found = tuple(self.listed(end))
        self.expect(end)
        return found

    def _foreach(self) -> Statement:
        self.expect("(")
        items = self.expression()
        if not self.takes_name("as"):
            self.fail()
        key, value = None, self.expression()
        if self.takes("=>"):
            key, value = value, self.expression()
        self.expect(")")
        return Foreach(items, key, value, self.body("endforeach"))

    def _jump(self) -> Statement:
        word = self.before.text.lower()
        self.expect(";")
        return Jump(word)

    def _return(self) -> Statement:
        value = None if self.sees(";") else self.expression()
        self.expect(";")
        return Return(value)

    def _throw(self) -> Statement:
        value = self.expression()
        self.expect(";")
        return Throw(value)

    def _try(self) -> Statement:
        body, catches = self.block(), []
        while self.takes_name("catch"):
            self.expect("(")
            kinds = [self.step().text.lstrip("\\")]
            while self.takes("|"):
                kinds.append(self.step().text.lstrip("\\"))
            name = self.step().text if self.here.kind == "variable" else ""
            self.expect(")")
            catches.append((tuple(kinds), name, self.block()))
        return Try(body, tuple(catches), self.block() if self.takes_name("finally") else ())

    def _function(self) -> Statement:
        name = self.step().text
        self.expect("(")
        parameters = []
        while not self.takes(")"):
            while self.here.kind != "variable":  # types of parameters are not looked at
                if self.here.kind == "end":
                    self.fail()
                self.step()
            parameter = self.step().text
            parameters.append((parameter, self.expression() if self.takes("=") else None))
            self.takes(",")
        if self.takes(":"):
            self.takes("?")
            self.step()
        return Function(name.lower(), tuple(parameters), self.block())


_READERS = {
    "echo": _Statements._echo,  # noqa: SLF001 - of the class above
    "print": _Statements._echo,  # noqa: SLF001
    "if": _Statements._if,  # noqa: SLF001
    "while": _Statements._while,  # noqa: SLF001
    "for": _Statements._for,  # noqa: SLF001
    "foreach": _Statements._foreach,  # noqa: SLF001
    "break": _Statements._jump,  # noqa: SLF001
    "continue": _Statements._jump,  # noqa: SLF001
    "return": _Statements._return,  # noqa: SLF001
    "throw": _Statements._throw,  # noqa: SLF001
    "try": _Statements._try,  # noqa: SLF001
    "function": _Statements._function,  # noqa: SLF001
}
