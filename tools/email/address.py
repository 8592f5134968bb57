"""Addresses in emails: of links, made safe and tagged for the campaign; of people, for headers."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from email_validator import EmailNotValidError, validate_email

from placet.errors import BadInput

from .brand import Brand
from .marks import END, MARK, TAG, TEXT, for_url, has_tags
from .model import Utm

__all__ = ["ascii_address", "host_of", "safe_url", "tagged"]

_SCHEMES = frozenset({"https", "http", "mailto", "tel", "sms"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_MARKS = frozenset((TEXT, TAG, END))
_SAFE = "%/:?#[]@!$&'()*+,;=~"
_HOST = re.compile(r"(?i)^https?://(?:[^/?#@]*@)?([^/?#:]*)")
_MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}\Z"
)


def safe_url(marked: str, place: str) -> str:
    """Return a link's address, marks as values percent-encoded, everything else quoted as needed.

    What is merely wrong (http, no host, a typo) passes: the checks say so with a fix. What could
    run code or lead where a recipient's value says does not.

    Raises:
        BadInput: a scheme that mail must not have, or Liquid where no value may stand.
    """
    url = "".join(char for char in marked.strip() if char.isprintable() or char in _MARKS)
    if has_tags(url):
        raise BadInput(f"{place}: a link's address cannot hold {{% if %}}; write two links.")
    if MARK.match(url):
        raise BadInput(f"{place}: a link must begin with a fixed address such as https://.")
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() not in _SCHEMES:
        raise BadInput(f"{place}: links with {scheme[1]}: are not allowed; use https.")
    if MARK.search(re.split(r"(?<![:/])[/?#]", url, maxsplit=1)[0]) and scheme:
        raise BadInput(f"{place}: no value may stand in a link's host; put it after the path.")
    host = host_of(url)
    if not host.isascii() and not MARK.search(host):
        url = url.replace(host, ascii_address(f"a@{host}")[2:], 1)
    parts: list[str] = []
    at = 0
    for found in MARK.finditer(url):
        parts += [quote(url[at : found.start()], safe=_SAFE), for_url(found[0])]
        at = found.end()
    return "".join([*parts, quote(url[at:], safe=_SAFE)])


def host_of(url: str) -> str:
    """Return the host of a web address, or an empty text."""
    found = _HOST.match(url)
    return found[1].lower() if found else ""


def tagged(url: str, utm: Utm, brand: Brand) -> str:
    """Return a link with the campaign's tags, where it leads to the brand's own domains.

    What the address already says stays; a tag that is there already is not put a second time.
    """
    if not utm.campaign or not brand.owns(host_of(url)):
        return url
    base, hash_, fragment = url.partition("#")
    _, mark, query = base.partition("?")
    there = {pair.partition("=")[0].lower() for pair in query.split("&")}
    tags = [(f"utm_{name}", value) for name, value in utm.model_dump().items() if value]
    more = urlencode([tag for tag in tags if tag[0] not in there], quote_via=quote)
    if not more:
        return url
    glue = "" if base.endswith(("?", "&")) else "&" if mark else "?"
    return f"{base}{glue}{more}{hash_}{fragment}"


def ascii_address(address: str) -> str:
    """Return an address of a person as SMTP takes it, its domain in ASCII (IDNA 2008).

    A local part that is not ASCII stays as it is: only a server with SMTPUTF8 takes such a message.

    Raises:
        BadInput: it is no address.
    """
    if len(address) <= 254 and _MAILBOX.match(address):
        return address
    try:
        found = validate_email(
            address, check_deliverability=False, test_environment=True, allow_smtputf8=True
        )
    except EmailNotValidError as error:
        raise BadInput(f"That is no email address: {error}") from None
    return f"{found.local_part}@{found.ascii_domain}"
