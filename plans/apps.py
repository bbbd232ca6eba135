from django.apps import AppConfig


class PlansConfig(AppConfig):
    """The Integrated Action Plans of the cities, and what is published about them."""

    name = "plans"
