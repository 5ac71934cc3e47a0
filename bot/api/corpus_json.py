"""The corpus as JSON: what a search found, the list of causes, one cause with its fixes and pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.knowledge.types import Advice, Cause, Snapshot
from bot.retrieval.index import Hit


def hits_json(snapshot: Snapshot, hits: Iterable[Hit]) -> dict[str, Any]:
    """What a search found, best first."""
    return {"corpus": snapshot.version, "hits": [_hit(snapshot, hit) for hit in hits]}


def causes_json(snapshot: Snapshot) -> dict[str, Any]:
    """Every cause by its title, in the order of the corpus."""
    causes = [{"id": cause.id, "title": cause.title, "area": cause.area} for cause in snapshot.causes.values()]
    return {"product": snapshot.about["name"], "corpus": snapshot.version, "causes": causes}


def cause_json(snapshot: Snapshot, cause: Cause) -> dict[str, Any]:
    """One cause: what it is, what to do, what to ask, and the pages that say so."""
    return {
        "id": cause.id,
        "title": cause.title,
        "area": cause.area,
        "summary": _advice(snapshot, cause.summary),
        "fixes": [_advice(snapshot, fix) for fix in cause.fixes],
        "ask": [question.text for question in cause.ask],
        "sources": _sources(snapshot, _cited(snapshot, [cause.summary, *cause.fixes])),
    }


def _hit(snapshot: Snapshot, hit: Hit) -> dict[str, Any]:
    name = hit.document.id
    if hit.document.kind == "point":
        point = snapshot.points[name]
        text, cited = point.statement, [point.source]
    else:
        cause = snapshot.causes[name]
        text, cited = f"{cause.title}: {cause.summary.text}", _cited(snapshot, [cause.summary, *cause.fixes])
    score = round(hit.score, 6)
    return {"kind": hit.document.kind, "id": name, "text": text, "score": score, "sources": _sources(snapshot, cited)}


def _advice(snapshot: Snapshot, advice: Advice) -> dict[str, Any]:
    return {"text": advice.text, "sources": _cited(snapshot, [advice])}


def _cited(snapshot: Snapshot, advice: Iterable[Advice]) -> list[str]:
    return list(dict.fromkeys(snapshot.points[point].source for one in advice for point in one.cite))


def _sources(snapshot: Snapshot, ids: Iterable[str]) -> list[dict[str, str]]:
    found = [snapshot.sources[source] for source in ids]
    return [{"id": source.id, "title": source.title, "url": source.url, "as_of": source.reviewed} for source in found]
