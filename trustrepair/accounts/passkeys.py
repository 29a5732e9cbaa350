"""What a browser sends as a passkey's answer may be anything; none of it is a fault of ours."""

import struct

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as allauth

# What the parsers of passkeys raise over bytes that no browser makes.
STUMBLES = (AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error)


class Careful:
    """A form that takes an answer it cannot even read for a wrong one."""

    def full_clean(self) -> None:
        try:
            super().full_clean()  # type: ignore[misc]
        except STUMBLES:
            self.add_error(None, get_adapter().validation_error("incorrect_code"))  # type: ignore[attr-defined]


class AddForm(Careful, allauth.AddWebAuthnForm):
    """Make a passkey."""


class SignupForm(Careful, allauth.SignupWebAuthnForm):
    """Make a passkey for a new account."""


class LoginForm(Careful, allauth.LoginWebAuthnForm):
    """Sign in by passkey alone."""


class AuthenticateForm(Careful, allauth.AuthenticateWebAuthnForm):
    """Give a passkey as the second factor."""


class ReauthenticateForm(Careful, allauth.ReauthenticateWebAuthnForm):
    """Show by passkey that it is still the same person."""
