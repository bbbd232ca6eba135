"""As for the other Django peers, with the tables of the figures."""

from peers.plain.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "peers.figures",
]
AUTH_USER_MODEL = "figures.User"
