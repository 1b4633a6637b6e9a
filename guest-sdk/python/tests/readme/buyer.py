from dataclasses import dataclass
from typing import Literal

import rak

DAY = 86_400.0


@dataclass
class Order:
    item: str
    size: Literal["S", "M", "L"]


@rak.agent
def run(cx: rak.Context, item: str) -> str:
    size = cx.people.ask("Which size?", {"enum": ["S", "M", "L"]})
    order = Order(item, size)
    try:
        decision = cx.people.approve("Buy this?", order, expires=DAY)
    except rak.Failure as failure:
        if failure.is_expired():
            return "Nobody decided within a day."
        raise
    if not decision.approved:
        return f"Not bought: {decision.reason or 'somebody said no'}."
    # A person may have changed what is bought.
    bought = Order(**decision.edited) if decision.edited else order
    return f"Bought: {bought.item} in {bought.size}."
