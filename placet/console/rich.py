"""Slack's rich text as HTML that can do nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from .text import Names, link, mrkdwn, plain, wrap

__all__ = ["rich_text"]

_STYLES = (("code", "code"), ("bold", "strong"), ("italic", "em"), ("strike", "s"))


def rich_text(block: Mapping[str, Any], names: Names) -> Markup:
    """Return a rich_text block as HTML; what is not known is left out."""
    return Markup("").join(_part(part, names) for part in _list(block.get("elements")))


def _list(value: Any) -> Sequence[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _part(part: Mapping[str, Any], names: Names) -> Markup:
    inner = _list(part.get("elements"))
    match part.get("type"):
        case "rich_text_section":
            return Markup("<p>{}</p>").format(_row(inner, names))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_row(inner, names))
        case "rich_text_preformatted":
            return Markup("<pre><code>{}</code></pre>").format(_row(inner, names))
        case "rich_text_list":
            items = [
                Markup("<li>{}</li>").format(_row(_list(one.get("elements")), names))
                for one in inner
            ]
            return wrap("ol" if part.get("style") == "ordered" else "ul", Markup("").join(items))
        case _:
            return Markup("")


def _row(elements: Sequence[Mapping[str, Any]], names: Names) -> Markup:
    return Markup("").join(_element(one, names) for one in elements)


def _element(element: Mapping[str, Any], names: Names) -> Markup:
    match element.get("type"):
        case "text":
            return _styled(plain(element.get("text", "")), element)
        case "link":
            address = str(element.get("url", ""))
            made = link(address, plain(element.get("text") or address))
            return _styled(made if made is not None else plain(address), element)
        case "user":
            return mrkdwn(f"<@{element.get('user_id')}>", names)
        case "channel":
            return mrkdwn(f"<#{element.get('channel_id')}>", names)
        case "broadcast":
            return mrkdwn(f"<!{element.get('range')}>", names)
        case "emoji":
            return mrkdwn(f":{element.get('name')}:", names)
        case "date":
            stamp, form = element.get("timestamp"), element.get("format")
            return mrkdwn(f"<!date^{stamp}^{form}|{element.get('fallback') or ''}>", names)
        case "color":
            return plain(element.get("value", ""))
        case _:
            return Markup("")


def _styled(text: Markup, element: Mapping[str, Any]) -> Markup:
    style = element.get("style") or {}
    for name, tag in _STYLES:
        if isinstance(style, Mapping) and style.get(name):
            text = wrap(tag, text)
    return text
