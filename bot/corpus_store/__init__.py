"""Corpora that are served: unpacked, checked, kept on disk with the one before, recorded, and found again at the next start."""

from bot.corpus_store.keeper import Change, Keeper, Upload
from bot.corpus_store.record import Origin, Served
from bot.corpus_store.start import open_service

__all__ = ["Change", "Keeper", "Origin", "Served", "Upload", "open_service"]
