"""``faultpath setup`` and ``faultpath token``: the first administrator, and API tokens."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from faultpath.cli.client import Client, ClientError, address, connect
from faultpath.cli.output import AsJson, TokenFile, Url, print_json, print_table, say
from faultpath.secrets import write_private

tokens = typer.Typer(name="token", help="API tokens: create, list, revoke.", no_args_is_help=True)


def setup(
    name: Annotated[str, typer.Argument(help="The name of the first administrator.")],
    setup_file: Annotated[Path, typer.Option(help="The file with the one-time token that `serve` wrote.")],
    password_file: Annotated[
        Path | None, typer.Option(help="A file that holds the password; it is asked for otherwise.")
    ] = None,
    save_token: Annotated[
        Path | None, typer.Option(help="Make an API token with scope admin too, and write it to this file (0600).")
    ] = None,
    url: Url = None,
) -> None:
    """Make the first administrator of a new hub."""
    password = _read(password_file) if password_file else _ask_password()
    client = Client(address(url), None)
    client.sign_in_once("/setup", {"token": _read(setup_file), "name": name, "password": password})
    say(f"administrator {name} made")
    if save_token is not None:
        made = client.post("/tokens", {"name": f"cli-{name}", "scopes": ["admin"]})
        write_private(save_token, made["secret"] + "\n")
        say(f"token written to {save_token}")
    client.delete("/session")


@tokens.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the token is for; shown in lists and in the audit.")],
    scope: Annotated[list[str], typer.Option(help="read, write, admin or intake:SOURCE; may be repeated.")],
    expires_days: Annotated[float | None, typer.Option(help="Days until it ends; without, it lasts.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write the secret to this file (0600) instead of printing it.")
    ] = None,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a token. Its secret is printed this once."""
    body = {"name": name, "scopes": scope, "expires_in_days": expires_days}
    made = connect(url, token_file).post("/tokens", body)
    if save is not None:
        write_private(save, made.pop("secret") + "\n")
    if as_json:
        print_json(made)
    elif save is not None:
        say(f"token {made['id']} written to {save}")
    else:
        # plain, so that it can be taken by `$(…)`
        sys.stdout.write(made["secret"] + "\n")


@tokens.command("list")
def list_tokens(url: Url = None, token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """All tokens, without their secrets."""
    items = connect(url, token_file).get("/tokens")["items"]
    if as_json:
        print_json(items)
        return
    print_table(
        ("id", "name", "scopes", "expires", "last used", "revoked"),
        (
            (t["id"], t["name"], " ".join(t["scopes"]), t["expires_at"], t["last_used_at"], t["revoked_at"])
            for t in items
        ),
        "no tokens",
    )


@tokens.command("revoke")
def revoke(token_id: str, url: Url = None, token_file: TokenFile = None) -> None:
    """End a token at once."""
    connect(url, token_file).delete(f"/tokens/{token_id}")
    say(f"token {token_id} revoked")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ClientError(f"{path} cannot be read: {error.strerror}") from None


def _ask_password() -> str:
    password = getpass.getpass("password: ")
    if getpass.getpass("again: ") != password:
        raise ClientError("the two passwords differ")
    return password
