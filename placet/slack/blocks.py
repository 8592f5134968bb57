"""Cards and lines of text as Slack blocks. Only literal text is used: nothing in it is markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .cards import Card, Part, Row, Span
from .text import cut, plain

__all__ = ["Block", "actions", "button", "card_blocks", "context", "paragraph", "part_blocks"]

Block = dict[str, Any]

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


def card_blocks(card: Card, *, tables: bool = True) -> list[Block]:
    """Return the card without its buttons; `tables` only in messages."""
    blocks: list[Block] = [
        {"type": "header", "text": plain(cut(card.title, 150))},
        context(card.status),
    ]
    blocks.append(_rich(_quote(card.asked), _section((Span(card.count, "bold"),))))
    if card.loud:
        blocks.append(_rich(*(_section((Span(line, "bold"),)) for line in card.loud)))
    blocks += [paragraph(line) for line in card.outcome]
    for part in card.parts:
        blocks += part_blocks(part, tables=tables)
    blocks.append(context(card.foot))
    return blocks


def part_blocks(part: Part, *, tables: bool = True) -> list[Block]:
    """Return one part, in as many blocks as its length needs."""
    title = f"⚠ {part.title}" if part.loud else part.title
    head = _section((Span(title, "bold"),))
    if part.table and tables:
        return [_rich(head), _table(part.table)]
    if part.table:
        rows = [
            (Span(cells[0], "bold"), Span(f"  {', '.join(cells[1:])}")) for cells in part.table[1:]
        ]
        return _listed(head, rows)
    if part.rows:
        return _listed(head, part.rows)
    texts = [part.text[at : at + _TEXT] for at in range(0, len(part.text), _TEXT)]
    return [
        _rich(head, _section((Span(texts[0]),))),
        *(_rich(_section((Span(t),))) for t in texts[1:]),
    ]


def _listed(head: Block, rows: Sequence[Row]) -> list[Block]:
    """Return rows as bullets, so many a block that none is too long."""
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
        _rich(*([head] if number == 0 else []), _bullets(group))
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
