"""The web application for a WSGI server."""

from region.app import create_app
from region.settings import Settings

app = create_app(Settings.from_env())
