"""How the commands print the business side: what is hit, who is hurt, whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from faultpath.cli.output import console, health, name_of, print_table, say

HIT_COLUMNS = ("what", "name", "tier", "state", "path")
ROLES = {"on_call": "on call", "service_owner": "owner", "department_head": "head", "user": "user"}
Row: TypeAlias = tuple[str, str, int | None, str, str]
STATES = {"down": "cannot work", "degraded": "limited"}
MOST_SHOWN = 50


def hit_rows(found: Mapping[str, Any]) -> Iterable[Row]:
    """Services, offerings and groups of an answer, each with its path; an offering that stands among services once."""
    named = {one["service"]["id"] for one in found["services"]}
    for one in found["services"]:
        yield "service", name_of(one["service"]), one["tier"], one["state"], way(one["path"])
    for one in found["offerings"]:
        if one["offering"]["id"] not in named:
            yield "offering", name_of(one["offering"]), one["tier"], one["state"], way(one["path"])
    for one in found["groups"]:
        yield str(one["group"]["cls"] or "group").lower(), name_of(one["group"]), None, one["state"], way(one["path"])


def way(path: Iterable[Mapping[str, Any]]) -> str:
    return " → ".join(map(name_of, path))


def print_hurt(found: Mapping[str, Any]) -> None:
    """Lines for who is known as a number only, and for VIPs; none where there is nothing to say."""
    if estimate := found["estimate"]:
        counts = f"{estimate['cannot_work']} cannot work, {estimate['limited']} limited, of {estimate['total']}"
        say(f"beside them, known as a number only: {counts}")
    if found["vips"]:
        say("VIPs: " + ", ".join(f"{name_of(one['person'])} ({STATES[one['state']]})" for one in found["vips"]))


def print_stakes(found: Mapping[str, Any]) -> None:
    """Lines for what it costs by the minute, and for the minutes of downtime that are left to services."""
    for cost in found["costs"]:
        spent = f", {cost['so_far']:,.2f} so far" if "so_far" in cost else ""
        say(f"cost: {cost['per_minute']:,.2f} {cost['currency'] or '(no currency)'} a minute{spent}")
    for one in found["services"]:
        if sla := one["sla"]:
            left = f"{sla['left_minutes']:g} of {sla['allowed_minutes']:g} minutes of downtime left in {sla['month']}"
            say(f"{name_of(one['service'])}: {left}")


def print_stakeholders(found: Mapping[str, Any]) -> None:
    """Who would be told, the highest roles first."""
    shown = found["stakeholders"][:MOST_SHOWN]
    if not shown:
        return
    console.rule("whom it concerns", align="left", style="dim")
    rows = ((name_of(one["person"]), ROLES[one["role"]], health(one["state"]), way(one["path"])) for one in shown)
    print_table(("person", "role", "state", "path"), rows, "")
    if len(found["stakeholders"]) > len(shown):
        say(f"and more: {found['concerned']} people in all (--json lists up to 1,000)")
