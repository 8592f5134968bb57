"""Cards and lines of text as Slack blocks. Only literal text is used: nothing in it is markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .cards import Card
from .parts import Image, Part, Row, Span
from .text import cut, plain

__all__ = [
    "Block", "Pictures", "actions", "button", "card_blocks", "context", "paragraph", "part_blocks",
]  # fmt: skip

Block = dict[str, Any]
Pictures = Mapping[str, str]
"""Slack's file id of each picture that it has, by the hash of the bytes."""

_TEXT = 2_800  # Slack's limit is 3,000 for most texts
_ROWS_A_BLOCK = 40


def paragraph(text: str) -> Block:
    """Return one paragraph of plain text."""
    return {"type": "section", "text": plain(cut(text, _TEXT) or " ")}


def context(*texts: str) -> Block:
    """Return small print."""
    return {"type": "context", "elements": [plain(cut(text, 1_900)) for text in texts]}


def actions(block_id: str, buttons: Sequence[Block]) -> Block:
    """Return a row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def button(
    action_id: str, label: str, value: str, *, style: str = "", confirm: Block | None = None
) -> Block:
    """Return one button."""
    made: Block = {
        "type": "button", "action_id": action_id, "text": plain(cut(label, 75)), "value": value,
    }  # fmt: skip
    if style:
        made["style"] = style
    if confirm is not None:
        made["confirm"] = confirm
    return made


def card_blocks(
    card: Card, *, tables: bool = True, pictures: Pictures | None = None
) -> list[Block]:
    """Return the card without its buttons.

    Args:
        card: what it says.
        tables: whether there may be one; only messages take it.
        pictures: those that Slack has; words stand for the others.
    """
    blocks: list[Block] = [
        {"type": "header", "text": plain(cut(card.title, 150))},
        context(card.status),
    ]
    blocks.append(_rich(_quote(card.asked), _section((Span(card.count, "bold"),))))
    if card.loud:
        blocks.append(_rich(*(_section((Span(line, "bold"),)) for line in card.loud)))
    blocks += [paragraph(line) for line in card.outcome]
    for part in card.parts:
        blocks += part_blocks(part, tables=tables, pictures=pictures)
        tables = tables and not part.table  # a message takes one
    blocks.append(context(card.foot))
    return blocks


def part_blocks(
    part: Part, *, tables: bool = True, pictures: Pictures | None = None
) -> list[Block]:
    """Return one part, in as many blocks as its length needs."""
    title = f"⚠ {part.title}" if part.loud else part.title
    head = _section((Span(title, "bold"),))
    blocks = list(_texts(head, part.text))
    if part.rows:
        blocks += _listed(None if part.text else head, part.rows)
    if not blocks:
        blocks.append(_rich(head))
    if part.table:
        blocks += [_table(part.table)] if tables else _listed(None, _as_rows(part.table))
    if part.more:
        blocks.append(context(part.more))
    blocks += [_image(one, pictures or {}) for one in part.images]
    if part.files:
        blocks.append(context(f"Files: {', '.join(part.files)}. View all sends them to you."))
    return blocks


def _texts(head: Block, text: str) -> Iterator[Block]:
    for at in range(0, len(text), _TEXT):
        words = _section((Span(text[at : at + _TEXT]),))
        yield _rich(head, words) if at == 0 else _rich(words)


def _as_rows(table: Sequence[Sequence[str]]) -> list[Row]:
    return [(Span(cells[0], "bold"), Span(f"  {', '.join(cells[1:])}")) for cells in table[1:]]


def _image(image: Image, pictures: Pictures) -> Block:
    """Return a picture, or where Slack does not have it, what is on it in words."""
    file = pictures.get(image.sha256)
    if file is None:
        return context(f"Picture {image.name}: {image.alt}. It cannot be shown here now.")
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": cut(image.alt or image.name, 2_000),
        "title": plain(cut(image.alt or image.name, 200)),
    }


def _listed(head: Block | None, rows: Sequence[Row]) -> list[Block]:
    """Return rows as bullets below a head, so many a block that none is too long."""
    if not rows:
        return [_rich(head)] if head else []
    groups: list[list[Row]] = [[]]
    size = 0
    for row in rows:
        length = sum(len(span.text) for span in row)
        if groups[-1] and (size + length > _TEXT or len(groups[-1]) >= _ROWS_A_BLOCK):
            groups.append([])
            size = 0
        groups[-1].append(row)
        size += length
    return [
        _rich(*([head] if head and number == 0 else []), _bullets(group))
        for number, group in enumerate(groups)
    ]


def _rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _section(row: Row) -> Block:
    return {"type": "rich_text_section", "elements": _spans(row)}


def _bullets(rows: Iterable[Row]) -> Block:
    return {
        "type": "rich_text_list", "style": "bullet", "elements": [_section(row) for row in rows],
    }  # fmt: skip


def _quote(text: str) -> Block:
    return {"type": "rich_text_quote", "elements": _spans((Span(text),))}


def _spans(row: Row) -> list[Block]:
    made: list[Block] = []
    for span in row:
        text = span.text or " "
        for start in range(0, len(text), _TEXT):
            element: Block = {"type": "text", "text": text[start : start + _TEXT]}
            made.append(element | ({"style": {span.style: True}} if span.style else {}))
    return made


def _table(cells: Sequence[Sequence[str]]) -> Block:
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": cell or "-"} for cell in row] for row in cells],
    }
