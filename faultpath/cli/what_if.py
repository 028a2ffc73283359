"""``faultpath whatif``, ``spof`` and ``rank``: what a change would do, what a service hangs by, what matters most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer

from faultpath.cli.business import print_hurt, print_stakeholders, print_stakes
from faultpath.cli.client import connect
from faultpath.cli.graph import the_ci
from faultpath.cli.output import (
    AsCsv,
    AsJson,
    At,
    TokenFile,
    Url,
    health,
    name_of,
    print_csv,
    print_json,
    print_table,
    say,
)
from faultpath.cli.scenario import ci_id, scenario, split


def what_if(
    *,
    fail: Annotated[list[str] | None, typer.Option(help="A CI that is to fail, or a link; CI=HEALTH for less.")] = None,
    cut: Annotated[list[str] | None, typer.Option(help="A link that is cut, or its two ends: ONE,OTHER.")] = None,
    restore: Annotated[list[str] | None, typer.Option(help="A CI that is to be well again.")] = None,
    maintenance: Annotated[list[str] | None, typer.Option(help="A CI that goes into maintenance.")] = None,
    whole_maintenance: Annotated[
        list[str] | None, typer.Option(help="A service or a site that goes into maintenance with all that is its own.")
    ] = None,
    site: Annotated[list[str] | None, typer.Option(help="A site that is lost with all that stands in it.")] = None,
    double: Annotated[
        list[str] | None, typer.Option(help="A need with a second provider: DEPENDENT,PROVIDER or …,SECOND.")
    ] = None,
    add_link: Annotated[list[str] | None, typer.Option(help="Another link between two devices: ONE,OTHER.")] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(help="The same of the scenario to compare with, e.g. fail=CI, cut=LINK; else it is what is now."),
    ] = None,
    points_of: Annotated[
        list[str] | None, typer.Option(help="A service of which the single points of failure are compared, too.")
    ] = None,
    at: At = None,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """What would change if CIs failed, were well again, were maintained or stood twice. Options may be repeated."""
    client = connect(url, token_file)
    said = {
        "fail": fail, "cut": cut, "restore": restore, "maintenance": maintenance, "site": site,
        "whole-maintenance": whole_maintenance, "double": double, "add-link": add_link,
    }  # fmt: skip
    body = scenario(client, {word: values or [] for word, values in said.items()})
    if against:
        body["against"] = scenario(client, split(against))
    body["points_of"] = [ci_id(client, name) for name in points_of or ()]
    found = client.post("/what-if", body, {"at": at})
    if as_json:
        print_json(found)
        return
    rows = list(_rows(found))
    if as_csv:
        print_csv(("service", "tier", "before", "after", "path"), rows)
        return
    before, after = found["before"], found["after"]
    say(
        f"{found['changed']} CIs would change; cannot work: {before['cannot_work']} → {after['cannot_work']}, "
        f"limited: {before['limited']} → {after['limited']}, of {after['people_total']} people"
    )
    print_hurt(after)
    if before["costs"] != after["costs"] and not after["costs"]:
        say("cost: nothing that is known any more")
    print_stakes(after)
    shown = ((name, tier, health(one), health(other), path) for name, tier, one, other, path in rows)
    print_table(("service", "tier", "before", "after", "path to the cause"), shown, "no service would be otherwise")
    for one in found["points_of_failure"]:
        was, now = (", ".join(map(name_of, one[side])) or "none" for side in ("before", "after"))
        say(f"single points of failure of {name_of(one['ci'])}: {was} → {now}")
    print_stakeholders(after)


def points_of_failure(
    ci: Annotated[str | None, typer.Argument(help="A service, or any CI: its id or its name.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Without a service: how many at most.")] = 20,
    at: At = None,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """What a service hangs by: every CI whose failure alone brings it down, and what would have to be doubled.

    Without a service: the devices and links that are the only way to others, those that cut off most first.
    """
    client = connect(url, token_file)
    if ci is None:
        _print_network(client.get("/points-of-failure", {"limit": limit, "at": at}), as_json=as_json, as_csv=as_csv)
        return
    found = client.get(f"/cis/{the_ci(client, ci)['id']}/points-of-failure", {"at": at})
    if as_json:
        print_json(found)
        return
    rows = [
        (name_of(point["ci"]), point["ci"]["cls"], " → ".join(map(name_of, point["path"])), _doubling(point["double"]))
        for point in found["points"]
    ]
    columns = ("single point of failure", "class", "path", "cheapest redundancy")
    if as_csv:
        print_csv(columns, rows)
    else:
        print_table(columns, rows, f"{name_of(found['ci'])} survives the failure of any one CI")


def _print_network(found: Mapping[str, Any], *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [(name_of(one["ci"]), one["ci"]["cls"], one["cuts_off"]) for one in found["items"]]
    columns = ("single point of failure", "class", "devices that it cuts off")
    if as_csv:
        print_csv(columns, rows)
        return
    print_table(columns, rows, "the network has no single point of failure")
    if found["total"] > len(rows):
        say(f"{len(rows)} of {found['total']}; --limit shows more")


def ranking(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many CIs at most.")] = 20,
    at: At = None,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """All CIs by what their failure alone would do to the business, the gravest first."""
    found = connect(url, token_file).get("/ranking", {"limit": limit, "at": at})
    if as_json:
        print_json(found)
        return
    rows = [
        (
            name_of(one["ci"]),
            one["ci"]["cls"],
            ", ".join(f"P{n} × {count}" for n, count in enumerate(one["by_priority"], 1) if count),
            one["cannot_work"],
            one["limited"],
        )
        for one in found["items"]
    ]
    columns = ("CI", "class", "services", "cannot work", "limited")
    if as_csv:
        print_csv(columns, rows)
    else:
        print_table(columns, rows, "no CI's failure would hurt a service")


def _doubling(needs: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{name_of(one['dependent'])} needs a second {name_of(one['provider'])}" for one in needs)


def _rows(found: Mapping[str, Any]) -> Iterable[tuple[str, int, str, str, str]]:
    """The services that differ before and after."""
    before = {one["service"]["id"]: one for one in found["before"]["services"]}
    after = {one["service"]["id"]: one for one in found["after"]["services"]}
    for key in dict.fromkeys([*after, *before]):
        one = after.get(key) or before[key]
        was, is_now = (side[key]["state"] if key in side else "ok" for side in (before, after))
        if was != is_now:
            yield name_of(one["service"]), one["tier"], was, is_now, " → ".join(map(name_of, one["path"]))
