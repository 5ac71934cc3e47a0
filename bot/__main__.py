"""`python -m bot`: the command line."""

import gc
import logging
import os
import sys
import threading

# Imports and the corpus make half a million objects that stay: looking through them for garbage every 700 new ones, as Python
# does by itself, takes a fifth of the start.
gc.set_threshold(500_000, 20, 20)

from bot.cli import main  # noqa: E402 - what it imports is what the line above is for

JOIN_S = 0.5


def leave(code: int) -> None:
    """End the process; what still computes in a thread cannot be stopped, and is not waited for."""
    others = [thread for thread in threading.enumerate() if thread is not threading.current_thread() and not thread.daemon]
    for thread in others:
        thread.join(JOIN_S)
    if any(thread.is_alive() for thread in others):
        logging.getLogger("bot").warning("Stopped in the middle of %s", ", ".join(t.name for t in others if t.is_alive()))
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    leave(main())
