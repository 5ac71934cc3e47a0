"""What is searched: the texts of the corpus, cut into documents that each say one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.knowledge.types import Snapshot

Kind = Literal["point", "cause", "symptom", "example"]


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be found and what it stands for; several documents may stand for the same (kind, id)."""

    id: str
    kind: Kind
    text: str


def documents(snapshot: Snapshot, condense: Callable[[str], Iterable[str]]) -> list[Document]:
    """The documents of a corpus, in its order: points, causes, symptoms, examples.

    A point gives its claim and each of its questions, a cause its title with its summary and each of its phrases. An example
    gives the texts that `condense` makes of it: pastes are longer than a model's window, and whoever searches with a paste
    must cut it in the same way. Texts of spaces alone are left out.
    """
    found: list[Document] = []
    for point in snapshot.points.values():
        found.extend(Document(point.id, "point", text) for text in (point.text, *point.questions))
    for cause in snapshot.causes.values():
        described = f"{cause.title}. {cause.summary.text}"
        found.extend(Document(cause.id, "cause", text) for text in (described, *cause.phrases))
    for symptom in snapshot.symptoms.values():
        found.extend(Document(symptom.id, "symptom", text) for text in (symptom.title, *symptom.phrases))
    found.extend(Document(example.id, "example", text) for example in snapshot.examples for text in condense(example.text))
    return [document for document in found if document.text.strip()]
