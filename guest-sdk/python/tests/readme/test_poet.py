from rak import Content
from rak.testing import FakeHost

from poet import run


def test_writes_and_judges() -> None:
    host = FakeHost(models={"small": [{"score": 4, "why": "It is short."}], "large": ["Roses are red."]})
    run_ = host.run(run, "roses")
    assert run_.answer == "Roses are red.\n(4 of 10: It is short.)"
    assert run_.text_deltas == ["Roses ", "are ", "red."]
    large, small = run_.model_calls
    assert large.request.contents == [Content.user("A poem about roses, please.")]
    assert (small.model, small.request.system) == ("small", "Judge this poem.")
