"""`recap`: takes notes, and says what the session was about. How the history is read, in pages and with progress.

Send whatever is to be noted, then `recap`; or `recap 20`, for the newest 20 messages.
"""

import re
from collections.abc import Iterator
from itertools import islice

import rak
from summary import Message, Summary

# Messages a page: one call to the host each, and what is held of the history at a time.
PAGE = 100
# `recap`, or `recap` and one more word. A sentence that begins with it is a note like any other.
COMMAND = re.compile(r"\s*recap(?:\s+(\S+))?\s*", re.IGNORECASE)
# How many messages that may be.
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
# How many characters the report shows of the longest message.
EXCERPT = 120


@rak.agent(
    skills=[
        rak.Skill(
            "recap",
            "Recap the session",
            description="Says who spoke, how much, mostly about what, and which message was the longest.",
            tags=["demo", "history"],
            examples=["recap", "recap 20"],
        ),
        rak.Skill(
            "note",
            "Take a note",
            description="Keeps whatever else is said for the next recap.",
            examples=["The meeting begins at noon."],
        ),
    ]
)
def run(cx: rak.Context, message: str) -> rak.Stream:
    command = COMMAND.fullmatch(message)
    if command is None:
        # What is said is in the history already, so there is nothing to keep here.
        return f"Noted: {_counted(Message('user', message).words, 'word')}. Send `recap` to hear what this was about."
    limit = _limit(command[1])
    summary = Summary()
    for page in cx.session.pages(PAGE):
        for said in islice(_notes(page, cx.info.agent), None if limit is None else limit - summary.messages):
            summary.add(said)
        # The newest page comes first, and how many there are nobody knows before the last.
        yield rak.Progress(f"{_counted(summary.messages, 'message')} read", summary.messages, limit)
        if summary.messages == limit:
            break
    report = list(_report(summary))
    yield from report
    return "".join(report)


def _limit(argument: str | None) -> int | None:
    """How many messages are asked for; `None` for all of them."""
    if argument is None:
        return None
    if not NUMBER.fullmatch(argument):
        raise rak.Failure.invalid_argument("send `recap`, or `recap 20` for the newest 20 messages")
    return int(argument)


def _notes(page: rak.Page, own_name: str) -> Iterator[Message]:
    """What was said on a page, newest first: neither what this agent says, nor what only asks it for a recap."""
    for entry in reversed(page.entries):
        text = entry.content.text
        if entry.author != own_name and text and not COMMAND.fullmatch(text):
            yield Message(entry.author, text)


def _report(summary: Summary) -> Iterator[str]:
    """The report, a line at a time."""
    longest = summary.longest
    if longest is None:
        yield "There is nothing to recap yet."
        return
    speakers = summary.speakers()
    yield (
        f"{_counted(summary.messages, 'message')} by {_counted(len(speakers), 'speaker')}, "
        f"{_counted(summary.words, 'word')} in all.\n"
    )
    for speaker in speakers:
        yield f"- {speaker.name}: {_counted(speaker.messages, 'message')}, {_counted(speaker.words, 'word')}\n"
    topics = ", ".join(f"{word} ({count})" for word, count in summary.topics())
    if topics:
        yield f"Mostly about: {topics}.\n"
    yield f"The longest is by {longest.author}, of {_counted(longest.words, 'word')}: “{_excerpt(longest.text)}”"


def _excerpt(text: str) -> str:
    """The beginning of a text, on one line and cut between words where there are any."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    return (line[:EXCERPT].rpartition(" ")[0] or line[:EXCERPT]) + " …"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
