"""From an fp32 graph to the one that serves: the smallest recipe whose vectors stay near enough to the original's.

Quantising every matrix to int8 with one scale a channel, and the activations with one scale a text, moves some vectors by
more than a hundredth: what enters the feed-forward's matrices has outliers that use up the scale. Those matrices, the ones
that are not square, are therefore kept in int8 blocks, whose activations are scaled block by block; that costs a third more
time than int8 throughout and a third less than fp32.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.errors import ModelError
from bot.retrieval.onnx_export import NEEDED, silenced

BLOCK = 64
"""Numbers that share a scale."""
INT8_COMPUTE = 4
"""Accuracy level of ONNX Runtime's MatMulNBits at which the products are computed in int8."""

Recipe = Callable[[Path, Path], None]
"""Writes the graph of the first file, quantised, to the second."""


def recipes() -> Sequence[tuple[str, Recipe]]:
    """What is tried, the fastest first, with the words for it."""
    return (
        ("int8 per channel, the feed-forward's matrices in blocks", lambda graph, to: _quantize(graph, to, square=False)),
        ("int8, every matrix in blocks", lambda graph, to: _quantize(graph, to, square=True)),
        ("fp32", lambda graph, to: _copy(graph, to)),
    )


def _quantize(graph: Path, to: Path, *, square: bool) -> None:
    """Matrices that are not square (with `square`, all) in int8 blocks; other matrices and the vocabulary in int8 per channel."""
    try:
        import onnx
        from onnxruntime.quantization import quantize_dynamic
        from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
    except ImportError as error:
        raise ModelError(NEEDED.format(error.name)) from None
    model = onnx.load(str(graph))
    shapes = {weights.name: tuple(weights.dims) for weights in model.graph.initializer}
    matrices = {node.name: shapes.get(node.input[1], ()) for node in model.graph.node if node.op_type == "MatMul"}
    per_channel = [name for name, shape in matrices.items() if not square and len(set(shape)) == 1]
    blocks = to.with_name("blocks.onnx")
    with silenced():
        quantizer = MatMulNBitsQuantizer(
            model, bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=INT8_COMPUTE, nodes_to_exclude=per_channel
        )
        quantizer.process()
        quantizer.model.save_model_to_file(str(blocks), False)
        quantize_dynamic(str(blocks), str(to), per_channel=True)
    blocks.unlink()


def _copy(graph: Path, to: Path) -> None:
    shutil.copyfile(graph, to)
