"""A sentence-transformers model as one ONNX graph in fp32, with its tokenizer: needs torch, onnx and onnxscript, once."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ModelError
from bot.retrieval.exported import TOKENIZER
from bot.retrieval.sentence import load_model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

PARTS = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
"""Modules of a model that the graph can hold."""
POOLING = frozenset({"mean", "cls"})
MAX_TOKENS = 8_192
"""A longer window than this is a missing setting, not a model for one CPU."""
TRACED = "a text of some words, from which the graph is traced"
NEEDED = "the packages for exporting are missing ({}): pip install onnx onnxscript"


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a model the graph does not hold."""

    max_tokens: int
    pooling: str
    prompt: str


def export_graph(source: Path, graph: Path) -> Traits:
    """Write the model in the folder `source` as an ONNX graph (int64 input_ids (1, tokens) to a unit vector (1, dimension))
    and its tokenizer beside it.

    Raises ModelError when the model cannot be loaded, or is of a kind that is not exported.
    """
    model = load_model(source)
    tokenizer, traits = _tokenizer(model), _traits(model)
    tokenizer.no_padding()
    direction = model.tokenizer.truncation_side
    tokenizer.enable_truncation(traits.max_tokens, direction=direction)
    tokenizer.save(str(graph.with_name(TOKENIZER)))
    ids = tokenizer.encode(traits.prompt + TRACED).ids
    try:
        with silenced():
            _trace(model, ids, traits.max_tokens, graph)
    except ImportError as error:
        raise ModelError(NEEDED.format(error.name)) from None
    except Exception as error:
        # Tracing runs the model's own code through three libraries, each with its own kinds of errors.
        raise ModelError(f"the model in {source} cannot be exported ({type(error).__name__}: {error})") from error
    return traits


def _traits(model: SentenceTransformer) -> Traits:
    """What the serving side must know; raises ModelError for a model whose vectors the graph would not give."""
    parts = [type(module).__name__ for module in model]
    if parts not in PARTS:
        raise _refusal(f"it consists of {' + '.join(parts)}, and only Transformer + Pooling (+ Normalize) is exported")
    pooling: Any = model[1]
    if pooling.pooling_mode not in POOLING:
        raise _refusal(f"it pools by {pooling.pooling_mode}, and only {' and '.join(sorted(POOLING))} are exported")
    prompt = model.prompts.get(model.default_prompt_name or "") or ""
    if prompt and not pooling.include_prompt:
        raise _refusal("it leaves its prompt out of the pooling")
    limit = model.max_seq_length
    if not limit or limit > MAX_TOKENS:
        raise _refusal(f"its max_seq_length is {limit}; set one of at most {MAX_TOKENS} in sentence_bert_config.json")
    return Traits(int(limit), pooling.pooling_mode, prompt)


def _tokenizer(model: SentenceTransformer) -> Tokenizer:
    """A copy of the model's tokenizer as the `tokenizers` library reads it."""
    from tokenizers import Tokenizer

    fast = getattr(model.tokenizer, "backend_tokenizer", None)
    if fast is None:
        raise _refusal("it has no fast tokenizer (tokenizer.json)")
    return Tokenizer.from_str(fast.to_str())


def _trace(model: SentenceTransformer, ids: list[int], max_tokens: int, graph: Path) -> None:
    import torch

    class Graph(torch.nn.Module):
        """Token ids of one text to its unit vector; one text has no padding, so every token counts."""

        def __init__(self, inner: SentenceTransformer) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            features: dict[str, Any] = {"input_ids": input_ids, "attention_mask": torch.ones_like(input_ids)}
            return torch.nn.functional.normalize(self.inner(features)["sentence_embedding"], dim=1)

    tokens = torch.export.Dim("tokens", min=2, max=max_tokens)
    with torch.no_grad():
        torch.onnx.export(
            Graph(model).eval(),
            (torch.tensor([ids]),),
            str(graph),
            input_names=["input_ids"],
            output_names=["unit_vector"],
            dynamic_shapes={"input_ids": {1: tokens}},
            dynamo=True,
            external_data=False,
            verbose=False,
        )


@contextmanager
def silenced() -> Iterator[None]:
    """The exporting libraries report every node of the graph and their own future; what fails is raised all the same."""
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)


def _refusal(reason: str) -> ModelError:
    return ModelError(f"EMBEDDING_MODEL: this model is not exported: {reason}. It still serves without an export, on PyTorch")
