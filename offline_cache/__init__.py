"""Remembers answers for bad connections: fresh, renewed in the background, standing in on failure (RFC 5861).

Knows neither Flask nor the network, neither `validator` nor `scanner`; a test reads the imports. What an
answer says is opaque here: only whether it is valid, when it was asked for and when its card ends decide.
"""

from offline_cache.background import Background, DaemonPool
from offline_cache.cache import Failed, Fetch, Fetched, Found, How, Missing, OfflineCache
from offline_cache.entry import Entry
from offline_cache.memory import MemoryTier
from offline_cache.policy import Decision, Windows, decide
from offline_cache.sqlite import SqliteStore
from offline_cache.store import Store, StoreError

__all__ = [
    "Background",
    "DaemonPool",
    "Decision",
    "Entry",
    "Failed",
    "Fetch",
    "Fetched",
    "Found",
    "How",
    "MemoryTier",
    "Missing",
    "OfflineCache",
    "SqliteStore",
    "Store",
    "StoreError",
    "Windows",
    "decide",
]
