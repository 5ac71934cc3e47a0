"""A reload says in words what changed."""

from __future__ import annotations

from pathlib import Path

from bot.knowledge.diff import describe_change
from bot.knowledge.load import load_snapshot


def test_nothing_changed_says_nothing(parcel: Path) -> None:
    assert describe_change(load_snapshot(parcel), load_snapshot(parcel)) == []


def test_added_removed_and_changed_entries_are_named(parcel: Path) -> None:
    old = load_snapshot(parcel)
    points = parcel / "points/core.yaml"
    text = points.read_text(encoding="utf-8").replace("31.5 kg; a heavier", "30 kg; a heavier")
    points.write_text(text + "- {id: new-point, text: Labels are A6., source: weights, as_of: '2026'}\n", encoding="utf-8")
    (parcel / "quiet/chatter.yaml").unlink()
    (parcel / "product.yaml").write_text(
        (parcel / "product.yaml").read_text(encoding="utf-8").replace("Parcelo handbook", "the handbook"), encoding="utf-8"
    )
    changes = describe_change(old, load_snapshot(parcel))
    assert changes[:2] == ["points added: new-point", "points changed: weight-limit"]
    assert changes[2].startswith("quiet texts removed: ")
    assert changes[3] == "product.yaml changed"


def test_many_changes_are_counted(parcel: Path) -> None:
    old = load_snapshot(parcel)
    with (parcel / "points/core.yaml").open("a", encoding="utf-8") as file:
        file.writelines(f"- {{id: p{i}, text: Claim number {i}., source: live, as_of: '2026'}}\n" for i in range(9))
    assert describe_change(old, load_snapshot(parcel)) == ["points added: p0, p1, p2, p3, p4, p5 and 3 more"]
