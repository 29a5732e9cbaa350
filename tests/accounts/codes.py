"""What an authenticator app does (RFC 6238): from a secret and the time, six figures."""

import base64
import hashlib
import hmac
import struct
import time


def code_now(secret: str) -> str:
    """Return the code that an app shows now for a secret in base 32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
