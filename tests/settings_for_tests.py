"""The settings, with what tests need different. What set-up found out about this machine (engine, images) stays."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in is not what tests wait for
CELERY_BROKER_URL = "memory://"  # a message that a test does not expect goes nowhere
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # static files come from the source tree, collected or not
CELERY_BROKER_TRANSPORT = "memory"
# Threads of async tests end without closing their connections, and a database with one cannot be removed.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
