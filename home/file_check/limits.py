"""Limits of the process that reads an uploaded file."""

from __future__ import annotations

import ctypes
import sys


def isolate_from_network() -> None:
    """Give up new privileges, then move this process into a network without interfaces, where the system allows that.

    Linux refuses the second where user namespaces are switched off and the process is not root.
    """
    if sys.platform != "linux":
        return
    new_user, new_network, no_new_privileges = 0x10000000, 0x40000000, 38
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(no_new_privileges, 1, 0, 0, 0)
    if system.unshare(new_user | new_network) != 0:
        system.unshare(new_network)


def limit(seconds: int, megabytes: int) -> None:
    """Limit this process. Without such limits (Windows), only the timeout of the caller applies."""
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
