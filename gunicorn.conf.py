"""gunicorn's settings: run `gunicorn` in this folder, or `gunicorn -c path/to/gunicorn.conf.py` from anywhere.

Set the address and the number of processes with gunicorn's own option `--bind` and variable `WEB_CONCURRENCY`.
"""

import gc
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# gunicorn's own `pythonpath` setting is not read by `--check-config`.
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

chdir = str(ROOT)
wsgi_app = "config.wsgi:application"
# The application is loaded once, before the processes are forked: they share its memory.
preload_app = True
worker_class = "gthread"
threads = 4
# Seconds. No request takes longer, so a worker that does not answer by then is replaced.
timeout = 30
# Seconds that a worker has to end. Its background tasks may take 15 of them (`home/tasks/backend.py`).
graceful_timeout = 30
# A process is replaced after so many requests, not all at the same time: memory that a library does not give back adds up.
max_requests = 5000
max_requests_jitter = 1000
# Heartbeat files in memory: on a slow disk, a worker that is alive could look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (a heartbeat file holds nothing)
# Nobody commands the server while it runs, and the unit of systemd may not write the folder of its socket.
control_socket_disable = True
# No client, and no proxy, sets the path of the application by a header: gunicorn would answer 500 to a wrong one.
forwarder_headers = ""
# No access log: the proxy in front writes one if it is wanted. IP addresses are personal data, so the format for those
# who set `--access-logfile` has neither addresses nor query strings.
accesslog = None
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)s'
# Masks personal links in both logs.
logger_class = "config.gunicorn_logger.Logger"
errorlog = "-"


def when_ready(server):
    """Load what the first request would load, and keep the garbage collector from copying the memory that is shared."""
    from django.urls import get_resolver  # noqa: PLC0415  (needs the application, which is loaded by now)

    get_resolver().url_patterns  # noqa: B018  (a cached property that imports all views)
    gc.collect()
    gc.freeze()
    # A page allocates some ten thousand objects and leaves few cycles. Python would collect garbage after each 700.
    gc.set_threshold(50_000)


def post_worker_init(worker):
    """Render the pages that are asked for most in advance."""
    from home.warming import warm_after_start  # noqa: PLC0415  (needs the application, which a worker has loaded)

    warm_after_start()
