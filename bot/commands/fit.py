"""`fit CASES...`: fit the ranking's weights on labelled failures, and say what they are worth on failures they have not seen."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.commands.diagnose import answer_batch
from bot.diagnosis.weights import DEFAULT
from bot.engine import Engine, build_engine
from bot.errors import InputError
from bot.evaluation.cases import Case, is_question, read_cases
from bot.evaluation.cross_validation import Ablation, ablations, answer_held_out, by_level
from bot.evaluation.examples import RULE_SHARE, as_served, examples
from bot.evaluation.fit import Fit, fit
from bot.evaluation.reliability_plot import draw
from bot.evaluation.report import Report, headlines, number
from bot.evaluation.results import write_json
from bot.evaluation.run import measure
from bot.settings import Settings

COLUMNS = ("top1", "top3", "selective", "undecided ok", "overclaim", "false answers", "ece")
ABLATION = "--ablation"


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fit`."""
    parser.add_argument("cases", nargs="+", type=Path, help="JSON lines with id, text and gold")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help=f"write the weights there (served: {DEFAULT.name} of bot.diagnosis)"
    )
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw the cross-validated reliability as a PNG")
    parser.add_argument(ABLATION, action="store_true", help="also score each kind of vote alone")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Fit, cross-validate, print, and write what was asked for."""
    cases = [case for case in read_cases(arguments.cases) if not is_question(case)]
    if not cases:
        raise InputError(f"{', '.join(map(str, arguments.cases))}: no labelled failure; lines need `id`, `text` and `gold`")
    engine = build_engine(settings)
    rows = examples(engine, cases)
    found = fit(as_served(rows))
    report = measure(answer_held_out(engine, cases, rows, found.strength, _answer))
    print(_weights(found), _scores(report), sep="\n\n")
    if arguments.ablation:
        print("\n" + _ablations(ablations(rows, found.strength)))
    if arguments.plot:
        draw(report.calibration, f"Diagnoses of {len(cases)} failures, cross-validated", arguments.plot)
    if arguments.out:
        write_json(_data(arguments, engine, cases, found, report), arguments.out)
    return 0


def _answer(engine: Engine, messages: list[Case]) -> list[Case]:
    return list(answer_batch(engine, messages))


def _data(arguments: argparse.Namespace, engine: Engine, cases: list[Case], found: Fit, report: Report) -> dict[str, Any]:
    return {
        "fitted": datetime.now(UTC).date().isoformat(),
        "command": " ".join(["python -m bot fit", *(path.name for path in arguments.cases)]),
        "corpus": engine.snapshot.version,
        "cases": len(cases),
        "rule_share": RULE_SHARE,
        "regularisation": found.strength,
        "cross_validated": {name: value for name, (value, _) in headlines(report).items() if name in COLUMNS},
        "weights": found.weights,
    }


def _weights(found: Fit) -> str:
    losses = ", ".join(f"{strength:g}: {loss:.4f}" for strength, loss in found.losses.items())
    lines = ["| voter | weight |", "| --- | ---: |", *(f"| {voter} | {weight:.2f} |" for voter, weight in found.weights.items())]
    return "\n".join([*lines, "", f"Regularisation {found.strength:g}; loss on held-out failures by strength: {losses}."])


def _scores(report: Report) -> str:
    measured = headlines(report)
    lines = ["| cross-validated | share | 95 % interval |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {number(measured[name][0])} | {number(measured[name][1])} |" for name in COLUMNS]
    lines += ["", "| diagnoses called | n | right |", "| --- | ---: | ---: |"]
    lines += [f"| {level} | {n} | {number(right)} |" for level, (n, right) in by_level(report.rows).items()]
    return "\n".join(lines)


def _ablations(found: dict[str, Ablation]) -> str:
    lines = ["| votes, ranking alone | top1 | top3 | selective | overclaim |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, one in found.items():
        cells = [f"{number(value)} {number(spread)}" for value, spread in (one.top1, one.top3, one.selective, one.overclaim)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
