"""Data about cards: hashed under keys that expire, exported or erased on request, deleted after retention."""
