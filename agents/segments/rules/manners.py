"""Greetings, thanks and polite wrappers: words between people that carry no condition."""

from __future__ import annotations

import re

from .framing import Frame, blank
from .text import Token, fold, tokenise

__all__ = ["take_manners"]

_SOCIAL = (
    "hi hiya hello hey heya yo howdy morning afternoon evening greetings dear thanks thank thx ta "
    "cheers regards appreciated appreciate grateful sorry hope hoping quick favour favor question "
    "request asap rush hurry urgent wondering help luck please pls tia possible amazing "
    "brilliant"
)
_SAYS_IT = frozenset(_SOCIAL.split())
"""One of these must be there: a stretch of mere function words may belong to a condition."""
_NEUTRAL = (
    "team all folks guys everyone there good happy one two small little for from to the a an you "
    "your you're youre i i'm im i'd we we're me us my our is it it's its that this be been was "
    "are am well doing ok okay so just another here again if when whenever get got have has had "
    "chance moment time much very really many advance of by let can could would will do with "
    "need needed list segment audience prepare prepared sort sorted pull share know at earliest "
    "convenience no and a bit bother mates mate placet ben ana cleo how things back soon as always "
    "q best wishes kind great lovely nice able perfect"
)
_MAY_STAND_BY = _SAYS_IT | frozenset(_NEUTRAL.split())
_MENTION = re.compile(r"(?<!\S)@placet\b(?![.\w])[ ,:]*", re.IGNORECASE)
_DAY_WISH = re.compile(
    r"\b(?:(?:have a |a )?(?:happy|good|nice|great|lovely) (?:\w+day|day|week|weekend)"
    r"|(?:by |before )?(?:the )?(?:eod|end of (?:the )?day|end of play))\b",
    re.IGNORECASE,
)
_WRAPPER = re.compile(
    r"^\W*(?:(?:so|ok|okay|and|right|well|hi|hey|hello|please)\W+)*"
    r"(?:"
    r"(?:would|do) you mind (?:\w+ing)(?: (?:together|up|out|me|us|for me|for us))*"
    r"|(?:i|we)(?:'d| would)? (?:love|like)(?: to (?:see|have|get|build|target|reach))?"
    r"|i'm after|we're after|i am after|we are after|i was hoping (?:for|to get)"
    r"|(?:i was |i'm |just )?wondering (?:if|whether) (?:you|we|i) (?:could|can)"
    r"(?: (?:pull|get|find|give|build|make|create|send|have))?(?: (?:me|us|together))*"
    r"|(?:i'm|we're|i am|we are) (?:looking|trying|hoping|planning|going|keen) (?:for|to) "
    r"(?:re-?engage|win back|reactivate|reach out to|reach|target|invite|contact|find|build|get|"
    r"pull|see)"
    r"|(?:is it possible|any chance|would it be possible) (?:to (?:get|have|see|build|pull)|"
    r"(?:of|for) (?:getting )?)"
    r"|(?:can|could|may|might) (?:i|we) (?:please |pls )?(?:get|have|see|grab)"
    r"|(?:grab|pull|whip|knock|spin|rustle|put|bring)(?: me| us)?(?: up| together| out)"
    r"|(?:i've|i have|we've|we have) been asked (?:to (?:find out|get|pull|find|make|build)|for)"
    r"(?: (?:which|who|what)(?: of)?)?"
    r"|(?:could|can|would) you do (?:me|us) a (?:small |quick |big )?favou?r(?: and|,)?"
    r"(?: (?:find|get|pull|give|send|build|make))?(?: me| us)?"
    r"|we need to (?:tell|inform|notify|let)|i need to (?:tell|inform|notify)"
    r"|(?:we|i) (?:want|need|have|would like|'d like) to (?:tell|inform|notify|reach|re-?engage|"
    r"invite|target|win back|reactivate|congratulate|thank|warn|remind)"
    r")\b",
    re.IGNORECASE,
)
_ASKER = re.compile(
    r"(?:^\W*(?:(?:hi|hey|hello|so|ok|okay|and|because)\W+)?|[.!?,;:-]\s+(?:so |as |because )?)"
    r"\b(?:our|my|the) (?:(?:new|own) )?(?:ceo|cmo|cfo|coo|cro|cto|cio|boss|"
    r"manager|lead|vp|director|"
    r"head of \w+|vp of \w+|(?:\w+ )?team|colleagues?|client|agency|board)"
    r"(?:(?:'s| is| are| was| has been)? asking(?: me| us)? for|(?: has| have)? asked(?: me| us)? "
    r"(?:for|to (?:get|pull|find|see|build|make))|(?: would)? "
    r"(?:wants?|needs?|likes?|wanted|needed)"
    r"(?: me| us)?(?: to (?:see|have|get|know|pull|find|build|make|reach|invite|target))?)\b",
    re.IGNORECASE,
)
_INVITES = re.compile(
    r"\b(?:(?:i|we)(?:'d| would)? ?(?:want|need|like|love|plan|have)?(?:ed)? to |to |let's )?"
    r"(?:(?:invite|thank|congratulate|reach out to|write to|get in touch with|survey|interview)"
    r"|send (?:a|an|the|our) [\w -]{2,30}? to)(?= (?:all|our|the|every|everyone|everybody|any|"
    r"\w+))",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\babout (?:a|an|our|the|their) [\w' -]{2,50}?(?=,|\.|;|$| so\b| and include)", re.IGNORECASE
)
_WHICH = re.compile(
    r"^\W*(?:which|what)(?: of (?:our|the|my))?(?= (?!are you|can|could|do|does)\w+)",
    re.IGNORECASE,
)


def take_manners(frame: Frame) -> None:
    """Take out greetings and thanks between marks, and the polite opening of the request."""
    if (hit := _MENTION.search(frame.body)) is not None:
        blank(frame, hit.start(), hit.end(), "filler", "says who is asked")
    for start, end in _stretches(frame.body):
        said = _DAY_WISH.sub(" thanks ", frame.body[start:end])
        tokens = [t for t in tokenise(said) if t.kind != "mark"]
        if tokens and _is_social(tokens):
            blank(frame, start, end, "filler", "greets or thanks")
    for pattern, became in ((_ASKER, "says who asks"), (_INVITES, "says what it is for")):
        if (hit := pattern.search(frame.body)) is not None:
            blank(frame, hit.start(), hit.end(), "filler", became)
    if (hit := _WRAPPER.search(frame.body)) is not None:
        blank(frame, hit.start(), hit.end(), "filler", "asks for a list")
        if re.search(r"\b(?:tell|inform|notify|warn|remind)$", hit.group(), re.IGNORECASE):
            _about(frame)
    elif (hit := _WHICH.search(frame.body)) is not None:
        blank(frame, hit.start(), hit.end(), "filler", "asks who")


def _about(frame: Frame) -> None:
    if (hit := _ABOUT.search(frame.body)) is not None:
        blank(frame, hit.start(), hit.end(), "filler", "says what it is about")


def _stretches(body: str) -> list[tuple[int, int]]:
    """Return the stretches between marks that end a thought."""
    found, start = [], 0
    for hit in re.finditer(r"[,;:!?](?=\s|$)|\.(?=\s|$)|\s-+\s|\)|\(", body):
        found.append((start, hit.start()))
        start = hit.end()
    return [*found, (start, len(body))]


def _is_social(tokens: list[Token]) -> bool:
    if len(tokens) > 14 or any(token.kind != "word" for token in tokens):
        return False
    words = [fold(token.text) for token in tokens]
    return all(word in _MAY_STAND_BY for word in words) and any(w in _SAYS_IT for w in words)
