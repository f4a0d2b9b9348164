"""For which turns a process listens: a turn has a listener only if that process can take it.

What a process listens for is a few short words, its ears. What a turn needs is a few ears, too: one of them must be
the same. So the engines compare words and know no rules.
"""

from __future__ import annotations

import zlib

from ..checks import ANYONE

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .rows import Quest, Turn
    from .wanted import Wanted

_ALL_TREES = "all"
_FOR_ANYONE = "any-"
_MOST_LED = 10  # an ear is a part of the name of a file


def of_worker(wanted: Wanted) -> tuple[str, ...]:
    """Return the ears of a worker."""
    if wanted.turn is not None:
        return (_turn(wanted.turn),)
    if wanted.quest is not None:
        places = [_quest(wanted.quest)]
    else:
        places = [_tree(None), _tree(wanted.tree) if wanted.tree is not None else _ALL_TREES]
    return (*places, *(_FOR_ANYONE + place for place in places if wanted.any_worker))


def of_leader(quests: Iterable[int]) -> tuple[str, ...]:
    """Return the ears of a leader, for its newest quests."""
    return tuple(_led(quest) for quest in sorted(quests)[-_MOST_LED:])


def for_turn(quest: Quest, turn: Turn) -> tuple[str, ...]:
    """Return the ears that hear of a turn."""
    prefix = _FOR_ANYONE if turn.assignee == ANYONE else ""
    return (_turn(turn.id), *(prefix + place for place in _places(quest)))


def for_worker(quest: Quest, turns: Iterable[Turn]) -> tuple[str, ...]:
    """Return the ears of a worker who waits for any of the turns of a quest, or for one that is still to come."""
    return (*_places(quest), *(_turn(turn.id) for turn in turns))


def for_leader(quest: Quest) -> tuple[str, ...]:
    """Return the ears of a leader who waits for news of a quest."""
    return (_led(quest.id),)


def _places(quest: Quest) -> Iterator[str]:
    yield from (_quest(quest.id), _tree(quest.tree), _ALL_TREES)


def _turn(number: int) -> str:
    return f"turn{number}"


def _quest(number: int) -> str:
    return f"quest{number}"


def _led(number: int) -> str:
    return f"lead{number}"


def _tree(tree: str | None) -> str:
    """Return the ear for the quests of a working tree; None is for the quests of all trees."""
    return "tree" if tree is None else f"tree{zlib.crc32(tree.encode('utf-8', 'surrogateescape')):x}"
