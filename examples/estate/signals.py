"""What reaches a hub: who answers, whose port is down, what is posted and reported, in a given state of the estate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from examples.estate.model import Estate, FaultCode
from examples.estate.physics import Posted, State, link_up, posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a hub can know of a state, each by key.

    ``silent``: devices that answered before and no longer do (SNMP), or whose session ended (MQTT last will).
    ``answering``: devices that answer or report. ``ports_down``: (device, link) as read from that device.
    """

    silent: frozenset[str]
    answering: frozenset[str]
    ports_down: frozenset[tuple[str, str]]
    on_battery: frozenset[str]
    codes: tuple[tuple[str, FaultCode], ...]
    posted: tuple[Posted, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing says that anything is wrong."""
        return not (self.silent or self.ports_down or self.on_battery or self.codes or self.posted)


def signals_of(estate: Estate, state: State) -> Signals:
    """What the estate sends in ``state``, to a hub that knew it when nothing was broken."""
    speakers = {device.key for device in estate.devices if device.mgmt or device.iot}
    answering = state.answering | state.publishing
    return Signals(
        silent=frozenset(speakers - answering),
        answering=answering,
        ports_down=frozenset(_ports_read_down(estate, state)),
        on_battery=state.broken.on_battery & state.answering,
        codes=tuple(_codes_sent(estate, state)),
        posted=posted(estate, state),
    )


def _ports_read_down(estate: Estate, state: State) -> Iterator[tuple[str, str]]:
    for link in estate.links:
        if not link_up(estate, state, link.key):
            yield from ((end.device, link.key) for end in link.ends if end.device in state.answering)


def _codes_sent(estate: Estate, state: State) -> Iterator[tuple[str, FaultCode]]:
    for device, word in sorted(state.broken.codes):
        if device in state.publishing:
            codes = estate.fault_model[estate.device[device].model].codes
            yield device, next(code for code in codes if code.code == word)
