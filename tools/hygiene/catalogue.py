"""Every detector, in the order in which repairs build on each other.

A new detector is one line here. The order matters where two would repair one field: text is made
readable before its case is judged, a salutation leaves a name before its parts are told apart.
"""

from .detector import Detector
from .detectors import (
    email_typos,
    emails,
    figures,
    links,
    marketing,
    names,
    phones,
    picklists,
    places,
    text,
    upkeep,
)

__all__ = ["DETECTORS", "detector_named"]

DETECTORS: tuple[Detector, ...] = (
    text.MOJIBAKE,
    text.SPACING,
    text.PLACEHOLDER,
    names.NAME_SALUTATION,
    names.NAME_MERGED,
    names.NAME_SWAPPED,
    names.NAME_CASE,
    emails.EMAIL_SYNTAX,
    email_typos.EMAIL_TYPO,
    emails.DISPOSABLE,
    emails.ROLE,
    emails.FREE_MAIL,
    places.COUNTRY,
    places.STATE,
    places.STATE_COUNTRY,
    places.LANGUAGE,
    phones.PHONE_FORMAT,
    phones.PHONE_INVALID,
    phones.PHONE_COUNTRY,
    picklists.PICKLIST,
    picklists.SENIORITY,
    picklists.FUNCTION,
    links.DOMAIN_FORMAT,
    links.COMPANY_DOMAIN,
    links.CONTACT_ALONE,
    links.COMPANY_EMPTY,
    figures.NUMBERS,
    figures.DATES,
    figures.ORDER,
    upkeep.MISSING,
    upkeep.STALE,
    upkeep.OWNER_LEFT,
    upkeep.TEST_RECORD,
    marketing.BOUNCED,
    marketing.OPTED_OUT_LISTED,
    marketing.CONSENT,
    marketing.LIFECYCLE,
)


def detector_named(name: str) -> Detector | None:
    """Return the detector of that name, or None."""
    return next((one for one in DETECTORS if one.name == name), None)
