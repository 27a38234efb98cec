"""The `renkei` command: verbs by name, each loaded only when it is called.

Every text comes from the catalogue (`renkei_fixtures/messages/cli.toml`) in Japanese and English. Exit codes are
those of the verdict table (conformance.verdict); 2 is a wrong call, 4 a set-up that cannot give a verdict.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from renkei.language import choose, said_lang, tell

VERBS = {
    "init": "renkei.init",
    "doctor": "renkei.doctor",
    "certify": "renkei.certify",
    "emulate": "renkei.emulate",
    "selfcheck": "renkei.selfcheck",
    "standard": "renkei.standard",
    "cases": "renkei.cases",
    "explain": "renkei.explain",
    "report": "renkei.report",
    "replay": "renkei.replay",
}


# What the verdict table calls a wrong call (exit 2); every other SetupError leaves no verdict (exit 4).
WRONG_CALLS = frozenset(
    {"conformance.profile.unknown_key", "conformance.profile.other_driver", "cli.unknown_id", "cli.replay.not_in_run"}
)


class LazyGroup(click.Group):
    """A group that knows its verbs' names, and imports a verb's module when that verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order a newcomer meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module; each one holds a click command named `command`."""
        if cmd_name not in VERBS:
            return None
        found: click.Command = importlib.import_module(VERBS[cmd_name]).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print one line a verb from the catalogue, so that `--help` imports no house at all."""
        with formatter.section(tell("cli.help.commands")):
            formatter.write_dl([(verb, tell(f"cli.{verb}.help")) for verb in VERBS])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(package_name="renkei", message="renkei %(version)s")
def renkei() -> None:
    """Hold the verbs; the text of `--help` is set from the catalogue in `main`."""


def _usage_text(error: click.ClickException) -> str:
    """Say in one language what click says in English only; click's own words stay as the detail."""
    kind = {
        click.NoSuchOption: "cli.usage.no_such_option",
        click.NoSuchCommand: "cli.usage.no_such_command",
        click.MissingParameter: "cli.usage.missing",
        click.BadParameter: "cli.usage.bad_value",
    }
    for cls, key in kind.items():
        if isinstance(error, cls):
            return tell(key, detail=error.format_message())
    return tell("cli.usage.other", detail=error.format_message())


def run(args: list[str]) -> int:
    """Run one command line and return its exit code; the operator's mistakes become words, never a traceback."""
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415 - `--help` does without

    choose(said_lang(args))
    renkei.help = tell("cli.help.intro")
    try:
        result: Any = renkei.main(args=args, prog_name="renkei", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as shown:
        click.echo(shown.format_message())
        return 2
    except click.ClickException as error:
        click.echo(_usage_text(error), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(tell("cli.interrupted"), err=True)
        return 130
    except SetupError as error:
        from renkei.language import current  # noqa: PLC0415

        click.echo(error.render(current()), err=True)
        return 2 if any(problem.key in WRONG_CALLS for problem in error.problems) else 4
    return result if isinstance(result, int) else 0


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(sys.argv[1:]))
