import rak
from rak.llm import LlmAgent

PRICES = {"tea": 3.5, "coffee": 4.0}


def price(item: str) -> float:
    """What an item costs, in euros."""
    return PRICES[item]


def order(cx: rak.Context, item: str, count: int = 1) -> str:
    """Orders an item for the guest."""
    cx.session.set("order", {"item": item, "count": count})
    return f"{count} {item} will be served"


agent = LlmAgent("You are the waiter of a café. The guest is {user:name?}.", tools=[price, order])
