"""The site as a web server calls it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regard.web.settings")

application = get_wsgi_application()

if os.environ.get("REGARD_WARM") == "1":
    # Only now: pages need the settings that the line above has read.
    from regard.web.warming import warm_in_background

    warm_in_background()
