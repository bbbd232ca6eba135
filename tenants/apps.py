from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """What is true of any tenant's space: walls, rights, history, people."""

    name = "tenants"

    def ready(self) -> None:
        # Registers the system check; Django offers no other place for it.
        from tenants.access import checks  # noqa: F401, PLC0415
