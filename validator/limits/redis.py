"""How callers stand, in a Redis or Valkey that the hosts of a site share. The client is passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from redis import Redis, RedisError

from validator.limits.store import KEPT_S, TRIES, WAIT_S, StoreDown, T

if TYPE_CHECKING:
    from collections.abc import Callable

# Redis compares and sets in one step; an empty text stands for nothing kept.
_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


def client(url: str, wait_s: float = WAIT_S) -> Redis:
    """A client that waits no longer than a store may, and never tries again by itself."""
    return Redis.from_url(
        url, socket_timeout=wait_s, socket_connect_timeout=wait_s, retry=None, decode_responses=True
    )


class RedisStore:
    """A `Store` in Redis under keys that begin with `prefix`."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._closed = False

    def change(self, key: str, step: Callable[[str | None], tuple[str, T]], now: float) -> T:  # noqa: ARG002 - Redis ends keys by its own clock
        """Replace it if nobody else did since it was read, else read again."""
        if self._closed:
            raise StoreDown("the store is closed")
        try:
            return self._change(self._prefix + key, step)
        except (RedisError, OSError, ValueError) as error:
            # Only the name: the text may quote the address, and a password in it.
            raise StoreDown(f"the store cannot be used ({type(error).__name__})") from None

    def look(self) -> None:
        """Ask for a sign of life."""
        try:
            self._redis.ping()
        except (RedisError, OSError) as error:
            raise StoreDown(f"the store cannot be used ({type(error).__name__})") from None

    def purge(self, now: float) -> None:
        """Nothing to do: Redis deletes keys at their end by itself."""

    def close(self) -> None:
        """Close this process's connections."""
        self._closed = True
        self._redis.close()

    def _change(self, key: str, step: Callable[[str | None], tuple[str, T]]) -> T:
        for _ in range(TRIES):
            kept = cast("str | None", self._redis.get(key))
            text, result = step(kept)
            if self._redis.eval(_SWAP, 1, key, kept or "", text, str(KEPT_S)):
                return result
        raise StoreDown("too many write at once")
