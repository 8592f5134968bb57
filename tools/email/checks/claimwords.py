"""Words that claim something: urgency, superlatives, guarantees, gifts, proof, familiarity.

One flat list; each row is a kind of claim, the language it is read in, and what it looks like. A
claim stands when the brief or the brand makes a claim of the same kind in its own words, not
negated: "do not call it free" supports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

__all__ = ["KINDS", "Claim", "claims"]


class Claim(BaseModel):
    """One claim as it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    text: str
    at: int
    negated: bool = False


_ROWS: tuple[tuple[str, str], ...] = (
    # --- English
    ("urgency", r"last (?:chance|call|opportunity|days?|few (?:seats|places|spots|days|hours))"),
    ("urgency", r"final (?:chance|call|hours|days|reminder|spots|seats)"),
    ("urgency", r"(?:only|just) (?:a few|\d+|\w+) (?:\w+ )?(?:left|remaining|available|to go)"),
    ("urgency", r"(?:seats|places|spots|spaces|tickets|availability|stock) (?:are|is) (?:very )?"
     r"(?:limited|running out|filling (?:up )?fast|almost gone|going fast)"),
    ("urgency", r"limited (?:time|seats|places|spots|spaces|availability|offer|edition|capacity)"),
    ("urgency", r"while (?:supplies|stocks?|places|seats) lasts?|before it(?:'|"
     r"’)?s (?:too late|gone)"),
    ("urgency", r"(?:act|order|book|buy|register|hurry) (?:now|today|fast)(?= (?:before|or|to "
     r"(?:avoid|secure|lock))|[!])|hurry(?: up)?(?!\w)|act (?:now|fast)|don(?:'|"
     r"’)t (?:miss out|wait)"),
    ("urgency", r"(?:ends|expires|closes) (?:tonight|today|tomorrow|soon|at midnight|"
     r"in \w+ hours?)"),
    ("urgency", r"selling out|sells out fast|almost (?:sold out|gone)|today only|one[- ]day only|"
     r"time is running out|clock is ticking|urgent(?:ly)?|first come,? first served"),
    ("superlative", r"(?:the|our|your|world(?:'|’)s|europe(?:'|’)s|germany(?:'|"
     r"’)s) (?:very )?(?:best|"
     r"largest|biggest|fastest|cheapest|leading|greatest|finest|safest|easiest|smartest|most \w+)"
     r"(?! (?:way|time|practices?|regards|wishes) )(?!\w)"),
    ("superlative", r"(?:market|industry|world|category|global)[- ]lead(?:er|ers|ing)|"
     r"best[- ]in[- ]class|world[- ]class|state[- ]of[- ]the[- ]art|number one|no\. ?1|#1|"
     r"second to none|un(?:rivall?ed|matched|beatable|paralleled)|revolutionary|"
     r"game[- ]chang(?:er|ing)|ground-?breaking|one of a kind|cutting[- ]edge|lowest prices?|"
     r"(?<!not )(?<!the )(?:only|first) (?:platform|company|tool|product|solution|provider|"
     r"software) (?:that|to|with|in)|the (?:only|first) (?:platform|company|tool|product|solution|"
     r"provider|software)"),
    ("guarantee", r"guarante\w+|risk[- ]free|no[- ]risk|zero[- ]risk|money[- ]back|"
     r"100 ?% (?:safe|secure|satisfaction|guaranteed|free)|promise you|we promise|fail-?safe|"
     r"results or|never fails?|works every time|refund\w*"),
    ("free", r"(?<!feel )(?<!hands-)(?<!hands )(?<!set )(?<!you )(?<!are )(?<!risk-)(?<!risk )"
     r"(?<!error-)(?<!toll-)(?<!paper)(?<!spam-)(?<!duty-)free(?! (?:to|up|time|from|slot|"
     r"hand))(?!-?form)(?!\w)|"
     r"free (?:to (?:attend|join|use|register|download)|of charge)|"
     r"(?:it|this|event|webinar|attendance|registration|admission|entry|everything|which|"
     r"that) is free|"
     r"(?:at )?no (?:extra |additional )?(?:cost|charge|fee)s?|complimentary|on the house|"
     r"without (?:any )?(?:cost|charge|payment)|gratis|for nothing|free gift|freebie"),
    ("discount", r"discount\w*|\d+ ?% off|(?:half|reduced|special|introductory|early[- ]bird) "
     r"(?:price|rate|offer|deal|pricing|ticket)s?|early[- ]bird|price (?:drop|cut)|"
     r"promo(?:tion)? code|"
     r"coupon|voucher|money off|cash ?back|on sale|(?:summer|winter|"
     r"spring|autumn|december|january|flash|early) sale|clearance|save (?:up to |"
     r"over |more than )?(?:[€$£]|\d)|"
     r"bonus|gift card|reward"),
    ("exclusive", r"exclusive\w*|hand[- ]?(?:picked|selected)|by invitation only|invite[- ]only|"
     r"(?:only|just) for you|(?:have|has|(?:'|’)ve) been (?:selected|chosen)|vip|secret|"
     r"members[- ]only|insiders?(?:-only)?(?= (?:access|offer))"),
    ("proof", r"award[- ]winning|trusted by|loved by|used by|chosen by|recommended by|rated|"
     r"(?:studies|research|surveys?|data|experts?|analysts?|science|tests?) (?:shows?|say|says|"
     r"prove|proves|agree|confirm|confirms|found|suggests?|reveals?)|(?:scientifically|"
     r"clinically) \w+|"
     r"proven|(?:case study|success stor(?:y|ies))|as (?:seen|featured) (?:in|on)|"
     r"thousands of (?:customers|companies|teams|users|people|happy)|industry average|"
     r"according to|on average|customers (?:say|report|love|save|see)"),
    ("legal", r"gdpr[- ](?:compliant|ready|certified|conform\w*)|(?:fully |iso |tüv |soc ?2 )"
     r"(?:certified|compliant|accredited)|certified|accredited|legally (?:required|binding)|"
     r"patented|hipaa|iso ?\d{4,5}|soc ?2|tax[- ]deductible|certificate of"),
    ("familiar", r"as (?:you )?(?:requested|discussed|promised|agreed)|you (?:asked|"
     r"requested) (?:for|us|to)|"
     r"per (?:our|your) (?:conversation|request|call)|(?:following up|follow up) on our "
     r"(?:call|conversation|meeting)|(?:great|nice|good|lovely) (?:meeting|talking|"
     r"speaking) (?:to |with )?you|"
     r"your (?:order|invoice|payment|account (?:has|is|will)|subscription (?:has|is|will))"),
    ("extra", r"recording|replay|certificate|cpe credits?|slides|live demo|q ?& ?a|lunch|"
     r"refreshments|drinks|breakfast|networking|goodie|gift|raffle|prize|giveaway|"
     r"limited edition|unlimited|lifetime|24/7|instant(?:ly)? access"),
    # --- German
    ("urgency", r"letzte[nrs]? (?:chance|gelegenheit|möglichkeit|tage|plätze|stunden|aufruf|"
     r"erinnerung)"),
    ("urgency", r"restplätze|nur (?:noch |wenige |für kurze zeit|solange)\w*|nur heute|"
     r"solange (?:der )?vorrat|"
     r"solange plätze|(?:plätze|teilnehmerzahl|anzahl|platzzahl) (?:sind |ist )?(?:streng )?"
     r"(?:begrenzt|limitiert)|begrenzte (?:plätze|zeit|stückzahl|teilnehmerzahl|anzahl)|"
     r"fast ausgebucht|schnell sein|jetzt zugreifen|beeilen sie sich|greifen sie (?:schnell )?zu|"
     r"endet (?:heute|morgen|bald|in kürze)|läuft (?:bald |heute )?ab|"
     r"dringend|verpassen sie (?:\w+ )?nicht|"
     r"sichern sie sich (?:jetzt|schnell|noch)"),
    ("superlative", r"(?:der|die|das|den|dem|unser\w*|ihr\w*) (?:aller)?(?:beste|größte|schnellste|"
     r"günstigste|führende|einfachste|sicherste|modernste|erfolgreichste)[nrsm]?|marktführ\w+|"
     r"weltweit führend\w*|branchenführ\w+|führende[nrs]? (?:anbieter|plattform|lösung)|"
     r"einzigartig\w*|unschlagbar\w*|revolutionär\w*|weltklasse|nummer (?:1|eins)|nr\. ?1|"
     r"bahnbrechend\w*|unübertroffen\w*|erstklassig\w*|konkurrenzlos\w*"),
    ("guarantee", r"garant\w+|risikofrei|risikolos|ohne risiko|geld[- ]zurück\w*|"
     r"wir versprechen|100 ?% (?:sicher|zufrieden\w*)|hundertprozentig|rückerstattung\w*"),
    ("free", r"kostenlos\w*|kostenfrei\w*|gratis\w*|umsonst|unentgeltlich\w*|gebührenfrei\w*|"
     r"ohne (?:zusätzliche )?kosten|geschenkt|zum nulltarif"),
    ("discount", r"rabatt\w*|preisnachlass\w*|frühbucher\w*|sonderpreis\w*|vergünstig\w+|"
     r"ermäßig\w+|gutschein\w*|aktionspreis\w*|sparen sie (?:bis|jetzt|über|\d)|schnäppchen|bonus|"
     r"halbe[nr]? preis"),
    ("exclusive", r"exklusiv\w*|nur für sie|persönlich ausgewählt|handverlesen\w*|"
     r"(?:wurden|sind) (?:sie )?ausgewählt|auserwählt|geheim\w*"),
    ("proof", r"preisgekrönt\w*|ausgezeichnet (?:mit|als)|studien (?:zeigen|belegen|beweisen)|"
     r"experten (?:sind|sagen|empfehlen)|nachweislich|nachgewiesen\w*|wissenschaftlich \w+|"
     r"bewährt\w*|tausende (?:kunden|unternehmen|zufriedene)|laut (?:einer|unserer|studie)|"
     r"im durchschnitt|durchschnittlich|unsere kunden (?:sagen|sparen|berichten)|"
     r"vertrauen (?:uns|auf uns)"),
    ("legal", r"dsgvo[- ]konform\w*|zertifiziert\w*|tüv[- ]geprüft|gesetzlich vorgeschrieben|"
     r"rechtssicher\w*|patentiert\w*|steuerlich absetzbar"),
    ("familiar", r"wie (?:besprochen|gewünscht|vereinbart|versprochen|angefordert)|"
     r"(?:ihre|ihrer) (?:bestellung|rechnung|zahlung|anfrage)|unser(?:em)? (?:gespräch|telefonat)"),
    ("extra", r"aufzeichnung\w*|teilnahmebescheinigung\w*|zertifikat\w*|live-demo\w*|mittagessen|"
     r"getränke|imbiss|verlosung\w*|gewinnspiel\w*|gewinnen sie|unbegrenzt\w*|lebenslang\w*|"
     r"rund um die uhr|sofortzugang"),
    # --- French, Spanish, Italian: the loudest ones
    ("urgency", r"dernière chance|offre limitée|places limitées|última oportunidad|"
     r"plazas limitadas|"
     r"ultima occasione|posti limitati|последний шанс"),
    ("free", r"gratuit(?:e|s|es|ement)?|sans frais|gratuito|gratuita|sin costo|gratuitamente|"
     r"бесплатно"),
    ("guarantee", r"garanti(?:e|es|s)?(?!\w)|garantizad\w+|garantito|гарантир\w+"),
    ("superlative", r"le (?:meilleur|leader)|leader (?:mondial|du marché)|el mejor|líder|"
     r"il migliore"),
    ("urgency", r"最後のチャンス|残りわずか|限定|最后机会"),
    ("free", r"無料|免费"),
)  # fmt: skip
_COMPILED = tuple(
    (kind, re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE)) for kind, pattern in _ROWS
)
KINDS = tuple(dict.fromkeys(kind for kind, _ in _ROWS))
"""Every kind of claim, in the order of the list."""
_NOT = re.compile(
    r"(?:\bnot|n['’]t|\bnever|\bno|\bavoid|\bwithout|\bdrop|\bskip|\bomit|\bnor|\bkeine?n?|\bnicht|"
    r"\bohne|\bvermeide\w*|\bnie|\bsans|\bpas|\bsin)(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)


def claims(text: str) -> tuple[Claim, ...]:
    """Return what `text` claims, in order; a word is read once, as the first kind it fits."""
    return tuple(sorted(_claims(text), key=lambda one: one.at))


def _claims(text: str) -> Iterator[Claim]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            negated = _NOT.search(text[max(0, match.start() - 40) : match.start()]) is not None
            yield Claim(kind=kind, text=match.group().strip(), at=match.start(), negated=negated)
