"""The doctor names the cause: each fault is a real one."""
