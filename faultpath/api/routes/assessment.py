"""What is broken and whom it hurts: now, or at a past time."""

from __future__ import annotations

import asyncio
from datetime import datetime

from fastapi import APIRouter, Depends

from faultpath.access.model import READ
from faultpath.api.deps import Api, AtMoment, require
from faultpath.api.routes.what_if import MOST_NAMED, OutcomeOut, outcome_out
from faultpath.api.shapes import CiRef, HealthWord, Names, Shape, word_of
from faultpath.stakes import slas
from impact.whatif import Scenario, try_out

router = APIRouter(tags=["graph"], dependencies=[Depends(require(READ))])


class FaultOut(Shape):
    """A CI that is not ok by itself."""

    ci: CiRef
    health: HealthWord


class AssessmentOut(Shape):
    """What was broken and whom it hurt. ``faults`` ends at 1,000, the worst first; ``broken`` counts them all.

    ``faults_known`` is false where the hub does not remember so far back; then nothing is counted as broken.
    """

    at: datetime
    revision: int
    faults_known: bool
    broken: int
    faults: list[FaultOut]
    outcome: OutcomeOut


@router.get("/assessment")
async def get_assessment(api: Api, moment: AtMoment) -> AssessmentOut:
    """What is broken, and which services, groups and people it hurts. ``?at=`` asks it of a past time.

    A past time is answered with the graph of then and with what the hub's last decision until then said was broken.
    """
    found = await asyncio.to_thread(try_out, moment.graph, moment.own, Scenario())
    hit = [one.ci_id for one in found.services]
    stakes = await asyncio.to_thread(slas, api.ledger, moment.view, hit, moment.at)
    names = Names(moment.view)
    broken = sorted(moment.faults.items(), key=lambda item: (-item[1], item[0]))
    return AssessmentOut(
        at=moment.at,
        revision=moment.view.revision,
        faults_known=moment.faults_known,
        broken=len(broken),
        faults=[FaultOut(ci=names.ref(ci_id), health=word_of(health)) for ci_id, health in broken[:MOST_NAMED]],
        outcome=outcome_out(found, stakes, names),
    )
