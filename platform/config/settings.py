"""All settings, typed, from the environment. A value that makes no sense stops the start with a sentence."""

import json

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.lab_domain import problem_with
from config.paths import ROOT, STATE, read_state, read_version
from config.secret_key import problem_with_key
from config.sign_in import *  # noqa: F403
from config.sign_in import ALLAUTH_APPS, oidc_providers, origin_of

env = environ.Env()
# What an admin set for the installed site, then what set-up found out; the real environment wins over both.
for _file in (STATE / "site.env", STATE / "env"):
    if _file.is_file():
        env.read_env(str(_file))

VERSION = read_version()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default=read_state("secret_key"))
if _problem := problem_with_key(SECRET_KEY):
    raise ImproperlyConfigured(_problem)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is empty. Set it to the names by which people reach the site, such as muelle.example.org."
    )
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if DEBUG and env.bool("MUELLE_HTTPS", default=False):
    raise ImproperlyConfigured(
        "DEBUG is on where MUELLE_HTTPS is: whoever meets a fault would read code and settings. Set DEBUG=0."
    )
# Web ports of labs are shown at <port>-<label>.<LAB_DOMAIN>, which must be another site than the platform's.
LAB_DOMAIN = env.str("LAB_DOMAIN", default="labs.localhost")
if _problem := problem_with(LAB_DOMAIN, allowed_hosts=ALLOWED_HOSTS, trusted_origins=CSRF_TRUSTED_ORIGINS):
    raise ImproperlyConfigured(_problem)
# More ports that this process listens on, for labs alone: where browsers have no names for them (web_ports/slots.py).
MUELLE_LAB_PORTS = env.list("MUELLE_LAB_PORTS", cast=int, default=[])
# In a classroom: the certificate of our own authority, which pages offer, and the port that speaks https by it.
MUELLE_CA_FILE = env.str("MUELLE_CA_FILE", default="")
MUELLE_HTTPS_PORT = env.int("MUELLE_HTTPS_PORT", default=0)

# --- Muelle ----------------------------------------------------------------------------------------------------------
MUELLE_INSTANCE = env.str("MUELLE_INSTANCE", default=read_state("instance", "00000000"))
MUELLE_RUN_DIR = env.path("MUELLE_RUN_DIR", default=f"/run/muelle/{MUELLE_INSTANCE}").root
MUELLE_COURSES_DIR = env.path("MUELLE_COURSES_DIR", default=str(ROOT / "labs" / "courses")).root
MUELLE_DIAGRAM_CACHE = str(STATE / "diagrams")  # drawings by digest of their text; may be deleted at any time
MUELLE_PROOF_CACHE = STATE / "proved"  # which labs were proved, by digest
# Only the worker and the reconciler are given the engine's address; elsewhere it stays empty and launching is refused.
MUELLE_ENGINE_URL = env.str("MUELLE_ENGINE_URL", default="")
# The address of the registry and packages for labs with an engine of their own; empty where there are none.
MUELLE_MIRROR = env.str("MUELLE_MIRROR", default="")
MUELLE_RUNTIME = env.str("MUELLE_RUNTIME", default="docker")
# What set-up proved of the engine. Labs with a disk or an engine of their own are off where it is not there.
MUELLE_ENGINE_QUOTA = env.bool("MUELLE_ENGINE_QUOTA", default=False)
MUELLE_ENGINE_QUOTA_COUNTS_IMAGE = env.bool("MUELLE_ENGINE_QUOTA_COUNTS_IMAGE", default=False)
MUELLE_ENGINE_TUN = env.bool("MUELLE_ENGINE_TUN", default=False)
# The range that networks of labs are taken from; empty where set-up could put no firewall around them. Whether that
# stands is told by the report of its keeper.
MUELLE_LAB_NETWORKS = env.str("MUELLE_LAB_NETWORKS", default="")
MUELLE_WALLS_REPORT = env.path("MUELLE_WALLS_REPORT", default="/run/muelle/walls.json").root
MUELLE_AGENT_VOLUME = env.str("MUELLE_AGENT_VOLUME", default="")
# In containers from the environment (`standard=muelle/standard:1234,...`), in a clone from what set-up wrote.
MUELLE_IMAGES: dict[str, str] = env.dict("MUELLE_IMAGES", default=json.loads(read_state("images.json", "{}")))
MUELLE_MAX_LIVE_SESSIONS = env.int("MUELLE_MAX_LIVE_SESSIONS", default=60)
MUELLE_MAX_SESSIONS_PER_LEARNER = env.int("MUELLE_MAX_SESSIONS_PER_LEARNER", default=2)
MUELLE_POOL_SIZE = env.int("MUELLE_POOL_SIZE", default=2)
# Warm sandboxes of one kind, however much a lab is used: a class at 8:00, and no more memory than that.
MUELLE_POOL_MAX = env.int("MUELLE_POOL_MAX", default=30)
# The same for labs with a Docker of their own, which takes 200 MiB while it waits.
MUELLE_POOL_SIZE_ENGINE = env.int("MUELLE_POOL_SIZE_ENGINE", default=1)
MUELLE_POOL_MAX_ENGINE = env.int("MUELLE_POOL_MAX_ENGINE", default=10)
# Every time constant of the platform's loops is divided by this; crash tests speed a day up, production leaves it at 1.
MUELLE_TIME_SCALE = env.float("MUELLE_TIME_SCALE", default=1.0)
# The reconciler's steps, in order. Settings name them, so that a higher app can add one without being imported from
# below.
MUELLE_RECONCILE_STEPS = [
    "lab_sessions.steps.enforce_deadlines",
    "lab_sessions.steps.warn_before_deadlines",
    "lab_sessions.steps.rewake_sessions",
    "lab_sessions.steps.finish_alone",
    "grading.steps.rewake_submissions",
    "grading.steps.rewake_chains",
    "lab_sessions.steps.admit_queued",
    "lab_sessions.steps.mend_vanished",
    "lab_sessions.steps.fail_bereft",
    "lab_sessions.steps.undo_half_made",
    "lab_sessions.steps.remove_orphans",
    "lab_sessions.steps.fill_pool",
    "lab_sessions.signs.note_machine",
    "operations.steps.take_sample",
    "operations.steps.measure_sandboxes",
    "operations.steps.refresh_report",
    "lab_sessions.steps.cool_down",
    "classroom.steps.close_lapsed_assistance",
]
MUELLE_XTERM_CDN = env.bool("MUELLE_XTERM_CDN", default=True)
MUELLE_DEMO = env.bool("MUELLE_DEMO", default=False)
# Whether people who learn in no cohort may read every course; a school turns it off.
MUELLE_OPEN_COURSES = env.bool("MUELLE_OPEN_COURSES", default=True)
# Where backups are looked for, to tell how old the newest is.
MUELLE_BACKUPS = env.str("MUELLE_BACKUPS", default=str(STATE / "backups"))
# A file that workers and the reconciler touch while their loops turn, for health checks; empty for none.
MUELLE_LIFE_SIGN = env.str("MUELLE_LIFE_SIGN", default="")
# Lets a collector elsewhere read /metrics; without one only programs on this machine may.
MUELLE_METRICS_TOKEN = env.str("MUELLE_METRICS_TOKEN", default="")

# --- Applications: the order of the data flow, doors last ------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    *ALLAUTH_APPS,
    "accounts",
    "audit",
    "courses",
    "cohorts",
    "sandboxes",
    "lab_sessions",
    "operations",
    "grading",
    "progress",
    "gradebook",
    "privacy",
    "classroom",
    "terminal",
    "web_ports",
    "web",
    "api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads what it compresses, so that its length tells nothing (BREACH)
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.acting.NoteActing",
    "web.changing.MustChangePassword",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "web.context.site",
            ]
        },
    }
]

# --- Database: the only truth ----------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{STATE / 'db.sqlite3'}")}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at its start instead of failing with "database is locked"
        # Seconds. SQLite's waiters do not queue, so when a class arrives somebody has no luck for long: ADR 23.
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: a broker and a notice board, never the truth -------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT = "config.broker:Transport"
CELERY_TASK_DEFAULT_QUEUE = f"muelle-{MUELLE_INSTANCE}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
# Early, since the row behind a message has a lease: a late one, on a line that has gone meanwhile, ends the worker.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Tasks that share a connection: opening the file for each of a class's hundreds of looks a minute costs more than
    # some looks. One to PostgreSQL may break meanwhile, so there each task has its own, as Celery wants it.
    CELERY_DB_REUSE_MAX = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its log is ours, format and all
CELERY_TASK_TIME_LIMIT = 180  # seconds; every task has smaller limits of its own
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,  # seconds; rows with leases make this a second line only
    "global_keyprefix": f"muelle-{MUELLE_INSTANCE}-",
    "socket_timeout": 1,  # seconds that a page may wait for a frozen Redis; workers have more (config/celery.py)
    "socket_connect_timeout": 1,
    # A lost wake-up is found by the reconciler; a page must not wait for a dead broker.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "config.channel_layer.ChannelLayer",
        # No socket timeout: redis-py would close idle subscriptions (channels_redis issue 422).
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": f"muelle-{MUELLE_INSTANCE}"},
    }
}

# --- People ----------------------------------------------------------------------------------------------------------
# Proxies whose X-Forwarded-For is believed, where the server does not read it itself (uvicorn's --forwarded-allow-ips).
MUELLE_TRUSTED_PROXIES = env.list("MUELLE_TRUSTED_PROXIES", default=[])
MUELLE_TOTP = env.bool("MUELLE_TOTP", default=False)
MUELLE_OIDC_SERVER_URL = env.str("MUELLE_OIDC_SERVER_URL", default="")
MUELLE_OIDC_NAME = env.str("MUELLE_OIDC_NAME", default="OpenID Connect")
MUELLE_OIDC_SIGN_UP = env.bool("MUELLE_OIDC_SIGN_UP", default=False)
SOCIALACCOUNT_PROVIDERS = oidc_providers(
    server_url=MUELLE_OIDC_SERVER_URL,
    client_id=env.str("MUELLE_OIDC_CLIENT_ID", default=""),
    secret=env.str("MUELLE_OIDC_SECRET", default=""),
    name=MUELLE_OIDC_NAME,
)
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "courses:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
CSRF_FAILURE_VIEW = "web.views.errors.csrf_failure"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Languages -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- Static files ----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = env.path("MUELLE_STATIC_ROOT", default=str(STATE / "static")).root
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Compressed, under their own names: modules import each other by name.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# --- Security: strict on https and localhost, workable on a plain-http classroom network -----------------------------
MUELLE_HTTPS = env.bool("MUELLE_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = MUELLE_HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if MUELLE_HTTPS else f"sessionid-{MUELLE_INSTANCE}"
CSRF_COOKIE_NAME = "__Host-csrftoken" if MUELLE_HTTPS else f"csrftoken-{MUELLE_INSTANCE}"
SECURE_SSL_REDIRECT = MUELLE_HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
# Asked inside a container, by a check that has no TLS; it tells nothing but that the site is well.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
# Not in a classroom: its authority may be gone tomorrow, its names with other servers behind them.
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if MUELLE_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = MUELLE_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
XTERM_CDN_ORIGIN = "https://cdn.jsdelivr.net"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE] + ([XTERM_CDN_ORIGIN] if MUELLE_XTERM_CDN else []),
        "style-src": [SELF, NONCE] + ([XTERM_CDN_ORIGIN] if MUELLE_XTERM_CDN else []),
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A form of ours is answered by a redirect to the other server, whose sign-in page may be at yet another origin.
        "form-action": [SELF, *origin_of(MUELLE_OIDC_SERVER_URL), *env.list("MUELLE_OIDC_ORIGINS", default=[])],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Logs: sentences to standard error, without keystrokes -----------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}; it can be line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"acting": {"()": "audit.context.ActingFilter"}, "refusals": {"()": "audit.refusals.RefusalFilter"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}{acting}", "style": "{"},
        "json": {"()": "audit.json_lines.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["acting", "refusals"], "formatter": LOG_FORMAT}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.utils.autoreload": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "docker": {"level": "WARNING"},
        # It has handlers of its own, and at INFO it writes the addresses of sockets.
        "uvicorn": {"level": "WARNING", "handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "propagate": False},  # it would write addresses, with what is asked
        "urllib3": {"level": "WARNING"},
    },
}
