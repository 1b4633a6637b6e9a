from dataclasses import dataclass

import rak
from rak.testing import FakeHost


@dataclass
class Order:
    item: str
    count: int = 1


@rak.agent(
    description="Takes orders.",
    skills=[rak.Skill("order", "Order", "Takes an order.", examples=['{"item": "tea"}'])],
    input_schema={"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]},
)
def run(cx: rak.Context, order: Order) -> rak.Stream:
    yield "One moment, "
    yield rak.Progress("brewing", 1, 2)
    return {"ordered": order.item, "count": order.count}


def test_takes_orders() -> None:
    run_ = FakeHost().run(run, '{"item": "tea"}')
    assert run_.answer == '{"ordered":"tea","count":1}'
    assert FakeHost().run(run, "tea").failure.kind == rak.FailureKind.INVALID_ARGUMENT
