"""Job titles: how senior, and what for. Rules over folded words, in the order they are tried.

English, German, French, Spanish, with the commonest Italian, Dutch and Polish ones. A title that no
rule knows has no seniority and no function: None, never a guess.
"""

import re
from functools import lru_cache

from .folding import fold

__all__ = ["function_of", "seniority_of"]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b")


_C_TITLE = r"c[eftimorpdcslg]o|c(?:hr|is|pt)o|cxo"
_CHIEF = r"chief (?!of staff|engineer|accountant|architect)(?:\w+ ){1,4}?officer"
_MANAGING = (
    r"managing directors?|directeurs? general|directrice generale|directora? general|pdg|"
    r"consejer[oa] delegad[oa]|amministratore delegato|geschae?ftsfue?hr\w*|"
    r"geschae?ftsleit\w+|vorstand(?:svorsitzende\w*|smitglied)?|prezes|algemeen directeur|"
    r"(?<!vice )president(?! of the works council)"
)
_ASSISTANT = _any(
    r"(?:assistant|assistante?|assistent(?:in)?|asistente|secretary|adjointe?|pa|ea) "
    r"(?:to|of|for|der|des|de|du|a|au|la|del)",
    r"assistenz\w*", r"executive assistant", r"personal assistant", r"administrative assistant",
    r"(?:vorstands|direktions|geschae?ftsfue?hrungs|team)assisten\w+", r"(?:chef)?sekretar\w*",
    r"secretaire",
)  # fmt: skip
_NOT_OWNERS = r"(?<!product )(?<!process )(?<!service )(?<!system )(?<!business )"

_SENIORITY: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("individual", _ASSISTANT),
    ("intern", _any(
        r"interns?", r"trainee", r"praktikant\w*", r"stagiaire", r"becari[oa]", r"werkstudent\w*",
        r"working student", r"apprenti\w*", r"auszubildende\w*", r"azubi", r"alternante?",
        r"stagista", r"stagiair", r"stazyst\w+",
    )),
    ("vp", _any(
        r"[sea]?vp", r"v p", r"vice ?president\w*", r"vice ?presidente?s?", r"vizeprasident\w*",
    )),
    ("c_level", _any(_C_TITLE, _CHIEF, _MANAGING)),
    ("owner", _any(
        r"(?:co )?founders?", r"cofounder", r"founding partner", r"managing partner",
        _NOT_OWNERS + r"owner", r"proprietor", r"(?:mit)?inhaber\w*", r"(?:mit)?grunder\w*",
        r"(?:co ?)?fondat(?:eur|rice|ore)", r"(?:co ?)?fundador\w*", r"propietari[oa]",
        r"entrepreneur", r"titolare", r"wlasciciel\w*", r"eigenaar",
    )),
    ("manager", _any(
        r"team ?(?:leit|lead)\w*", r"team head", r"(?:projekt|filial|gruppen|schicht|markt)leit\w+",
        r"(?:project|product|account|office|store|brand|campaign|community) manager",
        r"assistant manager",
    )),
    ("director", _any(
        r"directors?", r"direct(?:eur|rice)s?", r"directora?s?", r"direktor\w*", r"direttor\w*",
        r"diret[ou]\w+", r"dyrektor\w*", r"heads?", r"general manager",
        r"(?:\w+)?leiter\w*", r"(?:\w+)?leitung", r"chief of staff", r"hoofd",
    )),
    ("manager", _any(
        r"managers?", r"mgr", r"\w*manager(?:in)?", r"gerente", r"supervisor\w*",
        r"responsab\w+", r"jefe", r"jefa", r"chef(?:fe)? (?:de|du|d)", r"encargad[oa]",
        r"kierownik\w*", r"gestionnaire", r"foreman",
    )),
    ("senior", _any(
        r"senior", r"sr", r"principal", r"staff (?:software )?(?:engineer|designer|scientist)",
        r"lead", r"expert\w*", r"chief (?:engineer|accountant|architect)",
    )),
    ("individual", _any(
        r"specialists?", r"spezialist\w*", r"specialiste", r"especialista", r"engineers?",
        r"\w*ingenieur\w*", r"ingenier[oa]", r"developer", r"\w*entwickler\w*", r"developpeu\w+",
        r"desarrollador\w*", r"programmer", r"analysts?", r"analyste?s?", r"analista", r"analityk",
        r"(?:account|sales|marketing|business development) executive", r"executive", r"associate",
        r"coordinat\w+", r"koordinator\w*", r"coordinador\w*", r"consultante?s?", r"consultor\w*",
        r"\w*berater\w*", r"advisor", r"adviser", r"representative", r"rep", r"agent",
        r"representant\w*", r"assistante?s?", r"assistent\w*", r"asistente", r"administrator",
        r"designer", r"scientist", r"recruiter\w*", r"architect\w*", r"accountant",
        r"\w*buchhalter\w*",
        r"comptable", r"contable", r"controller\w*", r"counsel", r"lawyer", r"attorney",
        r"jurist\w*",
        r"abogad[oa]", r"avocate?", r"buyer", r"\w*einkaufer\w*", r"acheteu\w+", r"comprador\w*",
        r"\w*referent\w*", r"sachbearbeiter\w*", r"\w*mitarbeiter\w*", r"charge\w* (?:de|d)",
        r"tecnic[oa]", r"technicien\w*", r"techniker\w*", r"technician", r"product owner", r"owner",
        r"editor", r"redakteur\w*", r"writer", r"strategist", r"planner", r"bdr", r"sdr", r"clerk",
        r"nurse", r"teacher", r"commercial\w*", r"verkaufer\w*", r"vendedor\w*", r"partner",
        r"officer", r"operator", r"auditor", r"researcher", r"marketer", r"tester",
    )),
)  # fmt: skip

# The leftmost of these decides: "VP Sales & Marketing" is sales, "Head of Marketing and Sales" is
# marketing. What says little by itself ("engineer", "operations") stands in _WEAK.
_STRONG: tuple[tuple[str, str], ...] = (
    ("marketing", r"product marketing|\w*marketing\w*|marketer|mktg|cmo|cgo|growth|brand\w*|"
                  r"demand gen\w*|content|seo|sem|social media|communications?|"
                  r"kommunikation\w*|comunicacion|communication|public relations|pr|werbung|"
                  r"advertising|campaigns?|community|mercadotecnia|mercadeo|publicite"),
    ("sales", r"sales|cro|account (?:executive|manager)|key account\w*|business development|bdr|"
              r"sdr|\w*vertrieb\w*|\w*verkauf\w*|ventes?|ventas|vendite|comercial\w*|commercial\w*|"
              r"commerciale?|revenue|pre ?sales|sprzedazy|verkoop|vendedor\w*|account director"),
    ("customer_success", r"customer (?:success|experience|support|service|care)|client (?:success|"
                         r"services?)|cx|csm|kunden\w+|relation client|service client|"
                         r"atencion al cliente|support"),
    ("procurement", r"procurement|purchas\w+|sourcing|buyer|\w*einkauf\w*|beschaffung|achats?|"
                    r"acheteu\w+|compras|comprador\w*|acquisti|inkoop|cpo procurement"),
    ("hr", r"hr|hrbp|human resources?|people|talent|recruit\w+|personal(?!\w| assistant| trainer)|"
           r"personal(?:leit|referent|wesen|entwickl)\w*|ressources humaines|rh|drh|chro|"
           r"recursos humanos|rrhh|risorse umane|learning and development"),
    ("legal", r"legal|\w*counsel|lawyer|attorney|recht\w*|justi[zt]\w*|jurist\w*|juridi\w+|"
              r"avocate?|abogad[oa]|clo|compliance|data protection|datenschutz\w*|dpo"),
    ("finance", r"financ\w+|\w*finanz\w*|cfo|account(?:ing|ant|s payable|s receivable)|"
                r"controll\w+|treasur\w+|\w*buchhalt\w*|comptab\w+|contab\w+|tax|audit\w*|"
                r"payroll|rechnungswesen|tresor\w+|amministrazione"),
    ("data", r"data|analytics|business intelligence|bi|machine learning|ai|statistic\w+|daten\w*|"
             r"donnees|datos"),
    ("product", r"product|\w*produkt\w*|produits?|producto|ux|ui|cpo"),
    ("it", r"it|cio|ciso|information (?:technology|systems?|security)|informati\w+|edv|dsi|"
           r"sys ?admin|systems? administrator|system\w*administrator\w*|cyber ?security|network|"
           r"sistemas|systemes d information|it\w*leiter\w*|security"),
    ("engineering", r"\w*engineering\w*|cto|software\w*|r and d|r d|research and development|"
                    r"entwicklungs?\w*|devops|sre|qa|technology|technical director|"
                    r"technische\w* leit\w+|technique|backend|frontend|full ?stack"),
    ("operations", r"coo|operations?|logisti\w+|supply chain|produktions\w+|manufacturing|plant|"
                   r"production|betriebs?\w*|operaciones|exploitation|facilit\w+|warehouse|"
                   r"lean|quality"),
    ("executive", r"ceo|chief executive\w*|geschae?ftsfue?hr\w*|geschae?ftsleit\w+|"
                  r"pdg|consejer[oa] delegad[oa]|amministratore delegato|prezes"),
)  # fmt: skip
_WEAK: tuple[tuple[str, str], ...] = (
    ("engineering", r"engineers?|developer|\w*entwickler\w*|\w*ingenieur\w*|developpeu\w+|"
                    r"ingenier[oa]|desarrollador\w*|programmer|architect\w*|technician|techni\w+"),
    ("operations", r"project (?:manager|lead)|projektleit\w+|chef(?:fe)? de projet|"
                   r"jef[ea] de proyecto|program(?:me)? manager|ops|office manager"),
    ("executive", _MANAGING + r"|general manager|executive director|(?:co )?founders?|cofounder|"
                  r"founding partner|managing partner|" + _NOT_OWNERS + r"owner|chairman|"
                  r"chairwoman|chair|board|(?:mit)?inhaber\w*|(?:mit)?grunder\w*|"
                  r"(?:co ?)?fondat(?:eur|rice|ore)|(?:co ?)?fundador\w*|propietari[oa]|"
                  r"chief of staff|titolare|proprietor|entrepreneur"),
)  # fmt: skip
_STRONG_RULES = tuple((name, re.compile(rf"\b(?:{words})\b")) for name, words in _STRONG)
_WEAK_RULES = tuple((name, re.compile(rf"\b(?:{words})\b")) for name, words in _WEAK)
_GENDER = re.compile(
    r"\([^)]*\b[mwdfhx]\s*/\s*[mwdfhx][^)]*\)|[:*_/]-?(?:in|innen|r|e)\b", re.IGNORECASE
)
_LONGEST = 300


def _plain(title: str) -> str:
    text = _GENDER.sub("", title[:_LONGEST]).replace("&", " and ")
    return fold(text.replace(".", "") if re.search(r"\b\w\.\w\.", text) else text)


@lru_cache(maxsize=20_000)
def seniority_of(title: str) -> str | None:
    """Return the seniority (a value of the picklist) that a job title tells, or None."""
    plain = _plain(title)
    return next((level for level, rule in _SENIORITY if rule.search(plain)), None)


def _leftmost(plain: str, rules: tuple[tuple[str, re.Pattern[str]], ...]) -> str | None:
    found = [
        (match.start(), order, name)
        for order, (name, rule) in enumerate(rules)
        if (match := rule.search(plain))
    ]
    return min(found)[2] if found else None


@lru_cache(maxsize=20_000)
def function_of(title: str) -> str | None:
    """Return the job function (a value of the picklist) that a job title tells, or None."""
    plain = _plain(title)
    return _leftmost(plain, _STRONG_RULES) or _leftmost(plain, _WEAK_RULES)
