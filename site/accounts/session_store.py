"""Sessions in the database. Django loads this module, because the setting `SESSION_ENGINE` names it."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError

from accounts.models import UserSession


class SessionStore(db.SessionStore):
    """Django's store, with different errors for a deleted session and for a database that does not respond.

    Django treats both as a session that has ended, and returns 400. If the database does not respond, this site returns 503.
    """

    @classmethod
    def get_model_class(cls):
        return db.SessionStore.get_model_class()

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  (as in Django)
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise

    def cycle_key(self) -> None:
        """Give the session a new key, as after a change of the password, and store it in the list of the user's sessions.

        A session that is not in the list would not be ended together with the others.
        """
        before = self.session_key
        super().cycle_key()
        if before:
            UserSession.objects.filter(session_key=before).update(session_key=self.session_key)
