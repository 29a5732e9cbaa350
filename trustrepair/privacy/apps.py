"""Who can read what, and how to take it all away."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "trustrepair.privacy"
    label = "privacy"
