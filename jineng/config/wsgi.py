"""The web entry."""

import gc
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

# What is there from the start is there to the end: no page need wait for it to be gone through for
# what could be thrown away, and what a page leaves behind is gone through less often.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
