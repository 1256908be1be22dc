"""How gunicorn serves the site: `gunicorn` in this folder or `gunicorn -c path/to/gunicorn.conf.py` from anywhere.

The address and the number of processes are gunicorn's own variables and options (`--bind`, `WEB_CONCURRENCY`).
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# gunicorn's own `pythonpath` setting is not read by `--check-config`.
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

chdir = str(ROOT)
wsgi_app = "config.wsgi:application"
worker_class = "gthread"
threads = 4
# A request that is slow on purpose does not exist here: a worker that hangs is replaced.
timeout = 30
# Heartbeats in memory: a slow disk must not look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (a heartbeat file holds nothing)
# Addresses of visitors are personal data: the proxy in front decides about access logs. Who turns one on here gets
# lines that name neither the visitor nor what she searched for.
accesslog = None
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)s'
# Personal links are masked in both logs.
logger_class = "config.gunicorn_logger.Logger"
errorlog = "-"
