"""The headers that stand on every response.

A view marks a response as public (`response.shared = True`, see steps/pages.py); everything else is
private: never stored by a browser or a proxy, never shown by a search engine.
"""

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

PERMISSIONS = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer", "autoplay", "browsing-topics", "camera",
                "clipboard-read", "display-capture", "encrypted-media", "fullscreen", "gamepad",
                "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
                "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment",
                "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb",
                "window-management", "xr-spatial-tracking",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)  # fmt: skip

ALWAYS = {
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
}


class HeadersMiddleware:
    """Set the fixed headers, `no-store` and `noindex` wherever nobody said otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Made once: no page of ours has a nonce or a policy of its own.
        self.always = {**ALWAYS, "Content-Security-Policy": build_policy()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.always.items():
            response.headers.setdefault(name, value)
        if settings.DEBUG and response.status_code in {404, 500}:
            del response.headers["Content-Security-Policy"]  # Django's own pages have inline style
        if request.path_info.startswith("/static/") and response.status_code < 400:
            return response
        if not getattr(response, "indexable", False):
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store, private"
        return response
