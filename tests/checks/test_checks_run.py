"""The checks of a corpus that works: what may be wrong with it all the same is listed, each with its place and code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.checks.run import WARNINGS, Report, check_corpus
from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 1)
WEIGHT = "causes/delivery/weight-exceeded.yaml"
SOCKET = "symptoms/socket-closed.yaml"
POINTS = "points/core.yaml"

Change = Callable[[Path], None]


def replace(path: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


def append(path: str, text: str) -> Change:
    def change(folder: Path) -> None:
        (folder / path).write_text((folder / path).read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


def quiet(*texts: str) -> Change:
    return append("quiet/chatter.yaml", "".join(f"- {text!r}\n" for text in texts))


def both(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def check(folder: Path, settings: Settings, today: date = TODAY) -> Report:
    return check_corpus(folder, settings, today)


def places(report: Report) -> list[tuple[str, int, str]]:
    return [(problem.path, problem.line, problem.code) for problem in report.warnings]


OVERWEIGHT = ("the lift says overweight", "my luggage was overweight", "is it too heavy for you?")
NARROW = "'refused with request id req_8f3a9c21d7'"
LONG = f"'{'the label could not be printed because the parcel weighs more than it may ' * 2}'"

WARNED = [
    ("a point nobody is led to", append(POINTS, "- {id: lone, text: Labels are A6., source: live, as_of: '2026'}\n"),
     (POINTS, 17, "orphaned-point")),
    ("a claim said twice", append(POINTS, "- {id: again, text: One parcel may weigh 31.5 kg; heavier ones are refused with "
     "weight_exceeded., source: live, as_of: '2026', questions: [how much may it weigh]}\n"), (POINTS, 17, "near-duplicate")),
    ("a clause kept silent only by what is absent", both(
        replace(WEIGHT, "likely: [told]", "likely: [[told, '!lift']]"),
        replace(WEIGHT, "certain: [code]", "  lift: {text: 'lift|luggage|for you'}\ncertain: [code]"),
        quiet(*OVERWEIGHT)), (WEIGHT, 10, "too-broad")),
    ("a pattern that is found nearly everywhere", both(
        replace(WEIGHT, "too heavy|", "too heavy|everyone|thanks|the |is |"),
        replace(WEIGHT, "likely: [told]", "likely: [[told, code]]"),
        quiet("the sun is out today")), (WEIGHT, 7, "too-broad")),
    ("a pattern with a request id", replace(WEIGHT, "certain: [code]", f"  own: {{text: {NARROW}}}\ncertain: [code, own]"),
     (WEIGHT, 8, "too-narrow")),
    ("a pattern that is a whole message", replace(WEIGHT, "certain: [code]", f"  own: {{text: {LONG}}}\ncertain: [code, own]"),
     (WEIGHT, 8, "too-narrow")),
    ("a page read long ago", replace("sources.yaml", 'live", reviewed: "2026-05-01"', 'live", reviewed: "2024-10-31"'),
     ("sources.yaml", 2, "stale-source")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in WARNED], ids=[row[0] for row in WARNED])
def test_what_may_be_wrong_is_a_warning_with_its_place_and_code(
    parcel: Path, parcel_settings: Settings, change: Change, expected: tuple[str, int, str]
) -> None:
    change(parcel)
    report = check(parcel, parcel_settings)
    assert report.errors == ()
    assert places(report) == [expected]


ACCEPTED = [
    ("a point with questions alone",
     append(POINTS, "- {id: lone, text: Labels are A6., source: live, as_of: '2026', questions: [how big is a label]}\n")),
    ("a parallel claim with another number", append(POINTS, "- {id: other, text: One letter may weigh 2 kg; a heavier one is "
     "refused with weight_exceeded., source: live, as_of: '2026', questions: [how heavy can a letter be]}\n")),
    ("a clause that two quiet texts share by chance", both(
        replace(WEIGHT, "likely: [told]", "likely: [[told, '!lift']]"),
        replace(WEIGHT, "certain: [code]", "  lift: {text: 'lift|luggage'}\ncertain: [code]"),
        quiet(*OVERWEIGHT[:2]))),
    ("a word found in many quiet texts beside a sure signal", both(
        replace(WEIGHT, "certain: [code]", "  word: {text: '\\bgood|\\bthanks'}\ncertain: [code, [word, code]]"))),
    ("a request id as a pattern", replace(
        WEIGHT, "certain: [code]", "  own: {text: 'request id req_[0-9a-f]{10}'}\ncertain: [code, own]")),
    ("a page read in a year whose last day is recent enough",
     replace("sources.yaml", 'live", reviewed: "2026-05-01"', 'live", reviewed: "2024"')),
]  # fmt: skip


@pytest.mark.parametrize("change", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_what_only_looks_alike_is_accepted(parcel: Path, parcel_settings: Settings, change: Change) -> None:
    change(parcel)
    report = check(parcel, parcel_settings)
    assert (report.errors, report.warnings, report.skipped) == ((), (), ())


def test_the_age_of_a_page_is_a_setting(parcel: Path, parcel_settings: Settings) -> None:
    settings = parcel_settings.model_copy(update={"source_max_age_days": 30})
    assert places(check(parcel, settings)) == [("sources.yaml", 1, "stale-source"), ("sources.yaml", 2, "stale-source")]


def test_without_a_model_the_check_says_what_it_did_not_check(parcel: Path, parcel_settings: Settings, tmp_path: Path) -> None:
    report = check(parcel, parcel_settings.model_copy(update={"embedding_model": str(tmp_path)}))
    assert (report.errors, report.warnings) == ((), ())
    (reason,) = report.skipped
    assert reason.startswith("near-duplicate: EMBEDDING_MODEL: ")


def test_errors_and_warnings_are_found_in_one_go(parcel: Path, parcel_settings: Settings) -> None:
    both(
        replace(WEIGHT, "no_match:", "nomatch:"),
        quiet("no heartbeat for 60 s"),
        replace("sources.yaml", 'live", reviewed: "2026-05-01"', 'live", reviewed: "2020"'),
    )(parcel)
    report = check(parcel, parcel_settings)
    assert {problem.code for problem in report.errors} >= {"missing-key", "unknown-key", "quiet-match"}
    assert [problem.code for problem in report.warnings] == ["stale-source"]
    assert list(report.errors) == sorted(report.errors)


def test_a_point_is_no_orphan_while_a_file_that_may_cite_it_cannot_be_read(parcel: Path, parcel_settings: Settings) -> None:
    replace(SOCKET, "id: socket-closed", "id: [")(parcel)
    report = check(parcel, parcel_settings)
    assert report.errors != ()
    assert "orphaned-point" not in {problem.code for problem in report.warnings}


def test_without_a_product_file_only_errors_are_reported(parcel: Path, parcel_settings: Settings) -> None:
    (parcel / "product.yaml").unlink()
    report = check(parcel, parcel_settings)
    assert report.snapshot is None
    assert [problem.code for problem in report.errors] == ["missing-file"]


def test_every_warning_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [code for code in WARNINGS if f"| `{code}` |" not in readme] == []
