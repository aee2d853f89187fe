"""Which id of one recording means what which id of the other means, and how ids are told to people.

Law: every id has one counterpart at most, in both directions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rtcli.script.account import Told
from rtcli.script.alignment import Pair
from rtcli.script.normal import OWN, Named, marked

_Name = tuple[str, str]
"""Kind and name."""


class Counterparts:
    """What stands for what: the first place where two ids meet decides."""

    def __init__(self) -> None:
        self._of_a: dict[_Name, _Name] = {}
        self._of_b: dict[_Name, _Name] = {}

    def learn(self, pairs: Iterable[Pair[Told]]) -> None:
        """Look at all pairs of events: the server names what there is before the client refers to it."""
        both = [(a, b) for a, b in pairs if a is not None and b is not None]
        for a, b in both:
            self._meet((one, other) for one, other in _beside(a, b) if one.path == OWN)
        for sender in ("server", "client", None):
            for a, b in both:
                if a.sender == sender:
                    self._meet(_beside(a, b))

    def mismatches(self, a: Told, b: Told) -> Iterator[tuple[Named, Named]]:
        """The ids of two events that do not mean the same."""
        for one, other in _beside(a, b):
            if one.path != OWN and self._of_a.get((one.kind, one.name)) != (other.kind, other.name):
                yield one, other

    def _meet(self, pairs: Iterable[tuple[Named, Named]]) -> None:
        for one, other in pairs:
            a, b = (one.kind, one.name), (other.kind, other.name)
            if a not in self._of_a and b not in self._of_b:
                self._of_a[a], self._of_b[b] = b, a


def _beside(a: Told, b: Told) -> Iterator[tuple[Named, Named]]:
    """The ids that stand at the same place in both, and name the same kind of thing."""
    there = {(one.path, one.kind): one for one in b.ids}
    for one in a.ids:
        other = there.get((one.path, one.kind))
        if other is not None:
            yield one, other


class Labels:
    """The ids of a recording by the order in which they first appear: ``item 2``."""

    def __init__(self, told: Iterable[Told]) -> None:
        self._labels: dict[_Name, str] = {}
        counts: Counter[str] = Counter()
        for event in told:
            for one in event.ids:
                if (one.kind, one.name) not in self._labels:
                    counts[one.kind] += 1
                    self._labels[one.kind, one.name] = f"{one.kind} {counts[one.kind]}"

    def of(self, one: Named) -> str:
        """The label of an id."""
        return self._labels[one.kind, one.name]

    def by_path(self, told: Told) -> dict[str, str]:
        """The labels of the ids of an event, by where they stand."""
        return {one.path: self.of(one) for one in told.ids}

    def shown(self, value: Any, path: str, labels: Mapping[str, str]) -> Any:
        """A value of the event with the labels where ids stood."""
        if isinstance(value, dict):
            return {name: self.shown(one, f"{path}.{name}", labels) for name, one in value.items()}
        if isinstance(value, list):
            return [self.shown(one, f"{path}[{index}]", labels) for index, one in enumerate(value)]
        label = labels.get(path)
        return label if label is not None and value == marked(label.rpartition(" ")[0]) else value
