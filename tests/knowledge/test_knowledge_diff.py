"""A reload says in words what changed, down to the parts of a cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.diff import describe_change
from bot.knowledge.load import load_snapshot

IDLE = "causes/delivery/live-idle-close.yaml"
WEIGHT = "causes/delivery/weight-exceeded.yaml"
SOCKET = "symptoms/socket-closed.yaml"
POINTS = "points/core.yaml"


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_changed_says_nothing(parcel: Path) -> None:
    assert describe_change(load_snapshot(parcel), load_snapshot(parcel)) == []


def test_a_comment_above_the_tests_is_no_change(parcel: Path) -> None:
    old = load_snapshot(parcel)
    edit(parcel, WEIGHT, "tests:\n", "# What the API prints, and what it prints otherwise.\n\ntests:\n")
    assert describe_change(old, load_snapshot(parcel)) == []


def test_added_removed_and_changed_entries_are_named(parcel: Path) -> None:
    old = load_snapshot(parcel)
    edit(parcel, POINTS, "31.5 kg; a heavier", "30 kg; a heavier")
    with (parcel / POINTS).open("a", encoding="utf-8") as file:
        file.write("- {id: new-point, text: Labels are A6., source: weights, as_of: '2026'}\n")
    (parcel / "quiet/chatter.yaml").unlink()
    edit(parcel, "product.yaml", "Parcelo handbook", "the handbook")
    changes = describe_change(old, load_snapshot(parcel))
    assert changes[:3] == ["points added: new-point", "points changed: weight-limit", "  weight-limit: claim changed"]
    assert changes[3].startswith("quiet texts removed: ")
    assert changes[4] == "product.yaml changed"


def test_many_changes_are_counted(parcel: Path) -> None:
    old = load_snapshot(parcel)
    with (parcel / POINTS).open("a", encoding="utf-8") as file:
        file.writelines(f"- {{id: p{i}, text: Claim number {i}., source: live, as_of: '2026'}}\n" for i in range(9))
    assert describe_change(old, load_snapshot(parcel)) == ["points added: p0, p1, p2, p3, p4, p5 and 3 more"]


INSIDE = [
    (WEIGHT, "The parcel is heavier than", "The box is heavier than", "title is now “The box is heavier than one parcel may be”"),
    (WEIGHT, "certain: [code]", "certain: [[code, '!told']]",
     "certain rule added: code and not told; certain rule removed: code"),
    (WEIGHT, "certain: [code]", "possible: [code]", "certain rule removed: code; possible rule added: code"),
    (WEIGHT, "likely: [told]", "likely: [told, code]", "likely rule added: code"),
    (WEIGHT, "too heavy|", "too heavy|too big|", "signal changed: told"),
    (WEIGHT, "certain: [code]", "  big: {text: too big}\ncertain: [code, big]", "signal added: big; certain rule added: big"),
    (WEIGHT, "31.5 kg, and this one weighs more", "31.5 kg", "summary changed"),
    (WEIGHT, "Split the shipment", "Divide the shipment",
     "fix reworded: “Divide the shipment into parcels of at most 31.5 kg each.”"),
    (WEIGHT, "ask: [the", "  - {do: Weigh it first., cite: weight-limit}\nask: [the", "fix added: “Weigh it first.”"),
    (WEIGHT, "each., cite: weight-limit", "each., cite: live-idle",
     "pages of a fix changed: “Split the shipment into parcels of at most 31.5 kg each.”"),
    (WEIGHT, "ask: [the weight you sent]", "ask: [the weight]", "questions to the user changed"),
    (WEIGHT, "ask: [the", "suppresses: [live-idle-close]\nask: [the", "suppressed cause added: live-idle-close"),
    (WEIGHT, "phrases: [my parcel is too heavy, ", "phrases: [my parcel is too heavy, it weighs a ton, 40 kg refused, ",
     "2 phrases added"),
    (WEIGHT, "  no_match:\n", "  no_match:\n    - how heavy is a label?\n", "1 test that must not match added"),
    (WEIGHT, "label-weight-exceeded, level: certain}", "label-weight-exceeded, level: likely}",
     "1 test that must match added; 1 test that must match removed"),
    (IDLE, "sooner than 60 s", "too soon", "what rules it out changed"),
    (SOCKET, "rank: 10", "rank: 11", "rank is now 11"),
    (SOCKET, "the last frame names the reason.", "the reason is in the last frame.",
     "statement reworded: “the reason is in the last frame.”"),
    (SOCKET, "title: A refused parcel", "title: A parcel that was refused",
     "candidate added: A parcel that was refused (weight-exceeded); candidate removed: A refused parcel (weight-exceeded)"),
    (SOCKET, "Check the weight first.", "Weigh it first.", "advice on a candidate changed"),
    (SOCKET, "when: [[told, \"!reason\"], [hidden, \"!reason\"]]", "when: [[hidden, \"!reason\"], [told, \"!reason\"]]",
     "order of rules changed"),
    (POINTS, 'keys: ["31.5"]', "keys: ['31.5', kg]\n  was: {says: 25 kg.}",
     "keys changed; what the documents said before changed"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "said"), INSIDE)
def test_what_changed_inside_an_entry_is_said(parcel: Path, path: str, old: str, new: str, said: str) -> None:
    before = load_snapshot(parcel)
    edit(parcel, path, old, new)
    kind, inside = describe_change(before, load_snapshot(parcel))
    identity = "weight-limit" if path == POINTS else Path(path).stem
    assert kind == f"{path.split('/')[0]} changed: {identity}"
    assert inside == f"  {identity}: {said}"


def test_a_long_text_is_cut(parcel: Path) -> None:
    before = load_snapshot(parcel)
    edit(parcel, WEIGHT, "into parcels of at most 31.5 kg each", "into as many parcels as are needed for each to weigh 31.5 kg")
    inside = describe_change(before, load_snapshot(parcel))[1]
    assert inside.endswith("…”")
    assert len(inside) < 120


QUIET = [
    ("- thanks, that", "- nice weather\n- thanks, that", ["quiet texts added: quiet/chatter.yaml#1"]),
    ("# ", "# About nothing.\n# ", []),
    ("good morning everyone", "good evening everyone", ["quiet texts changed: quiet/chatter.yaml#2"]),
    ('- "good morning everyone"\n', "", ["quiet texts removed: quiet/chatter.yaml#2"]),
]


@pytest.mark.parametrize(("old", "new", "said"), QUIET)
def test_a_quiet_text_that_only_moved_is_no_change(parcel: Path, old: str, new: str, said: list[str]) -> None:
    chatter = parcel / "quiet/chatter.yaml"
    chatter.write_text("# Nothing to see.\n" + chatter.read_text(encoding="utf-8"), encoding="utf-8")
    before = load_snapshot(parcel)
    edit(parcel, "quiet/chatter.yaml", old, new)
    assert describe_change(before, load_snapshot(parcel)) == said
