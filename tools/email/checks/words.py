"""Words: the brand's banned and required ones, spam, shouting, signs that deceive, the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case
from .facts import TOKEN, plain
from .port import EmailCheck, Hit
from .urls import mixed_scripts
from .wordlists import words_of

__all__ = ["CHECKS"]

_SPAM = re.compile(
    r"(?<!\w)(?:100 ?% free|act now|apply now|as seen on|be your own boss|big bucks|billion|buy "
    r"(?:now|direct)|call now|cash bonus|casino|cheap(?:est)?|click (?:here|below|now)|"
    r"congratulations|"
    r"credit card offers|dear friend|double your|earn (?:\$|€|extra|money|per week)|"
    r"extra (?:cash|income)|"
    r"eliminate debt|fast cash|financial freedom|for just|free (?:gift|money|access|trial|"
    r"consultation|"
    r"info|offer|quote|sample)|get (?:paid|rich|out of debt)|guaranteed|hidden (?:charges|fees)|"
    r"incredible deal|increase (?:sales|traffic)|instant(?:ly)? (?:access|approved)|"
    r"limited[- ]time|"
    r"lose weight|lowest price|luxury|make money|million dollars?|miracle|money[- ]?back|"
    r"multi-?level|"
    r"no (?:catch|obligation|purchase necessary|questions asked|strings attached|gimmick|"
    r"credit check)|"
    r"offer expires|once in a lifetime|one[- ]time offer|only \$|order (?:now|today)|"
    r"potential earnings|"
    r"pre-?approved|prize|promise you|pure profit|risk[- ]?free|satisfaction guaranteed|save big|"
    r"serious cash|special promotion|take action|this (?:is not|isn['’]t) spam|unsecured|"
    r"urgent|viagra|"
    r"while supplies last|why pay more|winner|winning|you (?:have been|are a) (?:selected|winner)|"
    r"you['’]ve (?:won|been selected)|work from home|xxx|"
    r"gratis geschenk|jetzt kaufen|jetzt zugreifen|klicken sie hier|geld verdienen|"
    r"gewinn(?:er|spiel)|"
    r"herzlichen glückwunsch|kein risiko|kostenloses angebot|kreditkarte|letzte chance|nur heute|"
    r"schnelles geld|sie haben gewonnen|sofort(?:kredit)?|sonderangebot|super[- ]?angebot|"
    r"unverbindlich testen|zugreifen|gagnez|argent facile|gana dinero)(?!\w)",
    re.IGNORECASE,
)
_ABBREVIATION = 5
"""A word in capitals of up to this many letters may be an abbreviation."""
_TWICE = re.compile(r"(?<![\w])([^\W\d_]{2,})\s+\1(?![\w])", re.IGNORECASE)
_MAY_REPEAT = frozenset(words_of("that had die der das sie bye so very no ha wir uns nous vous"))
_UNSEEN = re.compile("[\u00ad\u034f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SIGNS = re.compile(r"[!?！？]{2,}|[$€£]{2,}")

_COMMON = {
    "en": words_of(
        "the and you your for with this that are our from have will what when more about can "
        "please join which how not all their was"
    ),
    "de": words_of(
        "und der die das sie ihr ihre für mit den dem ist nicht ein eine auf zum zur wir uns von "
        "wie bei oder auch werden am im"
    ),
    "fr": words_of(
        "les des vous votre pour avec dans une est nous sur que qui pas aux cette vos notre plus"
    ),
    "es": words_of(
        "los las para con una por que del su nos más este usted sus está como nuestra nuestro"
    ),
    "it": words_of(
        "gli per con una che del della nel sono non più questo alla dei suo nostro vostra"
    ),
    "nl": words_of("het een van voor met uw niet ook zijn wij deze naar bij onze wordt meer"),
}


def _copy(case: Case) -> Iterator[tuple[str, str]]:
    """Give the words as they are written, then those that only appear when it is rendered."""
    yield from ((piece.where, piece.text) for piece in case.pieces)
    yield from ((f"as {sample.who} gets it", sample.page.all_text) for sample in case.samples)


def _banned(case: Case) -> Iterator[Hit]:
    for banned in case.brand.banned_words:
        words = r"[\s-]+".join(map(re.escape, plain(banned).split()))
        pattern = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
        for where, text in _copy(case):
            if found := pattern.search(plain(text)):
                yield Hit(
                    message=f"The brand does not say {banned!r} ({where}).",
                    evidence=_around(plain(text), found),
                )
                break


def _prefer(case: Case) -> Iterator[Hit]:
    for avoid, say in case.brand.tone.prefer.items():
        pattern = re.compile(rf"(?<!\w){re.escape(avoid)}(?!\w)", re.IGNORECASE)
        for piece in case.pieces:
            if found := pattern.search(plain(piece.text)):
                yield Hit(
                    message=f"The brand says {say!r} where {piece.where} says {avoid!r}.",
                    evidence=_around(plain(piece.text), found),
                    fix=f"Write {say!r}.",
                )
                break


def _required(case: Case) -> Iterator[Hit]:
    wanted = case.brand.required_for(case.email.topic, case.email.language)
    wanted += case.brand.disclaimers_for(case.email.topic, case.email.language)
    for words in wanted:
        for sample in case.samples:
            for part, text in (("HTML", sample.page.text), ("text part", sample.rendered.text)):
                if _letters(words) not in _letters(text):
                    yield Hit(
                        message=f"What the brand must say is not in the {part} ({sample.who}).",
                        evidence=words,
                        fix=f"Write into the body: {words}",
                    )
                    break
            else:
                continue
            break


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", plain(text).casefold()))


def _spam(case: Case) -> Iterator[Hit]:
    for where, text in _copy(case):
        if (
            where.startswith("as ")
            and len(list(case.pieces))
            and "subject" not in where
            and _only_old(case, text)
        ):
            continue
        found = sorted({match.group().casefold() for match in _SPAM.finditer(plain(text))})
        if found:
            yield Hit(
                message=f"The {where} uses words that filters weigh: {', '.join(found[:4])}.",
                evidence=text,
            )


def _only_old(case: Case, text: str) -> bool:
    old = {m.group().casefold() for piece in case.pieces for m in _SPAM.finditer(plain(piece.text))}
    return {m.group().casefold() for m in _SPAM.finditer(plain(text))} <= old


def _shout(case: Case) -> Iterator[Hit]:
    for where, text in _copy(case):
        if where.endswith("subject"):
            continue
        run = re.search(
            r"(?<!\w)(?:[^\W\d_a-zß-öø-ÿ]{2,}[ ,!]+){2,}[^\W\d_a-zß-öø-ÿ]{2,}(?!\w)", plain(text)
        )
        one = [
            w
            for w in re.findall(r"(?<![\w-])[A-ZÄÖÜА-Я]{6,}(?![\w-])", plain(text))
            if w.casefold() not in case.known.words
        ]
        loud = (
            run
            and any(len(word) > _ABBREVIATION - 1 for word in re.findall(r"\w+", run.group()))
            and run.group().isupper()
        )
        if loud or one:
            yield Hit(
                message=f"The {where} shouts in capitals.",
                evidence=run.group() if loud and run else one[0],
            )
            return


def _runs(case: Case) -> Iterator[Hit]:
    for where, text in _copy(case):
        if not where.endswith("subject") and (found := _SIGNS.search(text)):
            yield Hit(message=f"The {where} has a run of signs.", evidence=_around(text, found))
            return


def _scripts(case: Case) -> Iterator[Hit]:
    for where, text in _copy(case):
        if word := mixed_scripts(text):
            yield Hit(
                message="A word mixes letters of two scripts: it reads like another word "
                f"({where}).",
                evidence=f"{word} = {word!a}",
            )
            return


def _unseen(case: Case) -> Iterator[Hit]:
    for piece in case.pieces:
        if not piece.where.endswith(("subject", "preheader")) and (
            found := _UNSEEN.search(piece.text)
        ):
            yield Hit(
                message=f"The {piece.where} holds a sign that nobody sees "
                f"(U+{ord(found.group()):04X}).",
                evidence=ascii(_around(piece.text, found)),
            )
            return


def _doubled(case: Case) -> Iterator[Hit]:
    for piece in case.pieces:
        for found in _TWICE.finditer(piece.text):
            if found[1].casefold() not in _MAY_REPEAT and TOKEN not in found.group():
                yield Hit(
                    message=f"A word stands twice ({piece.where}).",
                    evidence=_around(piece.text, found),
                )


def _language(case: Case) -> Iterator[Hit]:
    text = " ".join(piece.text for piece in case.pieces if piece.kind != "liquid").casefold()
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) < 25:
        return
    counted = {name: sum(words.count(word) for word in common) for name, common in _COMMON.items()}
    best = max(counted, key=lambda name: counted[name])
    if (
        case.language in counted
        and best != case.language
        and counted[best] > 2 * counted[case.language] + 3
    ) or (case.language not in counted and counted[best] > len(words) * 0.2):
        yield Hit(
            message=f"The email says its language is {case.language!r} and reads like {best!r}.",
            evidence=text,
        )


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 30) : found.end() + 30]


CHECKS = (
    EmailCheck(
        name="words.banned",
        severity="error",
        look=_banned,
        about="the brand's banned words",
        fix="Say it in other words.",
    ),
    EmailCheck(
        name="words.prefer",
        severity="warn",
        look=_prefer,
        about="words for which the brand has better ones",
        fix="Use the brand's word.",
    ),
    EmailCheck(
        name="words.required",
        severity="error",
        look=_required,
        about="claims and disclaimers the brand must make",
        fix="Add the sentence of the brand file.",
    ),
    EmailCheck(
        name="words.spam",
        severity="warn",
        look=_spam,
        about="words that spam filters weigh",
        fix="Say plainly what there is.",
    ),
    EmailCheck(
        name="words.capitals",
        severity="warn",
        look=_shout,
        about="shouting in the body",
        fix="Write it in ordinary letters.",
    ),
    EmailCheck(
        name="words.signs",
        severity="warn",
        look=_runs,
        about="`!!!` and `???` in the body",
        fix="One sign is enough.",
    ),
    EmailCheck(
        name="words.mixed_scripts",
        severity="error",
        look=_scripts,
        about="words of Latin and look-alike letters",
        fix="Type the word anew.",
    ),
    EmailCheck(
        name="words.unseen",
        severity="error",
        look=_unseen,
        about="zero-width and direction signs in the copy",
        fix="Type the passage anew.",
    ),
    EmailCheck(
        name="words.doubled", severity="warn", look=_doubled, about="`the the`", fix="Delete one."
    ),
    EmailCheck(
        name="words.language",
        severity="error",
        look=_language,
        about="copy in the language that the email names",
        fix="Set the language that it is written in.",
    ),
)
