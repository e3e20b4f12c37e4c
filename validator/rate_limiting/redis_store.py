"""The state of callers in a Redis or Valkey that all hosts of a site share."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from redis import Redis, RedisError

from validator.rate_limiting.store import KEPT_S, WAIT_S

if TYPE_CHECKING:
    from validator.rate_limiting.store import Errors

# Compare and set in one step; an empty text stands for no text.
_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return 1
"""


class RedisStore:
    """A `Store` under keys that begin with `prefix`. Its client waits at most `wait_s` and never retries."""

    errors: Errors = (RedisError, OSError, ValueError)

    def __init__(self, url: str, prefix: str, wait_s: float = WAIT_S) -> None:
        self._prefix = prefix
        self._redis = Redis.from_url(
            url, socket_timeout=wait_s, socket_connect_timeout=wait_s, retry=None, decode_responses=True
        )

    def get(self, key: str, now: float) -> str | None:  # noqa: ARG002 - Redis expires keys by its own clock
        """The text of this key."""
        return cast("str | None", self._redis.get(self._prefix + key))

    def swap(self, key: str, old: str | None, new: str | None, now: float) -> bool:  # noqa: ARG002 - the same
        """Replace it by a script, which Redis runs as one step."""
        return bool(self._redis.eval(_SWAP, 1, self._prefix + key, old or "", new or "", str(KEPT_S)))

    def items(self, prefix: str) -> dict[str, str]:
        """All keys that begin with `prefix`, with their texts."""
        found = cast("list[str]", list(self._redis.scan_iter(f"{self._prefix}{prefix}*", 1_000)))
        texts = cast("list[str | None]", self._redis.mget(found) if found else [])
        return {key.removeprefix(self._prefix): text for key, text in zip(found, texts, strict=True) if text}

    def check(self) -> None:
        """Ask for an answer."""
        self._redis.ping()

    def purge(self, now: float) -> None:
        """Nothing to do: Redis deletes expired keys."""

    def disconnect(self) -> None:
        """Close this process's connections."""
        self._redis.close()
