"""What a conversation comes to: numbers that take the same memory however long it is."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

# A word: letters, with an apostrophe or hyphen inside.
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Words of fewer letters say little about what a conversation is about.
_SHORTEST = 4
# The different words that are counted, at most. The rarest are forgotten beyond that, which nobody sees in the most used.
_MOST_WORDS = 20_000
# Longer words of English that say as little as the short ones.
_COMMON = frozenset(
    """
    about above after again against also although always among another anything around away back because been before
    being below between both came cannot come comes could does doesn't doing don't done down during each else enough even
    ever every everything from gets give goes going good have having hello here hers herself himself however into isn't
    it's itself just know later least less like made make makes many maybe might mine more most much must myself need
    never next nothing often once only other others ought ours ourselves over please quite rather really said same says
    should since some something soon still such sure take takes than thank thanks that that's their theirs them
    themselves then there there's these they they're thing things think this those through thus today together tomorrow
    under until upon very want wants well went were what what's when where whether which while whom whose will with
    within without won't would yesterday your yours yourself
    """.split()
)


@dataclass(frozen=True)
class Message:
    """Something that was said."""

    author: str
    text: str

    @cached_property
    def words(self) -> int:
        """How many pieces spaces make of it."""
        return len(self.text.split())


@dataclass(frozen=True)
class Speaker:
    """What somebody said in all."""

    name: str
    messages: int
    words: int


class Summary:
    """What was said, counted. Messages are added newest first."""

    def __init__(self) -> None:
        self.messages = 0
        self.words = 0
        self.longest: Message | None = None
        """The message of the most words; the newest of them where there are several."""
        self._messages_by: Counter[str] = Counter()
        self._words_by: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()

    def add(self, message: Message) -> None:
        self.messages += 1
        self.words += message.words
        self._messages_by[message.author] += 1
        self._words_by[message.author] += message.words
        if self.longest is None or message.words > self.longest.words:
            self.longest = message
        self._uses.update(word for word in map(str.lower, _WORD.findall(message.text)) if _is_significant(word))
        if len(self._uses) > _MOST_WORDS:
            self._uses = Counter(dict(self._uses.most_common(_MOST_WORDS // 2)))

    def speakers(self) -> list[Speaker]:
        """Everybody who spoke, whoever said the most first."""
        speakers = [Speaker(name, count, self._words_by[name]) for name, count in self._messages_by.items()]
        return sorted(speakers, key=lambda speaker: (-speaker.words, speaker.name))

    def topics(self, count: int = 5) -> list[tuple[str, int]]:
        """The significant words that were used most, and how often; at most `count` of them."""
        return sorted(self._uses.items(), key=lambda use: (-use[1], use[0]))[:count]


def _is_significant(word: str) -> bool:
    return len(word) >= _SHORTEST and word.replace("’", "'") not in _COMMON
