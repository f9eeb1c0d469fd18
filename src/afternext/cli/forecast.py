"""`afternext forecast`: questions, forecasts, outcomes and scores on a registry that is only added to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from afternext.cli.options import Least, RunDirectory
from afternext.errors import UsageError

app = typer.Typer(
    no_args_is_help=True,
    help="Questions, forecasts, outcomes and scores on a registry that is only added to.",
)

Registry = Annotated[Path, typer.Option("--registry", metavar="FILE", help="The registry.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="ID", help="This question; repeatable.")]
DEFAULT = Path("forecasts.jsonl")


def _done(found: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)


@app.command()
def ask(
    scenario: Annotated[str, typer.Argument(help="A shipped name or a folder.")],
    registry: Registry = DEFAULT,
    least: Least = None,
    only: Only = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="List the questions, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Put questions on record: the scenario's own, and those that the rule writes."""
    from afternext.ensemble.subject import open_scenario
    from afternext.ensemble.words import nearest_name
    from afternext.forecast import registry as book
    from afternext.forecast.questions import questions_of

    crisis = open_scenario(scenario)
    questions = questions_of(crisis, least=least)
    for ident in only or ():
        if ident not in {question.id for question in questions}:
            raise UsageError(nearest_name("question", ident, [question.id for question in questions]))
    chosen = [question for question in questions if not only or question.id in only]
    if dry:
        rows = [{"id": q.id, "text": q.text, "on": q.date(crisis.freeze).isoformat()} for q in chosen]
        _done({"questions": rows}, "\n".join(f"{row['id']:<28} {row['text']}" for row in rows), as_json)
        return
    fresh = book.ask(registry, crisis, chosen)
    text = f"{len(fresh)} questions asked, {len(chosen) - len(fresh)} stood there already, in {registry}"
    _done({"registry": str(registry), "asked": fresh, "there": len(chosen) - len(fresh)}, text, as_json)
    typer.echo(
        f"next: afternext run {scenario}    afternext forecast issue RUN --registry {registry}", err=True
    )


@app.command()
def issue(
    run: RunDirectory,
    registry: Registry = DEFAULT,
    weights: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Weights of the futures that lie with the run.")
    ] = None,
    only: Only = None,
    as_json: Json = False,
) -> None:
    """Forecast every open question about the run's scenario."""
    from afternext.ensemble.opened import open_run
    from afternext.ensemble.weights import load_weights
    from afternext.forecast import registry as book

    opened = open_run(run)
    given = load_weights(opened, weights) if weights else None
    done = book.issue(
        registry, opened, weights=given.values if given else None, weights_name=given.name if given else "",
        only=tuple(only or ()),
    )  # fmt: skip
    found = {
        "registry": str(registry), "issued": list(done.ids), "left": dict(done.left), "head": done.head,
        "sha256": done.sha256, "seed": opened.seed,
    }  # fmt: skip
    text = (
        f"{len(done.ids)} forecasts issued in {registry}, {len(done.left)} questions left open; "
        f"seed {opened.seed}\nhead {done.head}"
    )
    _done(found, text, as_json)


@app.command()
def resolve(
    question: Annotated[str | None, typer.Argument(help="Id of the question, or SCENARIO@FREEZE#ID.")] = None,
    outcome: Annotated[
        str | None, typer.Argument(help="yes, no, a number, a side, a date, never, or annulled.")
    ] = None,
    registry: Registry = DEFAULT,
    truth: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Settle every open question from a truth directory.")
    ] = None,
    resolver: Annotated[str, typer.Option(help="Who settles it.")] = "by hand",
    why: Annotated[str, typer.Option(help="Reason, for what is annulled.")] = "",
    evidence: Annotated[str, typer.Option(metavar="WHERE", help="Where it is written.")] = "",
    archived: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A stored copy of the evidence; its hash is kept.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put outcomes on record: one by hand, or all that a truth directory settles."""
    from afternext.forecast import resolving

    if (truth is None) == (question is None):
        raise UsageError("give a question and its outcome, or --truth DIR")
    if truth is not None:
        done = resolving.from_truth(registry, truth)
    else:
        done = resolving.by_hand(
            registry, str(question), outcome, resolver=resolver, why=why, evidence=evidence, archived=archived
        )
    text = f"{len(done['resolved'])} questions resolved in {registry}, {len(done['open'])} stay open"
    _done({"registry": str(registry), **done}, text, as_json)


@app.command()
def score(registry: Registry = DEFAULT, as_json: Json = False) -> None:
    """Verify the registry and score every resolved question, with skill against the baselines on record."""
    from afternext.forecast import registry as book

    found = book.score(registry)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    from afternext.cli.screen import Screen
    from afternext.forecast import terminal

    terminal.print_score(found, Screen(highlight=False))
