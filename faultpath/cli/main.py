"""The command ``faultpath``: each subcommand in a module of its own."""

from __future__ import annotations

import sys

import typer

from faultpath import __version__
from faultpath.cli import access, assessment, demo, graph, incidents, maps, serve, trial, what_if
from faultpath.cli.client import ClientError
from faultpath.cli.output import complaints
from faultpath.errors import FaultpathError

app = typer.Typer(
    name="faultpath",
    help="From a failed asset to the people it hurts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("import")(graph.import_model)
app.command("discover")(graph.discover)
app.command("impact")(graph.impact)
app.command("assessment")(assessment.assessment)
app.command("map")(maps.draw_map)
app.command("whatif")(what_if.what_if)
app.command("spof")(what_if.points_of_failure)
app.command("rank")(what_if.ranking)
app.command("test")(trial.run_tests)
app.command("alerts")(incidents.alerts)
app.command("incidents")(incidents.incidents)
app.command("setup")(access.setup)
app.add_typer(access.tokens, name="token")


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"faultpath {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """From a failed asset to the people it hurts."""
    del version


def main() -> None:
    """Run the command; an expected failure is one line on standard error and exit status 1."""
    try:
        app()
    except (ClientError, FaultpathError) as error:
        complaints.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
