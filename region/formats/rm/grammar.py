"""The elements of EDXL-RM 1.0 that are read here, in their order, and its vocabularies; others are passed over."""

from __future__ import annotations

from region.formats.markup.grammar import Rule, rules

NAMESPACE = "urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg"
SHARED = "urn:oasis:names:tc:emergency:EDXL:RM:1.0"
"""Elements inside the types that all messages share; readers here take them from either namespace."""

KINDS = (
    *("RequestResource", "ResponseToRequestResource", "CommitResource"),
    "ReportResourceDeploymentStatus",
)
ANSWERS = ("ResponseToRequestResource", "CommitResource")
"""Kinds that answer a message, and each line of it, and must name both."""


def _message(kind: str) -> tuple[Rule, ...]:
    return rules(
        *("MessageID!", "SentDateTime! time", "MessageContentType! word", "MessageDescription"),
        *("OriginatingMessageID!", "PrecedingMessageID!" if kind in ANSWERS else "PrecedingMessageID"),
        *("IncidentInformation* parts", "MessageRecall any", "Funding* any", "ContactInformation+ parts"),
        "ResourceInformation+ parts",
    )


GRAMMAR: dict[str, tuple[Rule, ...]] = {
    **{kind: _message(kind) for kind in KINDS},
    "IncidentInformation": rules("IncidentID", "IncidentDescription"),
    "ContactInformation": rules(
        *("ContactDescription", "ContactRole word", "Radio* any", "ContactLocation any"),
        "AdditionalContactInformation any",
    ),
    "ResourceInformation": rules(
        *("ResourceInfoElementID!", "ResponseInformation parts", "Resource parts"),
        *("AssignmentInformation parts", "ScheduleInformation* parts"),
    ),
    "ResponseInformation": rules(
        *("PrecedingResourceInfoElementID!", "ResponseType! word", "ReasonCode* any", "ResponseReason"),
    ),
    "Resource": rules(
        *("ResourceID", "Name", "TypeStructure value", "TypeInfo any", "Keyword* any", "Description"),
        *("Credentials any", "Certifications any", "SpecialRequirements any", "ResponsibleParty any"),
        *("OwnershipInformation any", "ResourceStatus parts"),
    ),
    "ResourceStatus": rules("InventoryRefreshDateTime any", "DeploymentStatus value", "Availability"),
    "AssignmentInformation": rules(
        *("Quantity parts", "Restrictions", "AnticipatedFunction", "PriceQuote any", "OrderID any"),
        "AssignmentInstructions any",
    ),
    "Quantity": rules("MeasuredQuantity parts", "QuantityText"),
    "MeasuredQuantity": rules("Amount! number", "UnitOfMeasure value"),
    "ScheduleInformation": rules("ScheduleType! word", "DateTime time", "Location parts"),
    "Location": rules("LocationDescription", "Address any", "TargetArea any"),
    "value": rules("ValueListURN", "Value+"),
}
WORDS: dict[str, tuple[str, ...]] = {
    "MessageContentType": KINDS,
    "ContactRole": (
        *("Sender", "Requester", "SubjectMatterExpert", "Approver", "RespondingOrg", "OwningOrg"),
    ),
    "ResponseType": ("Accept", "Decline", "Provisional"),
    "ScheduleType": (
        *("RequestedArrival", "EstimatedArrival", "ActualArrival", "RequestedDeparture"),
        *("EstimatedDeparture", "ActualDeparture", "RequestedReturnDeparture", "EstimatedReturnDeparture"),
        *("ActualReturnDeparture", "RequestedReturnArrival", "EstimatedReturnArrival"),
        *("ActualReturnArrival", "BeginAvailable", "EndAvailable", "Committed", "Current", "ReportTo"),
        "Route",
    ),
}
