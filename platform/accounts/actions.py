"""What people do with their own account."""

from django.db import transaction

from accounts.models import User


@transaction.atomic
def set_preferences(*, by: User, language: str = "", theme: str = "") -> None:
    """Keep the language and the theme that a person chose; what is empty stays as it is."""
    chosen = {name: value for name, value in {"language": language, "theme": theme}.items() if value}
    if chosen:
        User.objects.filter(pk=by.pk).update(**chosen)
