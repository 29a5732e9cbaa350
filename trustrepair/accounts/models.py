"""The person: signs in by e-mail, is called by a display name, lives in a time zone."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone


def default_time_zone() -> str:
    """Return the zone a new account has until its browser tells a better one."""
    return str(settings.DEFAULT_TIME_ZONE)


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError("Choose a time zone from the list.")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account; without a password it can only be entered by passkey or reset."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account for the host. It can read no more of anybody's words than a stranger."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Address and display name are plain; docs/privacy says so."""

    TEXT_SIZES = [("usual", "Usual"), ("larger", "Larger"), ("largest", "Largest")]
    LOCK_LEAST, LOCK_MOST = 2, 30  # minutes

    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=60, blank=True)
    time_zone = models.CharField(
        max_length=64, default=default_time_zone, validators=[validate_time_zone]
    )
    language = models.CharField(max_length=12, default="en-gb")
    # Exercises on one sheet, or one question at a time.
    whole_sheet = models.BooleanField(default=False)
    spellcheck = models.BooleanField(default=False)
    text_size = models.CharField(max_length=8, choices=TEXT_SIZES, default="usual")
    lock_minutes = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(LOCK_LEAST), MaxValueValidator(LOCK_MOST)]
    )
    keeps_trash = models.BooleanField(default=True)
    is_coach = models.BooleanField(default=False)
    # Whether the menu says Together. It opens nothing: only a membership does.
    shares_room = models.BooleanField(default=False)
    # Whether saving and Today think of a coach. It opens nothing: only what they show does.
    has_coach = models.BooleanField(default=False)
    # The hash of a password that was asked for by mail, and when it holds (waiting.py).
    next_password = models.CharField(max_length=128, blank=True)
    next_password_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return f"person {self.pk}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Erase the account: out of every room first, keys before words, then every row."""
        # Late: journal's tables point at this one.
        from journal.spaces.leaving import leave_all

        with transaction.atomic():
            leave_all(self)
            return super().delete(*args, **kwargs)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this person's days begin and end."""
        return ZoneInfo(self.time_zone)

    @property
    def initial(self) -> str:
        """One letter for the monogram."""
        return (self.display_name or self.email)[:1].upper()
