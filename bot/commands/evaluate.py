"""`eval`: score the answers to labelled cases."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.commands.diagnose import answer_batch
from bot.engine import Engine, build_engine
from bot.evaluation.baselines import baselines
from bot.evaluation.cases import Case, read_cases
from bot.evaluation.overlap import corpus_texts, holds_excerpt, is_held
from bot.evaluation.report import Report, render, render_comparison
from bot.evaluation.results import Results, write_json, write_text
from bot.evaluation.run import Pair, answer_cases, measure
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eval`."""
    parser.add_argument("cases", nargs="+", type=Path, help="JSON-lines files of labelled cases")
    parser.add_argument("--all", action="store_true", help="also score cases whose text the corpus holds as a test or an example")
    parser.add_argument("--baselines", action="store_true", help="also score simpler ways of answering")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the whole report there")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the numbers that decide there, as tables")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the report; returns the exit code."""
    cases = read_cases(arguments.cases)
    results = _measure(arguments, cases, build_engine(settings))
    print(results.cases + (" (--all scores those left out)" if results.left_out else ""), end="\n\n")
    print(render(results.scored), end="")
    if len(results.by_file) > 2:
        print("\n" + render_comparison(results.by_file, "cases"), end="")
    if results.variants:
        print("\n" + render_comparison({**results.variants, "as served": results.scored}), end="")
    if arguments.json:
        write_json(results.as_json(), arguments.json)
    if arguments.markdown:
        write_text(results.as_markdown(), arguments.markdown)
    return 0


def _measure(arguments: argparse.Namespace, cases: list[Case], engine: Engine) -> Results:
    """Every case is answered, as the next message of its thread may build on it; what is left out only does not count."""
    texts = frozenset[str]() if arguments.all else corpus_texts(engine.snapshot)
    held = frozenset(case["id"] for case in cases if is_held(case, texts))
    pairs = answer_cases(cases, lambda messages: _answer(engine, messages))
    scored = [pair for pair in pairs if pair[0]["id"] not in held]
    files = {str(path): {case["id"] for case in read_cases([path])} for path in arguments.cases}
    if len({path.name for path in arguments.cases}) == len(arguments.cases):
        files = {Path(path).name: ids for path, ids in files.items()}
    counting = {case["id"] for case, _ in scored}
    ways = baselines(engine, [case for case, _ in scored], _answer) if arguments.baselines else {}
    return Results(
        command=_command(arguments),
        day=datetime.now(UTC).date().isoformat(),
        corpus=engine.snapshot.version,
        scored=measure(scored),
        left_out=tuple(case["id"] for case in cases if case["id"] in held),
        excerpts=tuple(case["id"] for case, _ in scored if holds_excerpt(case, texts)),
        everything=measure(pairs),
        files={name: (_of(ids, scored), _of(ids, pairs)) for name, ids in files.items()},
        variants={name: _of(counting, answer_cases(cases, way)) for name, way in ways.items()},
    )


def _of(ids: Collection[str], pairs: Sequence[Pair]) -> Report:
    return measure([pair for pair in pairs if pair[0]["id"] in ids])


def _answer(engine: Engine, messages: list[Case]) -> list[Case]:
    return list(answer_batch(engine, messages))


def _command(arguments: argparse.Namespace) -> str:
    """The command as it can be repeated, with the names of the files alone: where they lie differs."""
    flags = [flag for flag, given in (("--all", arguments.all), ("--baselines", arguments.baselines)) if given]
    return " ".join(["python -m bot eval", *(path.name for path in arguments.cases), *flags])
