"""A process that starts, answers once, and says what that cost: run by `start`, as `python -m bot.benchmark.speed.probe`."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

TEXT = "websocket closed: what does code 1008 mean and how do I keep the connection open?"


def serve() -> None:
    """The Discord bot, built but not connected, until its first answer from the model."""
    import bot.__main__
    import bot.commands.serve  # noqa: F401 - what `run` begins with
    from bot.app import create_bot
    from bot.corpus_store import open_service
    from bot.settings import load_settings

    settings = load_settings()
    service = open_service(settings)
    create_bot(settings, service)
    service.engine.index.search(TEXT, ("point",), 1)
    service.close()


def reference(folder: str) -> None:
    """Nothing but a sentence-transformers model on torch, until its first vector."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(folder, device="cpu", local_files_only=True).encode(TEXT)


def resident_mb() -> float:
    """Resident memory of this process in MB; where the system does not tell, the most it ever was."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1e6 if sys.platform == "darwin" else 1e3)
    return pages * resource.getpagesize() / 1e6


def main(arguments: list[str]) -> None:
    """Do what is asked and print the cost as JSON: CPU seconds since the process began, and resident MB."""
    if arguments:
        reference(arguments[0])
    else:
        serve()
    print(json.dumps({"cpu_s": time.process_time(), "resident_mb": resident_mb(), "torch": "torch" in sys.modules}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
