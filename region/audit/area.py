"""What the app may use of audit."""

from datetime import timedelta

from region.audit.routes import routes
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="audit",
    routes=(routes,),
    schedule=(Every("audit.seal_days", timedelta(hours=1)),),
    menu=(MenuItem("Journal", "audit.journal", "audit.read", "Administration"),),
)
