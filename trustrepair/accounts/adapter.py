"""Where allauth asks how we want things."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as asking
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from journal.relationships.guests import chose_to_take_along
from journal.vault.small import open_with_kek, seal_with_kek
from steps.posting import post
from steps.reminders.telling import mail_address_changed
from trustrepair.accounts import waiting
from trustrepair.accounts.factors import LABEL
from trustrepair.accounts.models import User

# No mail server takes a longer address (RFC 5321), and no column of ours holds one.
LONGEST_ADDRESS = 254
SAID_BY_THE_PAGE = "account/messages/password_changed.txt"


class AccountAdapter(DefaultAccountAdapter):
    """What a guest chose to take along is offered once they have signed in or up."""

    def clean_email(self, email: str) -> str:
        """Return an address that somebody typed.

        Raises:
            ValidationError: it is longer than addresses may be, which forms alone let pass.
        """
        if len(email) > LONGEST_ADDRESS:
            raise ValidationError(
                f"An address has at most {LONGEST_ADDRESS} characters, and this one {len(email)}."
            )
        return str(super().clean_email(email))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail, to be sent once the page that led to it has been answered."""
        request = asking.request
        site = get_current_site(request)
        words = {"request": request, "email": email, "current_site": site, **context}
        post(request, self.render_mail(template_prefix, email, words))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Take an address as proved; reminders may be mailed again where an old one refused."""
        proved = bool(super().confirm_email(request, email_address))
        if proved:
            mail_address_changed(email_address.user)
        return proved

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Sign in; say of a new password that waits when it will hold."""
        email = str(credentials.get("email", ""))
        waiting.come_due(email)
        user: User | None = super().authenticate(request, **credentials)
        if user is None and (when := waiting.holds_from(email, credentials.get("password", ""))):
            raise ValidationError(
                f"This new password holds from {when}. Until then the old one opens the account."
            )
        return user

    def set_password(self, user: User, password: str) -> None:
        """Set a password at once; one that waited is forgotten."""
        user.next_password, user.next_password_at = "", None
        super().set_password(user, password)

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say something on the next page; who reset a password was told by the page itself."""
        if SAID_BY_THE_PAGE in args and not request.user.is_authenticated:
            return
        super().add_message(request, *args, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Ask for the second factor where there is one; a passkey is quicker at hand than a code.

        Somebody who knows the password and has the open device in hand must not get at the words
        of a whole journal, nor at the very factor that is to keep them out.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        factors = [one for one in methods if one["id"] != "reauthenticate"]
        return sorted(factors or methods, key=lambda one: bool(one["id"] == "mfa_reauthenticate"))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if chose_to_take_along(request):
            return reverse("begin_keep")
        return str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)


class MFAAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery seeds are sealed like everything else."""

    def encrypt(self, text: str) -> str:
        return seal_with_kek(LABEL, text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_with_kek(LABEL, encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.DISCREET_NAME}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.display_name or user.email}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Return a name to begin with; the person may write their own."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "My passkey" if number == 1 else f"My passkey {number}"
