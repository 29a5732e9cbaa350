"""What stands between a page and the world."""

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "trustrepair.doors"
    label = "doors"
