"""Controls: a slider, a list or a tick box for an argument, from its range; labelled in words, moved by keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws14.errors import Aws14Error

Control = Any
"""A value widget of ipywidgets, which has no types."""

Spec = bool | Sequence[object] | Mapping[str, object]

_UNITS: Mapping[str, str] = {
    "rps": "requests/s",
    "usd": "USD",
    "gib": "GiB",
    "kib": "KiB",
    "mbps": "Mbit/s",
    "ms": "ms",
    "s": "s",
    "percent": "%",
    "hours": "h",
}
_ALLOWED = "(lowest, highest), (lowest, highest, step), a list of choices, {label: value}, or True / False"


def control(name: str, spec: Spec, default: object = None) -> Control:
    """A control for one argument.

    Parameters
    ----------
    name : str
        The argument; its unit suffix becomes the unit of the label.
    spec : tuple, list, mapping or bool
        ``(lowest, highest)`` or ``(lowest, highest, step)`` gives a slider, a list or a mapping of labels to values a
        list to choose from, a bool a tick box.
    default : object, optional
        Where it starts; the middle of a range or the first choice when None.

    Raises
    ------
    Aws14Error
        When the spec is none of these, or the default is not among its values.
    """
    if isinstance(spec, bool):
        return _tick_box(name, spec)
    if isinstance(spec, tuple):
        return _slider(name, spec, default)
    if isinstance(spec, list | Mapping) and spec:
        return _choices(name, spec, default)
    raise Aws14Error(f"the control '{name}' is given as {spec!r}", allowed=_ALLOWED)


def label(name: str) -> str:
    """An argument in words: ``spot_rps`` becomes ``spot (requests/s)``."""
    words = name.split("_")
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    return f"{' '.join(words[:-1])} ({unit})" if unit else " ".join(words)


def shown(widget: Control) -> str:
    """The value of a control as it is read on the screen."""
    value = widget.label if hasattr(widget, "options") else widget.value
    return f"{value:g}" if isinstance(value, float) else str(value)


def _look(name: str) -> dict[str, object]:
    import ipywidgets

    return {
        "description": label(name),
        "style": {"description_width": "12em"},
        "layout": ipywidgets.Layout(width="min(100%, 36em)"),
    }


def _tick_box(name: str, value: bool) -> Control:
    import ipywidgets

    return ipywidgets.Checkbox(value=value, indent=True, **_look(name))


def _choices(name: str, spec: Sequence[object] | Mapping[str, object], default: object) -> Control:
    import ipywidgets

    options = list(spec.items()) if isinstance(spec, Mapping) else [(str(value), value) for value in spec]
    values = [value for _, value in options]
    if default is not None and default not in values:
        raise Aws14Error(f"'{name}' starts at {default!r}", allowed=", ".join(map(str, values)))
    return ipywidgets.Dropdown(options=options, value=values[0] if default is None else default, **_look(name))


def _slider(name: str, spec: Sequence[object], default: object) -> Control:
    import ipywidgets

    numbers = [bound for bound in spec if isinstance(bound, int | float) and not isinstance(bound, bool)]
    if len(numbers) != len(spec) or len(spec) not in (2, 3) or numbers[0] >= numbers[1]:
        raise Aws14Error(f"the slider '{name}' is given as {spec!r}", allowed=_ALLOWED)
    low, high = numbers[:2]
    whole = all(isinstance(number, int) for number in numbers)
    step = numbers[2] if len(numbers) == 3 else (1 if whole else (high - low) / 20)
    start = _middle(low, high, step) if default is None else default
    if not isinstance(start, int | float) or not low <= start <= high:
        raise Aws14Error(f"'{name}' starts at {start!r}", allowed=f"{low} to {high}")
    kind = ipywidgets.IntSlider if whole and isinstance(start, int) else ipywidgets.FloatSlider
    return kind(value=start, min=low, max=high, step=step, continuous_update=False, **_look(name))


def _middle(low: float, high: float, step: float) -> float:
    """The step nearest to the middle, a whole number where the bounds are."""
    return low + round((high - low) / 2 / step) * step
