"""The headers of a request to a webhook, according to Standard Webhooks (version 1, symmetric keys)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from home.models import WebhookDelivery


def body_of(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def headers(delivery: WebhookDelivery, body: bytes, seconds: int) -> dict[str, str]:
    """Return the headers of an attempt at the time `seconds` (Unix time). All attempts of one delivery have the same id."""
    message_id = f"msg_{delivery.id.hex}"
    signed = b".".join([message_id.encode(), str(seconds).encode(), body])
    signature = base64.b64encode(hmac.digest(delivery.webhook.secret_bytes, signed, hashlib.sha256)).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{signature}",
    }
