"""National codes and those on goods: checked by their own rules, and masked for those who need not see them."""

from region.formats.codes.gs1 import Scan, gs1_scan, gs1_text, gtin_check
from region.formats.codes.masks import mask_id, mask_name, mask_phone
from region.formats.codes.organisations import OrganisationCode, credit_code, organisation_code
from region.formats.codes.persons import ResidentId, resident_check, resident_id
from region.formats.codes.phones import Phone, phone
from region.formats.codes.places import PlaceCode, place_code

__all__ = [
    "OrganisationCode",
    "Phone",
    "PlaceCode",
    "ResidentId",
    "Scan",
    "credit_code",
    "gs1_scan",
    "gs1_text",
    "gtin_check",
    "mask_id",
    "mask_name",
    "mask_phone",
    "organisation_code",
    "phone",
    "place_code",
    "resident_check",
    "resident_id",
]
