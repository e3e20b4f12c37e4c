"""How gunicorn serves the application: one process, sixteen threads; WEB_CONCURRENCY adds processes."""

import contextlib
import ctypes
import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "validator.security.worker.Worker"  # gthread, with threads for whole requests only
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
# The ceiling on calls to the Router is for the host: each process gets its share.
os.environ.setdefault("ESCV_PROCESSES", str(workers))
# 16 threads: 14 may wait for the Router (ESCV_ROUTER_PERMITS), two always answer from memory.
threads = int(os.environ.get("WEB_THREADS", "16"))
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
# The route in place of the path (validator/access_log.py): strangers may put a card number into one. People's
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
