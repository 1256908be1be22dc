"""One thread of a process that does something outside requests, as often as somebody asks for it."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger(__name__)

# A process that ends waits this long for the mail that is under way, so that it is marked as sent.
LAST_WORDS_SECONDS = 15


class Courier:
    """Runs `work` in a thread when it is kicked, and once more when it was kicked meanwhile; then the thread ends.

    There is never more than one thread. A forked child has none and starts its own at its first kick.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._reset()
        os.register_at_fork(after_in_child=self._reset)
        atexit.register(self.stop)

    def _reset(self) -> None:
        # A fork copies the lock in whatever state another thread left it, and no thread.
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_asked = False
        self._is_stopped = False

    def wake(self) -> None:
        """Ask for the work. Returns at once."""
        with self._lock:
            if self._is_stopped:
                return
            self._is_asked = True
            if self._thread is None:
                # A daemon: a process that must end at once does not wait for a slow server.
                self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Take no more work, and wait a little for what is being done. The next process finds the rest."""
        with self._lock:
            self._is_stopped = True
            thread = self._thread
        if thread is not None:
            thread.join(LAST_WORDS_SECONDS)

    def _run(self) -> None:
        while self._is_wanted():
            try:
                self._work()
            except Exception as error:
                # Of the database, most likely. Only its name: messages of errors may hold addresses.
                logger.error("The courier stumbled (%s).", type(error).__name__)
            finally:
                connections.close_all()

    def _is_wanted(self) -> bool:
        with self._lock:
            if self._is_asked and not self._is_stopped:
                self._is_asked = False
                return True
            self._thread = None
            return False
