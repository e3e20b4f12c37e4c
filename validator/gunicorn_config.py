"""How gunicorn serves the application: one process, sixteen threads; WEB_CONCURRENCY adds processes."""

import contextlib
import ctypes
import os
import sys
from typing import Any

from scanner.sandbox import hide_memory
from validator.http.listening import (
    MOST_PROCESSES,
    MOST_THREADS,
    ListenError,
    address,
    check_free,
    host_and_port,
    whole_number,
)

# Before a secret is read. Workers inherit it; validator/wsgi.py does the same for commands.
hide_memory()

try:
    bind = address(*host_and_port(os.environ))
    workers = whole_number(os.environ, "WEB_CONCURRENCY", 1, MOST_PROCESSES)
    # 16 threads: 14 may wait for the Router (ESCV_ROUTER_PERMITS), two always answer from memory.
    threads = whole_number(os.environ, "WEB_THREADS", 16, MOST_THREADS)
except ListenError as error:
    print(f"ESC Validator cannot start: {error}", file=sys.stderr)  # noqa: T201 - for a person; no logs yet
    raise SystemExit(2) from None
worker_class = "validator.http.worker.Worker"  # gthread, with threads for whole requests only
# The ceiling on calls to the Router is for the host: each process gets its share.
os.environ.setdefault("ESCV_PROCESSES", str(workers))
# Loaded before the workers start: faults in the settings end the start with their own exit code,
# and the workers share the memory of what was loaded.
preload_app = True
graceful_timeout = 10
keepalive = 15
# No header says where the application is mounted or how its client came: ESCV_PROXY_HOPS alone decides what a
# proxy is believed.
forwarder_headers = ""
forwarded_allow_ips = ""
# The worker sends files itself, so that a slow reader holds no thread.
sendfile = False
limit_request_line = 2048
limit_request_fields = 64
# The route in place of the path (validator/logging.py): strangers may put a card number into one. People's
# addresses stay out of it.
access_log_format = '%(t)s "%(m)s %({escv.route}e)s" %(s)s %(b)s %(D)sus'
logger_class = "validator.logging.ServerLog"  # gunicorn's own messages go through our redaction, too
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 - gunicorn's heartbeat file
# No second door: gunicorn would otherwise open a control socket in the home folder.
control_socket_disable = True
# Large buffers go back to the system when they are freed. By itself glibc raises this bound as it runs and
# keeps them in each thread: 1 MB more for every 12 000 new cards. Other C libraries have no such call.
M_MMAP_THRESHOLD, LARGE = -3, 128 * 1024
with contextlib.suppress(AttributeError):
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def on_starting(server: Any) -> None:  # noqa: ANN401 - gunicorn ships no types
    """End with one sentence where the address is taken: gunicorn tries five times and gives numbers."""
    if "GUNICORN_FD" in os.environ or "LISTEN_FDS" in os.environ:
        return  # sockets that another process opened
    try:
        for one in server.cfg.address:
            if isinstance(one, tuple):
                check_free(*one[:2])
    except ListenError as error:
        print(f"ESC Validator cannot start: {error}", file=sys.stderr)  # noqa: T201 - for a person, as above
        raise SystemExit(2) from None
