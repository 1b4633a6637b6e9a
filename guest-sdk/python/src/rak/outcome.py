"""How a run ends well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import document
from .content import Content


@dataclass(slots=True)
class Outcome:
    """How a run ends well: mostly with an answer.

    >>> Outcome.text("Let me hand you over.", transfer_to="billing").transfer_to
    'billing'
    """

    content: Content | None = None
    """The answer, where it was not emitted already."""
    escalate: bool = False
    """Tells a workflow above to stop."""
    transfer_to: str | None = None
    """Hands the conversation to the agent of this name."""
    extra: Any = None
    """JSON that the client and the agent agree on; `None` is none."""

    @classmethod
    def text(
        cls, text: str, *, escalate: bool = False, transfer_to: str | None = None, extra: Any = None
    ) -> Outcome:
        """A text answer."""
        return cls(Content.model(text), escalate, transfer_to, extra)


def outcome_of(answer: Any) -> Outcome:
    """The outcome that an agent's answer stands for. What is none of the SDK's own is a JSON text."""
    match answer:
        case Outcome():
            return answer
        case None:
            return Outcome()
        case Content():
            return Outcome(answer)
        case str():
            return Outcome.text(answer)
        case _:
            return Outcome.text(document.dumps(answer))
