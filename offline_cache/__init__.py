"""Remembers answers for bad connections: fresh, stale-while-revalidate and stale-on-error (RFC 5861).

Imports neither Flask nor the network, neither `validator` nor `scanner` (a test checks that). The content
of an answer is opaque here: only its validity, the time of asking and the card's end are used.
"""

from offline_cache.background import Background, DaemonPool
from offline_cache.cache import CacheStatus, Decode, Failed, Fetch, Fetched, Found, Missing, OfflineCache
from offline_cache.policy import Decision, Lifetimes, decide
from offline_cache.sqlite import SqliteStore
from offline_cache.store import Entry, Store, StoreError, UnreadableEntry
from offline_cache.tiers import MemoryTier

__all__ = [
    "Background",
    "CacheStatus",
    "DaemonPool",
    "Decision",
    "Decode",
    "Entry",
    "Failed",
    "Fetch",
    "Fetched",
    "Found",
    "Lifetimes",
    "MemoryTier",
    "Missing",
    "OfflineCache",
    "SqliteStore",
    "Store",
    "StoreError",
    "UnreadableEntry",
    "decide",
]
