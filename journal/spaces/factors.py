"""Whether somebody's account needs more than a password: asked of coaches before anybody else."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from journal.vault.guard import Person

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(person: Person) -> bool:
    """Whether a password alone does not open this account."""
    return bool(is_mfa_enabled(person, FACTORS))
