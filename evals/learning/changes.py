"""What an edit changes, said in the trade's terms: the raw material of rule cards.

Each change has a key that is the same for the same change by other people on other requests, and
words from a template. What people typed is in neither, except values of fields and single words of
copy, which are cleaned and short.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Change", "changes_of"]

_MOST_WORD = 24
_LEAST_WORD = 4  # shorter words come and go with any rewording
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_EMOJI = frozenset({"So", "Sk", "Cs"})
_PERSONAL = frozenset({
    "email", "phone", "first_name", "last_name", "name", "company_name", "owner", "domain",
    "linkedin_url", "website",
})  # fmt: skip
"""Fields whose values are about single people or companies: no rule is made of them."""


class Change(BaseModel):
    """One thing that a person changed in a draft."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    """`segments/add/not lifecycle_stage equals customer`: equal for equal changes."""
    opposite: str
    """The key of the change that would take it back."""
    name: str
    """A short name for a card."""
    text: str
    """The instruction that would have made the change needless, from a template."""


def changes_of(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what changed from one action to another of the same kind, each change once."""
    match kind:
        case "build_segment":
            found = _segment(before.get("segment") or {}, after.get("segment") or {})
        case "send_email":
            found = [
                *_segment(before.get("segment") or {}, after.get("segment") or {}),
                *_email(before.get("email") or {}, after.get("email") or {}),
            ]
        case "fix_records" | "merge_records":
            found = _records(before, after)
        case _:
            found = []
    return list({one.key: one for one in found}.values())


# --- segments ------------------------------------------------------------------------------------


def _segment(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = _leaves(before.get("filter")), _leaves(after.get("filter"))
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    found = []
    for leaf in list(gone):
        same = [one for one in come if one[0] == leaf[0]]
        if len(same) == 1:
            found += _other_test(leaf, same[0])
            gone.remove(leaf)
            come.remove(same[0])
    found += [_condition(leaf, added=True) for leaf in come if _is_general(leaf)]
    found += [_condition(leaf, added=False) for leaf in gone if _is_general(leaf)]
    return found


_Leaf = tuple[str, str, str]
"""What it is about, how it tests it, and both in words."""


def _leaves(tree: Any, *, negated: bool = False) -> list[_Leaf]:
    """Return the conditions of a filter that all must hold; anything nested is one condition."""
    if not isinstance(tree, Mapping):
        return []
    if tree.get("op") == "and" and not negated:
        return [leaf for child in tree.get("of") or () for leaf in _leaves(child)]
    if tree.get("op") == "not":
        return _leaves(tree.get("of"), negated=not negated)
    return [_leaf(tree, negated=negated)]


def _leaf(tree: Mapping[str, Any], *, negated: bool) -> _Leaf:
    no = "not " if negated else ""
    op = str(tree.get("op"))
    if op == "property":
        subject, words = str(tree.get("field")), _test_words(tree.get("is") or {})
        return (f"{no}{subject}", words, f"{subject} {'is not' if negated else 'is'} {words}")
    if op in {"event", "last_event"}:
        types = " or ".join(tree.get("types") or ()).replace("_", " ")
        words = _event_words(tree)
        return (f"{no}{op} {types}", words, f"{'no ' if negated else ''}{types} {words}".strip())
    if op == "company" and isinstance(tree.get("where"), Mapping):
        inner = _leaves(tree["where"])
        if len(inner) == 1:
            about, test, words = inner[0]
            return (f"{no}company {about}", test, f"{no}the company's {words}")
    return (f"{no}{op}", repr(sorted(tree.items(), key=str)), "")


def _test_words(test: Mapping[str, Any]) -> str:
    name = str(test.get("test"))
    match name:
        case "equals":
            return _value(test.get("value"))
        case "in":
            return "one of " + ", ".join(map(_value, test.get("values") or ()))
        case "greater" | "less":
            than = {"greater": ("more than", "at least"), "less": ("less than", "at most")}[name]
            return f"{than[bool(test.get('or_equal'))]} {_value(test.get('value'))}"
        case "between":
            return f"between {_value(test.get('low'))} and {_value(test.get('high'))}"
        case "is_set":
            return "set"
        case "within":
            return f"within the last {_value(test.get('amount'))} {test.get('unit')}s"
        case "period":
            return str(test.get("name")).replace("_", " ")
        case "contains" | "starts_with":
            return f"text that {name.replace('_', ' ')} {_value(test.get('text'))}"
        case _:
            return name.replace("_", " ")


def _event_words(tree: Mapping[str, Any]) -> str:
    window = tree.get("window") or tree.get("is")
    said = [_test_words(window)] if isinstance(window, Mapping) else []
    if tree.get("at_least") not in (None, 1) or tree.get("at_most") is not None:
        said.append(f"{tree.get('at_least')} to {tree.get('at_most') or 'any number of'} times")
    return ", ".join(said)


def _value(value: Any) -> str:
    return _clean(str(value), 60)


def _is_general(leaf: _Leaf) -> bool:
    about = leaf[0].removeprefix("not ").removeprefix("company ")
    return bool(leaf[2]) and about not in _PERSONAL


def _condition(leaf: _Leaf, *, added: bool) -> Change:
    verb, other = ("add", "drop") if added else ("drop", "add")
    key = f"{leaf[0]} {leaf[1]}"
    say = (
        f"Add the condition: {leaf[2]}; unless the request says otherwise."
        if added
        else f"Do not add the condition: {leaf[2]}; unless the request asks for it."
    )
    return Change(
        key=f"segments/{verb}/{key}",
        opposite=f"segments/{other}/{key}",
        name=_named(f"{verb} {leaf[2]}"),
        text=say,
    )


def _other_test(old: _Leaf, new: _Leaf) -> list[Change]:
    if not _is_general(new):
        return []
    return [
        Change(
            key=f"segments/test/{old[0]}/{old[1]} -> {new[1]}",
            opposite=f"segments/test/{old[0]}/{new[1]} -> {old[1]}",
            name=_named(f"{old[0]} {new[1]}"),
            text=f"Where {old[0]} was read as {old[1]}, {new[1]} was meant.",
        )
    ]


# --- emails --------------------------------------------------------------------------------------


def _email(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    return [
        *_subject(str(before.get("subject") or ""), str(after.get("subject") or "")),
        *_words(_copy(before), _copy(after)),
        *_buttons(before, after),
    ]


_HABITS: Mapping[str, Callable[[str], bool]] = {
    "exclamation marks": lambda text: "!" in text,
    "question marks": lambda text: "?" in text,
    "emoji": lambda text: any(unicodedata.category(one) in _EMOJI for one in text),
    "words in capitals": lambda text: any(w.isupper() and len(w) > 4 for w in text.split()),
}


def _subject(old: str, new: str) -> Iterator[Change]:
    if old == new or not new:
        return
    for what, of in _HABITS.items():
        if of(old) and not of(new):
            yield _style(f"no {what}", f"Use no {what} in a subject line.", f"with {what}")
        elif of(new) and not of(old):
            yield _style(f"with {what}", f"A subject line may use {what}.", f"no {what}")
    if len(new) <= 0.75 * len(old):
        most = -(-len(new) // 10) * 10
        yield _style("shorter", f"Keep a subject line short: people cut it to {most} characters.",
                     "longer")  # fmt: skip
    elif len(old) <= 0.75 * len(new):
        yield _style("longer", "A subject line may say more than a few words: name the matter.",
                     "shorter")  # fmt: skip


def _style(key: str, text: str, opposite: str) -> Change:
    return Change(key=f"emails/subject/{key}", opposite=f"emails/subject/{opposite}",
                  name=_named(f"subject {key}"), text=text)  # fmt: skip


def _words(old: str, new: str) -> Iterator[Change]:
    """Yield the words that were taken out or put in, where the rest of the copy stayed."""
    before, after = Counter(_plain_words(old)), Counter(_plain_words(new))
    kept = sum((before & after).values())
    if kept < 0.5 * max(1, sum(before.values())):
        return  # it was written anew: no single word tells anything
    for word in sorted(before.keys() - after.keys()):
        yield Change(
            key=f"emails/word/no/{word}", opposite=f"emails/word/yes/{word}",
            name=_named(f"no {word}"), text=f'Do not use the word "{word}" in an email.',
        )  # fmt: skip
    for word in sorted(after.keys() - before.keys()):
        yield Change(
            key=f"emails/word/yes/{word}", opposite=f"emails/word/no/{word}",
            name=_named(f"say {word}"), text=f'Where it fits, use the word "{word}" in an email.',
        )  # fmt: skip


def _plain_words(text: str) -> list[str]:
    return [w for w in _WORD.findall(text.casefold()) if _LEAST_WORD <= len(w) <= _MOST_WORD]


def _copy(email: Mapping[str, Any]) -> str:
    said = [str(email.get("subject") or ""), str(email.get("preheader") or "")]
    for block in email.get("body") or ():
        if isinstance(block, Mapping):
            said += [str(block.get(key) or "") for key in ("text", "label")]
            said += [str(item) for item in block.get("items") or ()]
    return _LIQUID.sub(" ", re.sub(r"\]\(\S*\)|https?://\S+", " ", "\n".join(said)))


def _buttons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _labels(before), _labels(after)
    if len(old) == len(new):
        for one, two in zip(old, new, strict=True):
            if one != two and one and two:
                yield Change(
                    key=f"emails/button/{one} -> {two}", opposite=f"emails/button/{two} -> {one}",
                    name=_named(f"button {two}"), text=f'Label a button "{two}", not "{one}".',
                )  # fmt: skip


def _labels(email: Mapping[str, Any]) -> list[str]:
    return [
        _clean(str(block.get("label") or ""), 40)
        for block in email.get("body") or ()
        if isinstance(block, Mapping) and block.get("type") == "button"
    ]


# --- records -------------------------------------------------------------------------------------


def _records(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    found = []
    for what in ("fields", "rules"):
        old, new = before.get(what) or {}, after.get(what) or {}
        for name in sorted(old.keys() - new.keys()):
            about = f"the field {name}" if what == "fields" else f"what the detector {name} finds"
            found.append(
                Change(
                    key=f"records/{what}/drop/{name}", opposite=f"records/{what}/keep/{name}",
                    name=_named(f"leave {name}"),
                    text=f"Leave {about} out of a repair, unless the request names it.",
                )
            )  # fmt: skip
    return found


def _named(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", text).casefold())
    return "-".join(words)[:60].strip("-") or "rule"


def _clean(text: str, most: int) -> str:
    """Return text that came from a person or the CRM as one short, harmless piece."""
    shown = "".join(one if one.isprintable() and one not in '{}<>"`' else " " for one in text)
    return " ".join(shown.split())[:most]
