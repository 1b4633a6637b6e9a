"""The conformance agent: every behaviour of ../../CONFORMANCE.md, and nothing else."""

import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import fields
from typing import Any, NoReturn

import rak

CONFORM = rak.Skill(
    "conform",
    "Conform",
    description="Runs one behaviour.",
    tags=["test", "contract"],
    examples=["echo hello"],
)
HOUR = 3600.0
WORD_END = re.compile("(?<= )")

Behaviour = Callable[[rak.Context, str, rak.Content], rak.Answer | rak.Stream]
BEHAVIOURS: dict[str, Behaviour] = {}


@rak.agent(skills=[CONFORM], input_schema={"type": "string"}, extra={"language": "python"})
def run(cx: rak.Context, input: rak.Content) -> rak.Answer | rak.Stream:
    first = input.parts[0] if input.parts else None
    name, _, argument = (first.text if isinstance(first, rak.Text) else "").partition(" ")
    behaviour = BEHAVIOURS.get(name)
    if behaviour is None:
        raise rak.Failure.invalid_argument(f"no behaviour is called {name}")
    return behaviour(cx, argument, input)


def behaviour(function: Behaviour) -> Behaviour:
    """Adds a behaviour under the function's name, with `-` for `_`."""
    BEHAVIOURS[function.__name__.strip("_").replace("_", "-")] = function
    return function


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def words(text: str) -> list[str]:
    """The text in pieces, each ending after a space."""
    return [piece for piece in WORD_END.split(text) if piece]


# Content and events


@behaviour
def echo(cx: rak.Context, text: str, input: rak.Content) -> rak.Stream:
    yield from words(text)
    return text


@behaviour
def answer(cx: rak.Context, text: str, input: rak.Content) -> str:
    return text


@behaviour
def nothing(cx: rak.Context, argument: str, input: rak.Content) -> None:
    cx.events.content("said before")


@behaviour
def parts(cx: rak.Context, argument: str, input: rak.Content) -> rak.Content:
    return rak.Content.model(*input.parts[1:])


@behaviour
def kinds(cx: rak.Context, argument: str, input: rak.Content) -> rak.Content:
    return rak.Content.model(
        "a",
        rak.Thought("b"),
        rak.Blob("application/octet-stream", bytes([0x00, 0x01, 0xFE, 0xFF])),
        rak.FileRef("file:///a", "text/plain"),
        rak.FileRef("file:///b"),
        rak.FunctionCall("1", "f", {"a": 1}),
        rak.FunctionResponse("1", "f", {"b": [2]}, failed=True),
        rak.Custom("x", {"c": None}),
    )


@behaviour
def events(cx: rak.Context, argument: str, input: rak.Content) -> str:
    number = cx.events.emit(
        [
            rak.Content.model("one"),
            rak.Progress("half", 1, 2),
            rak.Custom("note", {"k": "v"}),
            rak.ThoughtDelta("hm"),
            rak.TextDelta("two"),
        ]
    )
    return str(number)


@behaviour
def progress(cx: rak.Context, argument: str, input: rak.Content) -> str:
    cx.events.progress("no numbers")
    return "done"


@behaviour
def outcome(cx: rak.Context, argument: str, input: rak.Content) -> rak.Outcome:
    return rak.Outcome.text("done", escalate=True, transfer_to="other", extra={"n": 1})


@behaviour
def bytes_(cx: rak.Context, count: str, input: rak.Content) -> str:
    return "x" * int(count)


@behaviour
def text_size(cx: rak.Context, argument: str, input: rak.Content) -> str:
    match input.parts[1:2]:
        case [rak.Text(text)]:
            return str(len(text.encode()))
    raise rak.Failure.invalid_argument("the second part is not a text")


@behaviour
def data_size(cx: rak.Context, argument: str, input: rak.Content) -> str:
    match input.parts[1:2]:
        case [rak.Blob(_, data)]:
            return str(len(data))
    raise rak.Failure.invalid_argument("the second part is not inline data")


# Failing


@behaviour
def fail(cx: rak.Context, kind: str, input: rak.Content) -> NoReturn:
    raise rak.Failure(kind, "failed as asked", code="E_ASKED", retry_after=1.5, details={"asked": True})


@behaviour
def throw(cx: rak.Context, text: str, input: rak.Content) -> NoReturn:
    thrower(text)


def thrower(text: str) -> NoReturn:
    raise RuntimeError(text)


@behaviour
def overflow(cx: rak.Context, argument: str, input: rak.Content) -> int:
    return deeper(0)


def deeper(depth: int) -> int:
    return deeper(depth + 1) + 1


@behaviour
def memory(cx: rak.Context, argument: str, input: rak.Content) -> NoReturn:
    kept = []
    while True:
        kept.append(bytearray(b"x" * (1 << 20)))


@behaviour
def output(cx: rak.Context, argument: str, input: rak.Content) -> NoReturn:
    while True:
        print("a line of the output")


# Session


@behaviour
def set_(cx: rak.Context, argument: str, input: rak.Content) -> str:
    key, _, value = argument.partition(" ")
    cx.session.set(key, json.loads(value))
    return "set"


@behaviour
def get(cx: rak.Context, key: str, input: rak.Content) -> str:
    value = cx.session.get(key)
    return "none" if value is None else compact(value)


@behaviour
def remove(cx: rak.Context, key: str, input: rak.Content) -> str:
    cx.session.remove(key)
    return "removed"


@behaviour
def keys(cx: rak.Context, prefix: str, input: rak.Content) -> str:
    return ",".join(cx.session.keys(prefix))


@behaviour
def history(cx: rak.Context, count: str, input: rak.Content) -> str:
    return lines(cx.session.history(int(count)).entries)


@behaviour
def pages(cx: rak.Context, count: str, input: rak.Content) -> str:
    newest_first = list(cx.session.pages(int(count)))
    return lines([entry for page in reversed(newest_first) for entry in page.entries])


def lines(entries: list[rak.Entry]) -> str:
    return "\n".join(f"{entry.author}: {entry.content.text}" for entry in entries)


# Context


@behaviour
def context(cx: rak.Context, argument: str, input: rak.Content) -> dict[str, object]:
    info = cx.info
    return {
        "invocationId": info.invocation_id,
        "sessionId": info.session_id,
        "userId": info.user_id,
        "agent": info.agent,
        "agentVersion": info.agent_version,
        "attempt": info.attempt,
    }


@behaviour
def config(cx: rak.Context, key: str, input: rak.Content) -> str:
    value = cx.config(key)
    return "none" if value is None else compact(value)


@behaviour
def config_keys(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return ",".join(cx.config_keys())


@behaviour
def remaining(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return "none" if cx.remaining() is None else "some"


# Waiting and stopping


@behaviour
def sleep(cx: rak.Context, ms: str, input: rak.Content) -> str:
    cx.sleep(int(ms) / 1000)
    return "slept"


@behaviour
def any_(cx: rak.Context, argument: str, input: rak.Content) -> str:
    timers = [cx.timer(seconds) for seconds in (HOUR, 0.005, HOUR)]
    return ",".join(str(index) for index in cx.wait_any(timers))


@behaviour
def timeout(cx: rak.Context, argument: str, input: rak.Content) -> str:
    with cx.timer(HOUR) as timer:
        ready = cx.wait_any([timer], timeout=0.005)
    return ",".join(str(index) for index in ready) or "none"


@behaviour
def block(cx: rak.Context, argument: str, input: rak.Content) -> str:
    timer = cx.timer(0.005)
    timer.block()
    return "ready" if timer.ready() else "not ready"


@behaviour
def loop(cx: rak.Context, argument: str, input: rak.Content) -> NoReturn:
    cx.events.progress("looping")
    number = 0
    while True:
        number = (number * 31 + 7) % 1_000_003


@behaviour
def wait(cx: rak.Context, argument: str, input: rak.Content) -> str:
    cx.events.progress("waiting")
    cx.sleep(HOUR)
    cx.check_cancelled()
    return "slept"


@behaviour
def poll(cx: rak.Context, argument: str, input: rak.Content) -> NoReturn:
    cx.events.progress("polling")
    while True:
        cx.sleep(0.001)
        cx.check_cancelled()


# People


def asking(argument: str) -> tuple[float | None, Any]:
    """When a question expires, and what it is about."""
    ms, _, value = argument.partition(" ")
    return int(ms) / 1000 or None, json.loads(value)


@behaviour
def approve(cx: rak.Context, argument: str, input: rak.Content) -> dict[str, Any]:
    expires, details = asking(argument)
    decision = cx.people.approve("Do it?", details, expires=expires)
    return {
        "approved": decision.approved,
        "by": decision.by,
        "reason": decision.reason,
        "edited": decision.edited,
    }


@behaviour
def ask(cx: rak.Context, argument: str, input: rak.Content) -> str:
    expires, schema = asking(argument)
    return compact(cx.people.ask("Well?", schema, expires=expires))


@behaviour
def message(cx: rak.Context, ms: str, input: rak.Content) -> str:
    said = cx.people.next_message(None if ms == "ever" else int(ms) / 1000)
    text = first_text(said)
    return "none" if text is None else text


@behaviour
def expired(cx: rak.Context, argument: str, input: rak.Content) -> str:
    try:
        return compact(cx.people.ask("Well?", {}, expires=0.001))
    except rak.Failure as failure:
        return f"{failure.kind} {failure.code}"


# Other agents


def first_word(argument: str) -> tuple[str, str]:
    """The first word, and what follows it."""
    word, _, rest = argument.partition(" ")
    return word, rest


def first_text(content: rak.Content | None) -> str | None:
    """The text of the first part."""
    match content and content.parts[:1]:
        case [rak.Text(text)]:
            return text
    return None


def failure_of(call: Callable[[], object]) -> str:
    """The kind and the code of what the call fails with."""
    try:
        call()
    except rak.Failure as failure:
        return f"{failure.kind} {failure.code or '-'}"
    return "no failure"


@behaviour
def agents(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return ",".join(agent.name for agent in cx.agents.available())


@behaviour
def call(cx: rak.Context, argument: str, input: rak.Content) -> dict[str, Any]:
    agent, text = first_word(argument)
    reply = cx.agents.call(agent, text, relay=True)
    return {
        "answer": first_text(reply.content),
        "escalate": reply.escalate,
        "transferTo": reply.transfer_to,
        "extra": reply.extra,
    }


@behaviour
def call_in(cx: rak.Context, argument: str, input: rak.Content) -> str:
    session, rest = first_word(argument)
    agent, text = first_word(rest)
    return cx.agents.call(agent, text, session=session).text


@behaviour
def call_fails(cx: rak.Context, argument: str, input: rak.Content) -> str:
    ms, rest = first_word(argument)
    agent, text = first_word(rest)
    return failure_of(lambda: cx.agents.call(agent, text, timeout=int(ms) / 1000 or None))


@behaviour
def fan(cx: rak.Context, argument: str, input: rak.Content) -> str:
    agent, text = first_word(argument)
    children = [cx.agents.start(agent, f"{text} {number}") for number in (1, 2, 3)]
    return ",".join(child.finish().text for child in children)


@behaviour
def race(cx: rak.Context, agent: str, input: rak.Content) -> str:
    children = [cx.agents.start(agent, text) for text in ("sleep 3600000", "sleep 1")]
    first, *_ = cx.wait_any(children)
    children[0].cancel()
    return f"{first} {children[first].finish().text}"


@behaviour
def drop(cx: rak.Context, agent: str, input: rak.Content) -> str:
    with cx.agents.start(agent, "sleep 3600000") as child:
        return child.invocation_id


@behaviour
def detach(cx: rak.Context, argument: str, input: rak.Content) -> str:
    agent, text = first_word(argument)
    return cx.agents.start(agent, text, detached=True).invocation_id


# Tools


def asked_of(argument: str) -> rak.FunctionCall:
    """The call of a tool."""
    name, args = first_word(argument)
    return rak.FunctionCall("1", name, json.loads(args))


def told(answer: rak.FunctionResponse | rak.Failure) -> dict[str, Any]:
    """What a tool answered."""
    if isinstance(answer, rak.Failure):
        raise answer
    return {"response": answer.response, "failed": answer.failed}


@behaviour
def tools(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return ",".join(tool.name for tool in cx.tools.available())


@behaviour
def hints(cx: rak.Context, name: str, input: rak.Content) -> str:
    [tool] = [tool for tool in cx.tools.available() if tool.name == name]
    hinted = [hint.name for hint in fields(tool.hints) if getattr(tool.hints, hint.name)]
    return ",".join(hinted).replace("_", "-")


@behaviour
def tool(cx: rak.Context, argument: str, input: rak.Content) -> dict[str, Any]:
    return told(cx.tools.call(asked_of(argument)))


@behaviour
def tool_fails(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return failure_of(lambda: cx.tools.call(asked_of(argument)))


@behaviour
def tool_all(cx: rak.Context, argument: str, input: rak.Content) -> list[dict[str, Any]]:
    return [told(answer) for answer in cx.tools.call_all([asked_of(argument)] * 3)]


@behaviour
def tool_start(cx: rak.Context, argument: str, input: rak.Content) -> dict[str, Any]:
    with cx.tools.start(asked_of(argument)) as running:
        cx.wait_any([running])
        return told(running.finish())


# Models

ADD = rak.Tool("add", "Adds.", {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}})


def alias(name: str) -> str | None:
    """The model that is meant: `-` is the default."""
    return None if name == "-" else name


@behaviour
def models(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return ",".join(model.name for model in cx.models.available())


@behaviour
def complete(cx: rak.Context, argument: str, input: rak.Content) -> dict[str, Any]:
    model, text = first_word(argument)
    response = cx.models.complete(text, model=alias(model))
    return {
        "text": response.text,
        "finish": response.finish,
        "input": response.usage.input_tokens,
        "output": response.usage.output_tokens,
    }


@behaviour
def relay(cx: rak.Context, text: str, input: rak.Content) -> str:
    return cx.models.complete(text, relay="all").text


@behaviour
def deltas(cx: rak.Context, text: str, input: rak.Content) -> rak.Stream:
    with cx.models.open(text) as completion:
        for delta in completion:
            if isinstance(delta, rak.TextDelta | rak.ThoughtDelta):
                yield delta
        return completion.finish().text


@behaviour
def drop_model(cx: rak.Context, text: str, input: rak.Content) -> str:
    with cx.models.open(text):
        return "dropped"


@behaviour
def function(cx: rak.Context, argument: str, input: rak.Content) -> str:
    said = [rak.Content.user("add, please")]
    first = cx.models.complete(said, model="caller", tools=[ADD])
    [call] = first.function_calls
    response = rak.FunctionResponse(call.id, call.name, {"sum": 3})
    said += [first.content, rak.Content(rak.Role.FUNCTION, [response])]
    return f"{compact(call.args)} {cx.models.complete(said, model='caller', tools=[ADD]).text}"


@behaviour
def structured(cx: rak.Context, text: str, input: rak.Content) -> str:
    schema = {"type": "object", "required": ["mood"]}
    return compact(cx.models.complete(text, response_schema=schema).json())


@behaviour
def model_fails(cx: rak.Context, argument: str, input: rak.Content) -> str:
    model, text = first_word(argument)
    return failure_of(lambda: cx.models.complete(text, model=alias(model)))


@behaviour
def embed(cx: rak.Context, text: str, input: rak.Content) -> str:
    first, second = cx.models.embed([text, ""]).vectors
    return f"{len(first)},{len(second)},{first[0]:g}"


# HTTP


def shown(response: rak.HttpResponse) -> str:
    """The status, a space, and the text of the body."""
    return f"{response.status} {response.text}"


@behaviour
def http(cx: rak.Context, argument: str, input: rak.Content) -> str:
    method, url = first_word(argument)
    return shown(cx.http.fetch(url, method))


@behaviour
def http_send(cx: rak.Context, argument: str, input: rak.Content) -> str:
    url, text = first_word(argument)
    return shown(cx.http.post(url, headers={"X-Sent": "1"}, body=text))


@behaviour
def http_header(cx: rak.Context, url: str, input: rak.Content) -> str:
    return cx.http.get(url).headers["X-Kind"]


@behaviour
def http_stays(cx: rak.Context, url: str, input: rak.Content) -> str:
    response = cx.http.get(url, follow_redirects=False)
    return f"{response.status} {json.dumps('location' in response.headers)}"


@behaviour
def http_secret(cx: rak.Context, url: str, input: rak.Content) -> str:
    return shown(cx.http.get(url, credential="sesame"))


@behaviour
def http_stream(cx: rak.Context, url: str, input: rak.Content) -> rak.Stream:
    with cx.http.open(url) as exchange:
        texts = []
        for text in exchange.texts():
            yield text
            texts.append(text)
        return f"{exchange.head().status} {''.join(texts)}"


@behaviour
def http_two(cx: rak.Context, argument: str, input: rak.Content) -> str:
    with cx.http.open(first_word(argument)[0]) as one, cx.http.open(first_word(argument)[1]) as other:
        return ",".join("".join(exchange.texts()) for exchange in (one, other))


@behaviour
def http_drop(cx: rak.Context, url: str, input: rak.Content) -> str:
    with cx.http.open(url):
        return "dropped"


@behaviour
def http_fails(cx: rak.Context, argument: str, input: rak.Content) -> str:
    method, url = first_word(argument)
    return failure_of(lambda: cx.http.fetch(url, method))


# Artifacts


def loaded(blob: rak.Blob | None) -> str:
    """The type of what was loaded, a space, and its text."""
    return "none" if blob is None else f"{blob.mime_type} {blob.text}"


@behaviour
def artifact(cx: rak.Context, text: str, input: rak.Content) -> str:
    return str(cx.artifacts.save("notes/today.txt", text, "text/plain"))


@behaviour
def artifact_load(cx: rak.Context, name: str, input: rak.Content) -> str:
    return loaded(cx.artifacts.load(name))


@behaviour
def artifact_version(cx: rak.Context, argument: str, input: rak.Content) -> str:
    name, version = first_word(argument)
    return loaded(cx.artifacts.load(name, int(version)))


@behaviour
def artifact_bytes(cx: rak.Context, argument: str, input: rak.Content) -> str:
    cx.artifacts.save("user:raw.bin", bytes([0x00, 0x01, 0xFE, 0xFF]))
    blob = cx.artifacts.load("user:raw.bin")
    return blob.data.hex() if blob else "none"


@behaviour
def artifact_pieces(cx: rak.Context, argument: str, input: rak.Content) -> str:
    cx.artifacts.save("long.txt", "one two three", "text/plain")
    with cx.artifacts.open("long.txt", buffering=5) as file:
        return "|".join(piece.decode() for piece in iter(lambda: file.read(5), b""))


@behaviour
def artifacts(cx: rak.Context, prefix: str, input: rak.Content) -> str:
    return ",".join(f"{info.name}@{info.version}:{info.size}" for info in cx.artifacts.list(prefix))


@behaviour
def artifact_versions(cx: rak.Context, name: str, input: rak.Content) -> str:
    return ",".join(str(info.version) for info in cx.artifacts.versions(name))


@behaviour
def artifact_remove(cx: rak.Context, name: str, input: rak.Content) -> str:
    return json.dumps(cx.artifacts.remove(name))


@behaviour
def artifact_fails(cx: rak.Context, name: str, input: rak.Content) -> str:
    return failure_of(lambda: cx.artifacts.save(name, "x", "text/plain"))


# The language's own


@behaviour
def log(cx: rak.Context, argument: str, input: rak.Content) -> str:
    for level in rak.Level:
        cx.log.write(level, f"line {level}", k="v")
    return "logged"


@behaviour
def print_(cx: rak.Context, text: str, input: rak.Content) -> str:
    print(text)
    return "printed"


@behaviour
def time_(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return str(time.time_ns() // 1_000_000)


@behaviour
def random(cx: rak.Context, argument: str, input: rak.Content) -> str:
    return secrets.token_hex(16)
