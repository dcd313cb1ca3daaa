"""Signatures of webhook calls, so that receivers know who calls.  Contract: runner L, X-151."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

TIMESTAMP = "X-Cometa-Timestamp"
DELIVERY = "X-Cometa-Delivery"
SIGNATURE = "X-Cometa-Signature"


def signed_headers(secret: str, delivery: str, moment: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers that sign a call.

    Args:
        secret: secret of the integration.
        delivery: id of the delivery, the same for every try.
        moment: when this try is made; receivers refuse old ones, so that no recorded call can be repeated.
        body: what is sent.
    """
    timestamp = str(int(moment.timestamp()))
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {TIMESTAMP: timestamp, DELIVERY: delivery, SIGNATURE: f"sha256={digest}"}
