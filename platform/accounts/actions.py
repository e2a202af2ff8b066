"""What people do with accounts."""

from enum import StrEnum

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts.models import User


class Role(StrEnum):
    LEARNER = "learner"  # does lessons and labs
    INSTRUCTOR = "instructor"  # sees what learners do, helps
    ADMIN = "admin"  # may do everything


@transaction.atomic
def set_preferences(*, by: User, language: str = "", theme: str = "") -> None:
    """Keep the language and the theme that a person chose; what is empty stays as it is."""
    chosen = {name: value for name, value in {"language": language, "theme": theme}.items() if value}
    if chosen:
        User.objects.filter(pk=by.pk).update(**chosen)


@transaction.atomic
def add_account(*, username: str, password: str, role: Role) -> User:
    """Create an account whose owner may sign in at once.

    Raises ValidationError where the name is taken or not allowed, or the password is too weak.
    """
    user = User(username=username, is_staff=role != Role.LEARNER, is_superuser=role == Role.ADMIN)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    return user
