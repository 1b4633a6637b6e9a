from rak import FunctionCall, FunctionResponse
from rak.testing import FakeHost

from waiter import agent


def test_serves_tea() -> None:
    model = [
        FunctionCall("1", "price", {"item": "tea"}),
        FunctionCall("2", "order", {"item": "tea", "count": 2}),
        "Two teas, that makes 7 euros.",
    ]
    run = FakeHost(models={"small": model}, state={"user:name": "Ada"}).run(agent, "Two teas, please.")
    assert run.answer == "Two teas, that makes 7 euros."
    assert run.state["order"] == {"item": "tea", "count": 2}
    first, second, _ = [call.request for call in run.model_calls]
    assert first.system == "You are the waiter of a café. The guest is Ada."
    assert second.contents[-1].parts == [FunctionResponse("1", "price", 3.5)]
