"""Results as a notebook shows them."""

from __future__ import annotations

from html import escape
from typing import Any

#: Colours of verdicts, as in the figures.
COLORS = {"holds": "#0072b2", "violated": "#d55e00"}


def table(head: list[str], rows: list[list[Any]]) -> str:
    """A table; numbers to five digits, verdicts in their colours."""
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(cell(value) for value in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def cell(value: Any) -> str:
    """One field."""
    if value is None:
        return "<td>–</td>"
    text = f"{value:.5g}" if isinstance(value, float) else str(value)
    color = COLORS.get(text)
    style = f' style="color:{color}"' if color else ""
    return f"<td{style}>{escape(text)}</td>"


def result(result: Any) -> str:
    """Rates with verdicts, why the run ended, and the first figure."""
    rates = result.summary.get("rates")
    parts = [f"<p><b>{escape(result.name)}</b>: {escape(result.end['reason'])}</p>"]
    if isinstance(rates, dict) and rates:
        rows = [[name, rate.get("value"), rate.get("simulated"), rate.get("verdict")] for name, rate in rates.items()]
        parts.append(table(["rate", "λ", "simulated", "verdict"], rows))
    elif result.verdicts:
        parts.append(table(["claim", "verdict"], [list(item) for item in result.verdicts.items()]))
    parts.extend(list(result.drawings.values())[:1])
    return "".join(parts)
