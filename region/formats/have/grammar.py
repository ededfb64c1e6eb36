"""The elements of HAVE 2.0 that are read here, in their order, and its vocabularies; others are passed over.

Names of imported languages stand behind a prefix and in small letters, for drafts and standards differ in case.
"""

from __future__ import annotations

from region.formats.markup.grammar import Rule, rules

NAMESPACE = "urn:oasis:names:tc:emergency:edxl:have:2.0"
MOST_BYTES = 16 * 2**20
"""Some two thousand facilities with half a dozen services each."""
ROOTS = (f"{{{NAMESPACE}}}HAVE", f"{{{NAMESPACE}}}have")
IMPORTED = {
    "ct": "urn:oasis:names:tc:emergency:edxl:ct:1.0",
    "ext": "urn:oasis:names:tc:emergency:edxl:extension:1.0",
    "gml": "http://www.opengis.net/gml/3.2",
    "n": "urn:oasis:names:tc:emergency:edxl:ciq:1.0:xnl",
}
COLOURS = "urn:oasis:names:tc:emergency:EDXL:HAVE:2.0:Defaults:ColourCode"
CAPACITIES = "urn:oasis:names:tc:emergency:EDXL:HAVE:2.0:Defaults:CapacityCodeStatus"

COMMUNITY = "urn:winex:region:have"
PARAMETERS = {f"{COMMUNITY}:{name}": name for name in ("baseline", "in-use", "broken", "updated")}
"""Names of the parameters by which numbers without an element of the standard travel."""

GRAMMAR: dict[str, tuple[Rule, ...]] = {
    "HAVE": rules(
        *("organizationInformation! organization", "reportingPeriod period", "reportComment"),
        "facility+ parts",
    ),
    "organization": rules("n:organisationname name"),
    "name": rules("n:nameelement*"),
    "period": rules("ct:fromdatetime! time", "ct:todatetime! time"),
    "facility": rules(
        *(
            "facilityInformation! parts",
            "reportingPeriod period",
            "activityInPeriod any",
            "serviceList* parts",
        ),
        *("capacity any", "resources parts", "commentText*", "facilityColourStatus colour"),
        *("securityStatus any", "operations any", "capabilities any"),
    ),
    "facilityInformation": rules(
        *("facilityID! id", "parentFacility id", "facilityName!", "facilityGeoLocation location"),
        *("facilityDetails organization", "facilityKind word", "facilityProfile any"),
        *("clinicalStatusDefault word", "clinicalStatus any", "emergencyDepartmentStatus any"),
        *("emergencyOperations any", "helipad any"),
    ),
    "location": rules("ct:edxlgeolocation geo"),
    "geo": rules("gml:point position"),
    "position": rules("gml:pos! point"),
    "serviceList": rules(
        *("taxonomyURI", "taxonomyName", "serviceTaxonomyComment", "serviceListComment"),
        "serviceListItem+ parts",
    ),
    "serviceListItem": rules(
        *("serviceTaxonomyKeyValue!", "serviceName!", "serviceStatus parts", "serviceBedCapacity parts"),
        *("capacity value", "staffingLevels any", "comment", "futureServiceStates* any"),
        "ext:extension* any",
    ),
    "serviceStatus": rules(
        *("isAvailable! flag", "colourStatus colour", "comment", "stability word", "statusLevel any"),
    ),
    "serviceBedCapacity": rules(
        *("availableCount! integer", "baselineCount whole", "capacityNote", "availability word"),
        "ext:extension* any",
    ),
    "colour": rules("colourCode value", "colourCodeDefault value", "colourDescription"),
    "value": rules("ct:valuelisturi", "ct:value!"),
    "resources": rules(
        *("resourceNeeds parts", "resourceOffers parts", "colourStatus any"),
        *("resourcesInformationText* any", "commentText* any"),
    ),
    "resourceNeeds": rules("resourceNeed* amount"),
    "resourceOffers": rules("resourceOffer* amount"),
    "amount": rules(
        *("resourceKind! value", "quantityAmount! number", "quantityUnitOfMeasure", "comments"),
        "ext:extension* any",
    ),
}
WORDS: dict[str, tuple[str, ...]] = {
    "facilityKind": ("Hospital", "LongTermCare", "TemporaryFacility"),
    "clinicalStatusDefault": ("Normal", "Full"),
    "availability": ("Open", "Full", "Exceeded", "Inactive"),
    "stability": ("stable", "improving", "deteriorating"),
}
