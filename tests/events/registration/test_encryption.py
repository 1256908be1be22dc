"""Encryption of sensitive answers, and replacement of its key."""

import logging

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from events.models import SensitiveAnswer
from events.registration import detail
from events.registration.encryption import DecryptionError, decrypt, decrypt_or_none, encrypt
from tests.factories.personal_data import make_full_registration
from tests.factories.registrations import make_open_event
from tests.factories.users import make_organiser

pytestmark = pytest.mark.any_database

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.mark.parametrize("value", ["Ει φιγς 🍇", True, ["a"], [{"key": "k", "label": "Vegan"}], "x" * 5000])
def test_decrypting_returns_the_encrypted_value(value):
    encrypted_value = encrypt(value)
    assert decrypt(encrypted_value) == value
    assert decrypt(memoryview(encrypted_value)) == value
    assert str(value).encode() not in encrypted_value


def test_encrypting_twice_gives_different_bytes():
    assert encrypt("vegan") != encrypt("vegan")


def test_a_wrong_key_raises_and_logs_an_error(settings, caplog):
    encrypted_value = encrypt("vegan")
    settings.SECRET_KEY = "another"
    with pytest.raises(DecryptionError) as caught:
        decrypt(encrypted_value)
    assert caught.value.code == "cannot_decrypt"
    assert decrypt_or_none(encrypted_value) is None
    assert "ANSWERS_KEY" in caplog.text
    assert "vegan" not in caplog.text


def test_modified_bytes_cannot_be_decrypted():
    encrypted_value = bytearray(encrypt("vegan"))
    encrypted_value[20] ^= 1
    with pytest.raises(DecryptionError):
        decrypt(bytes(encrypted_value))


def test_answers_stay_readable_when_keys_are_added(settings):
    first = encrypt("one")
    settings.ANSWERS_KEY = [OLD]
    second = encrypt("two")
    settings.ANSWERS_KEY = [NEW, OLD]
    third = encrypt("three")
    assert [decrypt(encrypted_value) for encrypted_value in (first, second, third)] == ["one", "two", "three"]
    settings.ANSWERS_KEY = [NEW]
    assert decrypt(third) == "three"
    with pytest.raises(DecryptionError):
        decrypt(second)


def test_secret_key_fallbacks_decrypt(settings):
    encrypted_value = encrypt("one")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert decrypt(encrypted_value) == "one"


def test_reencrypt_answers_uses_the_newest_key(db, settings, capsys):
    event = make_open_event()
    for name in ("Anna", "Eeva"):
        make_full_registration(event, name)
    settings.ANSWERS_KEY = [NEW]
    call_command("reencrypt_answers")
    assert "newest key: 2" in capsys.readouterr().out
    settings.SECRET_KEY = "another"
    assert {decrypt(row.encrypted_value) for row in SensitiveAnswer.objects.all()} == {
        "Anna eats figs",
        "Eeva eats figs",
    }


def test_answers_that_no_key_decrypts_are_counted_and_left_unchanged(db, settings):
    event = make_open_event()
    registration = make_full_registration(event)
    before = bytes(SensitiveAnswer.objects.get().encrypted_value)
    settings.SECRET_KEY = "another"
    with pytest.raises(CommandError, match="decrypts 1 of"):
        call_command("reencrypt_answers")
    assert bytes(SensitiveAnswer.objects.get().encrypted_value) == before
    # The page for staff still shows the rest of the registration.
    logging.disable(logging.CRITICAL)
    try:
        found = detail.staff_detail(event, registration.pk, sensitive_for=make_organiser(event, sees_sensitive=True))
    finally:
        logging.disable(logging.NOTSET)
    assert [answer.text for answer in found.sensitive_answers] == [""]
