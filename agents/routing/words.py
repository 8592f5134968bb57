"""Which words speak of which trade: flat tables, the first line that fits counts.

The patterns look at what is asked to be *done*. "Customers who opened an email" is about people,
"email customers" is a request to write to them.
"""

from __future__ import annotations

import re

from agents.segments.rules.text import clean, fold

__all__ = ["is_help", "reads_as_change", "starts_anew", "trade_of", "unable"]


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_MANNERS = (
    r"^(?:\W|\b(?:hi|hello|hey|hallo|moin|please|pls|plz|bitte|placet|can|could|would|will|you"
    r"|kannst"
    r"|konntest|"
    r"du|konnen|sie|i|we|id|i'd|we'd|want|need|like|love|have|should|must|to|let's|let us|lets"
    r"|ich|wir|"
    r"mochte|mochten|wollen|help|me|us|now|so|ok|okay|and|then|thanks|go|ahead|just|mal|team|all"
    r"|there|"
    r"quickly|also|next|mir|uns)\b)*\W*"
)
_MAKE = (
    r"(?:send(?: out)?|write(?: up)?|draft|prepare|create|compose|make|do|set up|build|put "
    r"together|get "
    r"out|design|schedule|plan|schreib\w*|send\w*|schick\w*|verschick\w*|erstell\w*|entwirf"
    r"|verfass\w*|mach"
    r"\w*)"
)
_KIND = (
    r"(?:e-?mails?|mails?|newsletters?|news letter|invitations?|invites?|reminders?"
    r"|announcements?|mailings?|"
    r"thank-?you(?: note| e-?mail)?|drip|rundmail|einladung\w*|erinnerung\w*|ankundigung\w*"
    r"|survey|umfrage|"
    r"promotion|e-?mail campaign|campaign|kampagne)"
)
_PEOPLE_NOUN = r"(?:segments?|audiences?|lists?|liste|zielgruppe|count|number|group|target group)"
_EMAILS = (
    _rx(_MANNERS + r"(?:invite|re-?invite|lade|ladet|laden|remind|erinnere?|announce|notify"
            r"|inform|informiere?|"
        r"benachrichtige|congratulate|promote|advertise|kundige|bedanke?|welcome)\b"),
    _rx(_MANNERS + r"(?:follow(?:ing)?[- ]up with|reach out to|write to|thank|tell|let|offer|ask"
            r"|survey|wish|"
        r"alert|warn|update(?=.{3,80}\babout\b))\s+(?!(?:me|us|you)\b)\w+(?!.{0,40}\b(?:stage"
        r"|owner|field|phone|country|status|score|"
        r"record|records)\b\s*(?:to|=|from))"),
    _rx(_MANNERS + r"(?:e-?mail|mail)\s+(?!(?:opens?|opened|clicks?|clicked|openers?|clickers?"
            r"|subscribers?|"
        r"recipients?|list|address|addresses|domain|contains?|bounced|is|ends?|starts?|not"
        r"|missing|with)\b)\w+"),
    _rx(_MANNERS + _MAKE + r"\s+(?:(?!segments?\b|audiences?\b|lists?\b|group\b|of\b"
            r"|for\b)\w+\s+){0,3}?(?:an?|the|our|one|some|another|two|three|eine?n?|die|unseren?|"
        r"this month's|next)?\s*(?:(?!segments?\b|audiences?\b|lists?\b|group\b|of\b"
        r"|for\b)[\w-]+\s+){0,3}?" + _KIND + r"\b(?!\s*(?:" + _PEOPLE_NOUN + r")\b)"),
    _rx(_MANNERS + r"(?:an?|the|our|eine?|next|monthly"
            r"|quarterly)?\s*(?:[\w-]+\s+){0,2}?(?:newsletter|e-?mail|mail|"
        r"invitation|invite|einladung|reminder|announcement|mailing|thank-?you note|survey "
        r"invitation)\s+(?:to|for|"
        r"about|on|an|fur|uber|with|announcing|inviting)\b(?!.{0,30}\b(?:segment|audience"
        r"|list)\b\s*$)"),
    _rx(_MANNERS + r"(?:send|schick\w*|sende)\s+(?!(?:me|us|to (?:the )?crm)\b)[\w' "
            r"-]{2,120}?\b(?:an?|the|our|"
        r"eine?n?)\s+(?:[\w-]+\s+){0,2}?(?:notes?|messages?|nachricht|" + _KIND + r")\b"),
    _rx(r"\b(?:subject(?: line)?|betreff)\s*[:=]|\bpreheader\b|\b\d{2,3} (?:words"
            r"|worter)\b.*https?://|https?://\S+"
        r".*\b\d{2,3} (?:words|worter)\b"),
    _rx(_MANNERS + r"(?:what|which|welche) (?:kinds?|sorts?|types?)?\s*(?:of )?(?:e-?mails?"
            r"|newsletters?|mails)\b"
        r".{0,30}\b(?:can|could|do|write|send)\b"),
    _rx(_MANNERS + r"(?:newsletter|e-?mail|mailing|invitation|einladung)\W*$"),
    _rx(_MANNERS + r"(?:schreib\w*|sag\w*)\s+(?:an\s+)?(?:den|dem|unseren|allen|alle)\b"),
)  # fmt: skip
_SEGMENTS = (
    _rx(_MANNERS + r"(?:how many|count|wie viele?|number of|show|list|find|give me|pull|get me"
            r"|get|select|filter|"
        r"who|which (?:people|contacts|customers|leads|companies)|what (?:people|contacts"
        r"|customers))\b"),
    _rx(_MANNERS + r"(?:" + _MAKE + r"|new|an?|the|my"
            r"|eine?)\s+(?:me\s+)?(?:\w+\s+){0,4}?" + _PEOPLE_NOUN + r"\b"),
    _rx(r"\b(?:segment|audience|zielgruppe)\b"),
    _rx(_MANNERS + r"(?:export|download|dump|leak|forward)\b"),
)  # fmt: skip
_FIELD = (
    r"(?:stages?|life ?cycles?|lifecycle\w*|owners?|owner(?:ship)?|fields?|phones?|phone numbers?"
    r"|mobiles?|numbers?|countr(?:y|ies)|lead[- ]?status|status(?:es)?|scores?|titles?"
    r"|industr(?:y|ies)|names?|surnames?|cit(?:y|ies)|states?|regions?|languages?|seniorit\w+"
    r"|functions?|departments?|sources?|consents?|opt-?ins?|domains?|web ?sites?|employees|"
    r"head ?counts?"
    r"|revenues?|sizes?|compan(?:y|ies) types?|e-?mail addresses|e-?mail domains?|addresses|"
    r"records?"
    r"|values?|lebenszyklus\w*|telefon\w*|besitzer|land|lander|stadt|sprachen?|branchen?"
    r"|einwilligung\w*|namen|vornamen|nachnamen|lead-status)"
)
_FLAW = (
    r"(?:duplicat\w*|dupes?|dubletten|doppelte\w*|mojibake|typos?|misspel\w*|garbled \w+|"
    r"salutations?"
    r"|honorifics?|place ?holders?|stray \w+|(?:role|disposable|free-?mail|throw-?away)(?: "
    r"e-?mail)? "
    r"address\w*|(?:stale|outdated|test|junk|dummy|spam) (?:records?|contacts?|companies|data)"
    r"|data (?:errors?|problems?|issues?|quality)|bad data|contradictions?|encoding \w+"
    r"|(?:invalid|broken|wrong|malformed|missing) (?:\w+ )?(?:numbers?|addresses|phones?|domains?"
    r"|countries|values?|industries|names?))"
)
_STAGE = (
    r"(?:customers?|leads?|mqls?|sqls?|opportunit(?:y|ies)|subscribers?|evangelists?|prospects?"
    r"|partners?|vendors?|competitors?|unqualified|disqualified|qualified|connected|in progress"
    r"|bad timing|attempted to contact|new|open|denied|opted[- ]out|unsubscribed|do[- ]not[- ]\w+"
    r"|granted|directors?|managers?|vps?|c-level|kunden?)"
)
_WHOSE = (
    r"(?:contacts?|leads?|customers?|accounts?|companies|records?|mqls?|sqls?|people|everyone"
    r"|everybody|kontakte|kunden|prospects?|all)"
)
_RECORDS = (
    _rx(_MANNERS + r"(?:fix|clean|clean(?: up|se)|cleanse|dedup(?:e|licate)?|de-?dup\w*|merge|audit"
        r"|correct|repair|normali[sz]e|standardi[sz]e|unify|harmoni[sz]e|tidy|scrub|enrich"
        r"|back-?fill|bereinigen?|korrigieren?|saubern?|vereinheitlichen?|reparieren?|re-?assign"
        r"|unsubscribe|opt|re-?subscribe|weise|weisen)\b(?!\s+(?:it|this|that|up)\W*$)"),
    _rx(_MANNERS + r"(?:find|finde|suche|show|list|check(?: for)?|look for|search for|detect|remove"
        r"|resolve|count|get rid of|are there|is there|do|have|which|how many|strip|swap|split|flag"
        r"|entferne)\b.{0,45}?\b" + _FLAW + r"\b(?!\s+(?:webinar|event|campaign))"),
    _rx(r"\bwhat(?:'s| is| are)? (?:the )?(?:wrong|broken|problems?|issues?) (?:with|in|of|about)\b"
        r"|" + _MANNERS + r"how (?:clean|good|bad|dirty|healthy|accurate|complete) (?:is|are)\b"
        r"|\bwas (?:ist|stimmt)\b.{0,40}\b(?:falsch|nicht)\b"
        r"|\b(?:state|health|quality) of (?:the |our |my )?(?:crm|data|database|records)\b"),
    _rx(_MANNERS + r"(?:set(?! up)|change|update|modify|edit|overwrite|replace|rename|"
                   r"setze\w*|andere"
        r"|stelle|ersetze|move|bump|raise|lower|swap|derive|link|convert|format|"
        r"reformat)\b.{0,90}?\b" + _FIELD + r"\b"),
    _rx(_MANNERS + r"(?:set(?! up)|change|update|mark|flag|tag|classify|label|move|promote|"
                   r"convert|bump"
        r"|turn|upgrade|downgrade|demote|make|markiere|setze)\b.{2,140}\b(?:to|as|into|als|auf)\s+"
        r"(?:an? |the )?" + _STAGE + r"\b"),
    _rx(r"\b(?:should|must|shall|have to|need to)(?: all)? (?:be|become|count as)(?: set to"
        r"| marked as)? (?:an? )?" + _STAGE + r"\b|\b(?:should|must|shall) be owned by\b"),
    _rx(_MANNERS + r"(?:assign\b|make\b.{2,50}\bowner of\b|(?:give|transfer|hand(?: over)?|route"
        r"|allocate|ubertrage)\s+(?!me\b|us\b).{0,60}\b" + _WHOSE + r"\b.{0,60}\b(?:to|an)\b)"),
    _rx(_MANNERS + r"(?:clear|empty|reset|blank|unset|wipe|erase|delete|remove|losche\w*|leeren?"
        r"|entfernen?|purge|drop)\b.{0,60}?\b(?:" + _FIELD + "|" + _FLAW + r")\b"),
    _rx(_MANNERS + r"(?:delete|erase|purge|wipe|destroy|losche\w*)\b"),
    _rx(_MANNERS + r"(?:fill(?: in| up| out)?|complete|erganze|look ?up|populate|fulle)\b.{0,60}\b"
        r"(?:missing|empty|blank|gaps?|fehlende\w*|leere\w*|" + _FIELD + r")\b"),
    _rx(r"\b" + _FIELD + r"\b.{0,60}\b(?:are|is|look|looks|sind|ist) (?:\w+ ){0,2}?(?:a mess|messy"
        r"|wrong|inconsistent|broken|garbled|dirty|a disaster|all over the place|falsch|kaputt)\b"),
)  # fmt: skip
_LATER = re.compile(r"[,;:.?!]\s+|\b(?:and|then|und|dann)\b")
"""Where a further clause may start: "a list of CFOs, then write them an email"."""
_WROTE = _rx(
    _MANNERS
    + r"(?:(?:write|mail|e-?mail|send|invite|schreib\w*|schick\w*|sende|lade)\s+(?:them|these"
    r"|those|ihnen|sie|everyone on it)\b|"
    + _MAKE
    + r"\s+(?:an?|the|our|eine?n?)\s+(?:[\w-]+\s+)?"
    + _KIND
    + r"\s+(?:to|an|for|fur) (?:them|these|those|sie|it)\b)"
)
_REPAIRED = _rx(
    _MANNERS + r"(?:merge|fix|correct|clean(?: up)?|repair|tidy(?: up)?|set|dedup\w*|standardi[sz]e"
    r"|korrigiere?|bereinige?)\s+(?:it|them|that|those|sie|es|(?:up )?the \w+|their \w+)\b|"
    + _MANNERS
    + r"change the (?:owner|stage|status|country|title|phone|name)\b"
)
_RECORDS_ALSO = (
    _rx(r"\b(?:data quality|crm (?:audit|hygiene|health|clean-?up)|audit of (?:the |our )?(?:crm"
        r"|data\w*)|health[- ]?check|duplicate (?:contacts?|records?|companies))\b"),
)  # fmt: skip
"""Words that speak of records unless the request is to write about them."""
_UNABLE = (
    (_rx(r"\b(?:linkedin|facebook|instagram|twitter|tiktok|x\.com|social(?: media)?) (?:post|ad"
            r"|ads|campaign|"
         r"message)s?\b|\b(?:post|tweet|publish)\b.{0,60}\b(?:linkedin|facebook|instagram|twitter"
         r"|tiktok|social|blog"
         r"|website)\b"), "post on social networks or websites"),
    (_rx(r"\b(?:sms|text messages?|whatsapp|push notifications?)\b"), "send SMS or chat messages"),
    (_rx(_MANNERS + r"(?:call|phone|ring)\s+(?!(?:it|the|this)\b)\w+"), "make phone calls"),
    (_rx(_MANNERS + r"(?:" + _MAKE + r")\s+(?:an?|the|our|some)?\s*(?:[\w-]+\s+){0,2}?(?:landing "
            r"page|web ?site|web "
         r"?page|blog(?: post)?|slides?|presentation|deck|powerpoint|logo|banner|image|video|ads?"
         r"|google ads|form|"
         r"workflow|dashboard|chart|report|invoice|contract|meeting|spreadsheet|press "
         r"release)s?\b"),
     "make pages, pictures, ads, slides, reports or workflows"),
    (_rx(_MANNERS + r"(?:translate|summari[sz]e|proofread|analy[sz]e|forecast|predict|book|order"
            r"|buy|pay|refund|"
         r"hire|google|search the (?:web|internet))\b(?!\s+(?:it|this|that|the (?:email|mail"
         r"|subject))\b)"),
     "do that"),
)  # fmt: skip
_HELP = _rx(
    r"^\W*(?:(?:hi|hello|hey|hallo|moin|good (?:morning|afternoon|evening))[\s,!.]*)?(?:there"
    r"|placet|team|all)?[\s,"
    r"!.]*(?:(?:please )?help(?: me)?(?: out)?(?: please)?|what (?:can|could|do) (?:you"
    r"|placet)(?: do)?(?: for me| "
    r"here)?|what is placet|who are you|was kannst du(?: alles)?|how (?:does this|do you|does "
    r"placet) work|what'?s "
    r"possible|show me what you can do|commands|)[\s?!.]*$"
)
_CHANGES = {
    "emails": _rx(
        r"^\W*(?:(?:please|now|and|but|also|ok(?:ay)?|can you|could you|bitte|make it|make the "
        r"\w+|keep it|"
        r"rewrite it|mach\w* (?:sie|es|ihn)|a bit|a little|much|even|etwas|viel|noch|actually"
        r"|,)\W*)*(?:shorter|"
        r"shorten|longer|friendl\w+|warm\w*|more|less|formal|informal|casual|kurzer|langer"
        r"|formlicher|"
        r"freundlicher|lockerer|tighter|trim|too long|concise|the subject|the tone|subject"
        r"|betreff|preheader|button"
        r"|link|send (?:it|this|that)|schedule(?: it)?|schick|send the (?:e-?mail|mail)|only|just"
        r"|also|exclude|"
        r"without|except|drop|remove|delete|leave out|replace|change|add|include|mention|say|use"
        r"|make|call it|name "
        r"it|rename|not|don't|do not|two|three|2|3|a/b|in (?:german|english)|auf deutsch|auf "
        r"englisch|sign|from|"
        r"reply|limit|move|the date|the event|write it|rewrite|translate it|nur|ohne|erwahne|tone"
        r"|no |at most|"
        r"different|another|new subject|with|try|instead|swap)\b"
    ),
    "segments": _rx(
        r"^\W*(?:(?:please|now|and|but|ok(?:ay)?|actually|can you|could you|,)\W*)*(?:only|just"
        r"|also|drop|remove|"
        r"without|exclude|except|leave out|include|add|make it|make that|change|instead|rename"
        r"|call it|name it|"
        r"limit|restrict|narrow|replace|swap|not|(?:in )?(?:the )?last \d+|nur|ohne|auch)\b"
        r"|^.*\binstead\W*$"
    ),
    "records": _rx(
        r"^\W*(?:(?:please|now|and|but|also|ok(?:ay)?|actually|can you|could you|bitte|no|"
        r"yes|wait|,)"
        r"\W*)*(?:only|just|not|without|exclude|except|leave out|drop|remove|skip|all but"
        r"|everyone but|everything but|don't (?:touch|change|include)|do not (?:touch|change"
        r"|include)|ignore|limit|restrict|narrow|nur|ohne|nicht|lass|make (?:it|that|them)|set "
        r"(?:it|that|them)|change (?:it|that|them)|use|instead|include|the (?:certain|"
        r"doubtful|sure)"
        r"|(?:certain|doubtful|sure|high[- ]confidence) ones)\b|^.{2,60}\binstead\W*$"
    ),
}


def trade_of(text: str) -> tuple[str, ...]:
    """Return the trades that the words speak of, the likeliest first; empty: none of them says."""
    folded = fold(clean(text))[:4_000]
    found = {
        "emails": _any(_EMAILS, folded),
        "records": _any(_RECORDS, folded),
        "segments": _any(_SEGMENTS, folded),
    }
    later = _LATER.split(folded)[1:]
    found["emails"] = found["emails"] or any(_WROTE.search(clause) for clause in later)
    found["records"] = found["records"] or any(_REPAIRED.search(clause) for clause in later)
    if not found["emails"] and (found["records"] or _any(_RECORDS_ALSO, folded)):
        return ("records",)
    return tuple(name for name, there in found.items() if there)


def _any(patterns: tuple[re.Pattern[str], ...], folded: str) -> bool:
    return any(pattern.search(folded) for pattern in patterns)


def unable(text: str) -> str | None:
    """Return what is asked for that no trade does, in words; None where one may."""
    folded = fold(clean(text))[:4_000]
    return next((said for pattern, said in _UNABLE if pattern.search(folded)), None)


def is_help(text: str) -> bool:
    """Return whether it asks what Placet can do, or only greets."""
    return _HELP.match(fold(clean(text))[:200]) is not None


def reads_as_change(text: str, trade: str) -> bool:
    """Return whether a text reads as a change to what this trade drafted last."""
    pattern = _CHANGES.get(trade)
    return bool(pattern and pattern.match(fold(clean(text))[:2_000]))


def starts_anew(text: str, trade: str) -> bool:
    """Return whether a reply to a trade's question is really a new request for another one."""
    trades = trade_of(text)
    return bool(trades) and trade not in trades and len(text.split()) >= 4
