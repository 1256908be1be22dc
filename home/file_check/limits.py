"""Sets limits for the process that reads an uploaded file."""

from __future__ import annotations

import ctypes
import sys


def isolate_from_network() -> None:
    """Prevent this process from gaining privileges, then move it to a network namespace without interfaces, if allowed.

    Linux refuses the namespace if user namespaces are switched off and the process is not root.
    """
    if sys.platform != "linux":
        return
    new_user, new_network, no_new_privileges = 0x10000000, 0x40000000, 38
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(no_new_privileges, 1, 0, 0, 0)
    if system.unshare(new_user | new_network) != 0:
        system.unshare(new_network)


def limit(seconds: int, megabytes: int) -> None:
    """Limit the time, memory and files of this process. Without `resource` (Windows), only the caller's timeout applies."""
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024 * 1024, 64 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
