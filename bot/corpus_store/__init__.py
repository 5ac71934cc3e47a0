"""Corpora that are served: unpacked, checked, kept with the one before, recorded, shared by processes, and found again."""

from bot.corpus_store.keeper import Keeper
from bot.corpus_store.record import Origin, Served
from bot.corpus_store.servers import ServerCorpora
from bot.corpus_store.start import open_service
from bot.corpus_store.workshop import Change, Upload

__all__ = ["Change", "Keeper", "Origin", "Served", "ServerCorpora", "Upload", "open_service"]
