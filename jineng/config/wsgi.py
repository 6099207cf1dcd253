"""The web entry."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from jineng.config import numbers

try:
    numbers.demo()
except ValueError as refused:
    sys.exit(str(refused))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jineng.config.settings")

application = get_wsgi_application()
