"""The decode worker and its pool: headers, pipe, limits, restarts, sandbox."""
