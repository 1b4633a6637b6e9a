from dataclasses import dataclass

import rak
from rak.schema import schema_of


@dataclass
class Verdict:
    score: int
    why: str


@rak.agent
def run(cx: rak.Context, topic: str) -> rak.Stream:
    with cx.models.open(f"A poem about {topic}, please.", model="large", temperature=1) as completion:
        for delta in completion:
            # The client reads along.
            if isinstance(delta, rak.TextDelta):
                yield delta
        poem = completion.finish().text
    verdict = cx.models.complete(poem, system="Judge this poem.", response_schema=schema_of(Verdict)).json(Verdict)
    return f"{poem}\n({verdict.score} of 10: {verdict.why})"
