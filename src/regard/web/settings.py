"""Django's settings, all of them from the workspace and the environment."""

import os
from pathlib import Path

from regard.core.i18n import LOCALE, NAMES
from regard.web.configuration import database, here, hosts, secret_key, settings_here

ROOT = Path(__file__).resolve().parent
WORKSPACE = here()
COMPANY = settings_here(WORKSPACE)

SECRET_KEY = secret_key(WORKSPACE, os.environ)
DEBUG = os.environ.get("REGARD_DEBUG") == "1"
ALLOWED_HOSTS = hosts(os.environ)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "regard.ops.apps.Ops",
    "regard.web.apps.Web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "regard.web.middleware.policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "regard.web.middleware.language",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "regard.web.pages.problem.Mended",
]
ROOT_URLCONF = "regard.web.urls"
WSGI_APPLICATION = "regard.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "regard.web.surroundings.surroundings",
            ],
        },
    }
]

DATABASES = {
    "default": database(
        WORKSPACE, os.environ.get("REGARD_DATABASE_URL", "") or COMPANY.database_url
    )
}
AUTH_USER_MODEL = "ops.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = COMPANY.language
LANGUAGES = [(code, NAMES[code]) for code in NAMES if code in COMPANY.languages]
LANGUAGE_COOKIE_NAME = "regard_language"
LOCALE_PATHS = [LOCALE]

STATIC_URL = "static/"
# Straight from the package and the workspace: nothing has to be collected to run on a laptop.
STATICFILES_DIRS = [folder for folder in (ROOT / "static", WORKSPACE / "static") if folder.exists()]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

SECURE = os.environ.get("REGARD_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
