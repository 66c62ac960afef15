"""Explorer: a question above, controls, and the picture below that a function makes of their values."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from aws14.errors import Aws14Error
from aws14.model import Picture
from aws14.widgets.controls import Control, Spec, control, label, shown

_WIDGET = "application/vnd.jupyter.widget-view+json"


class Explorer:
    """A function of a few values, with a control for each.

    It displays as a widget where there is a front end for widgets, and always as a static figure at the current
    values, so that saved pages and notebooks without a kernel show something too.

    Parameters
    ----------
    function : callable
        Called with one keyword for each control; returns a Picture.
    question : str
        What the learner is asked to find out.
    controls : Mapping[str, Control]
        Argument -> its control.
    """

    def __init__(self, function: Callable[..., Picture], question: str, controls: Mapping[str, Control]) -> None:
        import ipywidgets

        self.question = question
        self.controls = dict(controls)
        self._function = function
        self._result: Picture | Exception | None = None
        self._state = ipywidgets.HTML()
        self._below = ipywidgets.HTML(layout=ipywidgets.Layout(width="100%"))
        head = ipywidgets.HTML(f"<p><b>{escape(question)}</b></p>")
        self.widget = ipywidgets.VBox([head, *self.controls.values(), self._state, self._below])
        for widget in self.controls.values():
            widget.observe(self._changed, names="value")
        self._show()

    @property
    def values(self) -> dict[str, object]:
        """Argument -> value of its control."""
        return {name: widget.value for name, widget in self.controls.items()}

    @property
    def picture(self) -> Picture:
        """The picture at the current values.

        Raises
        ------
        Exception
            What the function raised at these values.
        """
        if isinstance(self._result, Picture):
            return self._result
        raise self._result or Aws14Error("nothing was drawn yet")

    def set(self, **values: object) -> None:
        """Move controls, as a hand would.

        Raises
        ------
        Aws14Error
            When there is no such control, or it has no such value.
        """
        for name, value in values.items():
            if name not in self.controls:
                raise Aws14Error(f"there is no control '{name}'", allowed=", ".join(self.controls))
            try:
                self.controls[name].value = value
            except Exception as refusal:  # traitlets raises its own kinds
                raise Aws14Error(f"'{name}' cannot be {value!r}", allowed=str(refusal)) from refusal
            if self.controls[name].value != value:
                raise Aws14Error(f"'{name}' cannot be {value!r}", cure=f"{self.controls[name].value!r}, the nearest")

    def html(self) -> str:
        """The static twin: question, values and figure."""
        told = "; ".join(f"{label(name)} = {shown(widget)}" for name, widget in self.controls.items())
        return f"<p><b>{escape(self.question)}</b><br>{escape(told)}</p>{self._answer()}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """The widget, and its static twin for everything that cannot show widgets."""
        live: dict[str, Any] = self.widget._repr_mimebundle_() or {}
        bundle: dict[str, Any] = {"text/html": self.html(), "text/plain": str(self)}
        return bundle | {kind: data for kind, data in live.items() if kind == _WIDGET}

    def __str__(self) -> str:
        """The question and what the picture says."""
        return f"{self.question}\n{self._result}"

    __repr__ = __str__

    def _changed(self, _: object) -> None:
        self._state.value = "<small>working …</small>"
        self._show()
        self._state.value = ""

    def _show(self) -> None:
        """Call the function; a mistake is shown in place of the picture, and the controls stay usable."""
        try:
            self._result = self._function(**self.values)
        except Exception as mistake:  # whatever it is, the learner reads it here instead of in a log
            self._result = mistake
        self._below.value = f"<div aria-live='polite'>{self._answer()}</div>"

    def _answer(self) -> str:
        if isinstance(self._result, Picture):
            return self._result.html()
        kind = "" if isinstance(self._result, Aws14Error) else f"{type(self._result).__name__}: "
        return f"<p role='alert'><b>This cannot be drawn.</b> {escape(f'{kind}{self._result}')}</p>"


def explore(function: Callable[..., Picture], *, question: str, **sliders: Spec) -> Explorer:
    """Ask a question and let the learner move the answer.

    Parameters
    ----------
    function : callable
        Takes one keyword for each slider and returns a Picture.
    question : str
        What to find out by moving.
    **sliders
        Argument -> ``(lowest, highest)``, ``(lowest, highest, step)``, a list of choices, a mapping of labels to
        values, or a bool. It starts at the function's own default where it has one.

    Raises
    ------
    Aws14Error
        When the function does not take an argument of this name, or a range cannot be read.
    """
    parameters = inspect.signature(function).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    unknown = [name for name in sliders if name not in parameters and not takes_any]
    if unknown:
        raise Aws14Error(f"nothing here is called {', '.join(unknown)}", allowed=", ".join(parameters))
    controls = {name: control(name, spec, _default(parameters.get(name))) for name, spec in sliders.items()}
    return Explorer(function, question, controls)


def _default(parameter: inspect.Parameter | None) -> object:
    """The default of an argument; None where it has none (or none that is a value)."""
    if parameter is None or parameter.default is parameter.empty:
        return None
    return parameter.default
