"""The decode child and what the web process knows of it: headers, frames, limits, restarts."""
