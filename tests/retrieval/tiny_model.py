"""Sentence-transformers models of a few thousand random weights, for everything that does not depend on what a model learnt."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal, TypedDict

WORDS = [
    "the",
    "a",
    "parcel",
    "was",
    "lost",
    "my",
    "is",
    "and",
    "not",
    "found",
    "scanner",
    "says",
    "box",
    "closed",
    "late",
    "today",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
DIMENSION = 32
MAX_TOKENS = 12


class Traits(TypedDict, total=False):
    """In what a tiny model differs from the plainest one; `dense` adds a layer that is not exported."""

    pooling: Literal["mean", "cls", "max"]
    normalize: bool
    dense: bool
    prompt: str
    lowercase: bool


def tiny_model(folder: Path, traits: Traits) -> Path:
    """Save a model to a folder in `folder`, which is returned: one Bert layer, pooling and what the traits say."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    torch.manual_seed(7)
    vocabulary = [*SPECIAL, *WORDS, *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz")]
    bert = folder / "bert"
    bert.mkdir(parents=True)
    (bert / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer.from_pretrained(bert, do_lower_case=False).save_pretrained(bert)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=4 * DIMENSION,
        max_position_embeddings=4 * MAX_TOKENS,
    )
    BertModel(config).save_pretrained(bert)
    modules = [
        Transformer(str(bert), max_seq_length=MAX_TOKENS, do_lower_case=traits.get("lowercase", False)),
        Pooling(DIMENSION, pooling_mode=traits.get("pooling", "mean")),
    ]
    modules += [Dense(DIMENSION, DIMENSION)] if traits.get("dense") else []
    modules += [Normalize()] if traits.get("normalize", True) else []
    prompt = traits.get("prompt")
    model = SentenceTransformer(
        modules=modules,
        device="cpu",
        prompts={"query": prompt} if prompt else None,
        default_prompt_name="query" if prompt else None,
    )
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
