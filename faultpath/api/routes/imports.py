"""Importing a service model."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from cmdb.reconcile import RunResult
from faultpath.access.model import WRITE, Principal
from faultpath.api.deps import Api, require
from faultpath.api.problems import FieldError, ProblemError
from faultpath.api.shapes import Shape
from ledger.audit import record

router = APIRouter(tags=["graph"])
MAX_NOTES = 200


class ClassCount(Shape):
    """How many CIs of one class a run touched."""

    cls: str
    created: int
    updated: int
    removed: int


class RunOut(Shape):
    """What a run did to the graph, or would do. ``notes`` say what was not taken, and why; 200 at most."""

    applied: bool
    revision: int
    created: int
    updated: int
    removed: int
    unchanged: int
    relations_put: int
    relations_removed: int
    parked: int
    contested: int
    findings: int
    classes: list[ClassCount]
    notes: list[str]


@router.post("/import", responses={409: {}, 413: {}})
async def import_model(
    api: Api,
    who: Annotated[Principal, Depends(require(WRITE))],
    *,
    model: Annotated[bytes, Body(media_type="application/yaml", description="the model file (YAML)")],
    file: Annotated[str, Query(max_length=200, description="the file's name, for messages")] = "model.yaml",
    dry_run: Annotated[bool, Query(description="say what would change, and change nothing")] = False,
    agree_vanishing: Annotated[
        bool, Query(description="go on although a large share of what the source used to name is gone")
    ] = False,
) -> RunOut:
    """Take a service model into the graph. 422 names each mistake with its line."""
    done = await api.importer.import_model(model, file=file, dry_run=dry_run, vanishing_agreed=agree_vanishing)
    if done.result is None:
        wrong = [
            FieldError(field=f"{one.file}:{one.line}: {one.field}", message=f"{one.problem}; {one.remedy}")
            for one in done.model.problems
        ]
        count = f"{len(wrong)} mistakes" if len(wrong) > 1 else "one mistake"
        count += " at least" if done.model.more else ""
        raise ProblemError(422, "model", f"{file} has {count}; nothing was imported", errors=wrong)
    _refuse_vanished(done.result)
    if done.result.applied:
        with api.ledger.begin() as connection:
            after = {"source": done.model.source, "file": file, "revision": done.result.revision}
            record(connection, who.did("import", done.model.source, after=after), at=api.clock.now())
        await api.hub.graph_changed()
    return run_out(done.result)


def _refuse_vanished(result: RunResult) -> None:
    if (gone := result.vanished) is None:
        return
    some = ", ".join(gone.names[:5])
    raise ProblemError(
        409,
        "vanished",
        f"{gone.missing} of {gone.known} things that this source named before are gone: {some}, …",
        remedy="check the file; if it is meant, post it again with agree_vanishing=true",
    )


def run_out(result: RunResult) -> RunOut:
    """A run's result as the API gives it."""
    notes = [
        *(f"{one.native_key}: parked ({one.code.replace('_', ' ')})" for one in result.parked),
        *(
            f"{one.claim.kind} {one.claim.value}: claimed by {one.holder[1]} and by {one.other[1]}"
            for one in result.contested
        ),
        *(
            f"{one.native_key}: {one.code.replace('_', ' ')} "
            + ", ".join(f"{name} {value}" for name, value in sorted(one.args.items()))
            for one in result.findings
        ),
    ]
    return RunOut(
        applied=result.applied,
        revision=result.revision,
        created=len(result.created),
        updated=len(result.updated),
        removed=len(result.removed),
        unchanged=result.unchanged,
        relations_put=result.relations_put,
        relations_removed=result.relations_removed,
        parked=len(result.parked),
        contested=len(result.contested),
        findings=len(result.findings),
        classes=[
            ClassCount(cls=cls, created=created, updated=updated, removed=removed)
            for cls, (created, updated, removed) in result.by_class().items()
        ],
        notes=notes[:MAX_NOTES],
    )
