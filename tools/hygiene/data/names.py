"""Words in and around people's names.

Sources: salutations from the forms of address in the CLDR languages that the importer knows, and
what lead forms offer; particles from nameparser's list and the styles of Dutch, German, Spanish,
Portuguese, Italian and French names (Chicago Manual of Style 8.5-8.14).
"""

__all__ = ["ELISIONS", "FAMILY_FIRST", "JOINED", "PARTICLES", "SALUTATIONS", "TITLES"]

SALUTATIONS = frozenset({
    "mr", "mrs", "mister", "missus", "herr", "frau", "fräulein", "hr.", "fr.", "monsieur", "madame",
    "mademoiselle", "mme", "mlle", "señor", "señora", "señorita", "signor", "signora", "signore",
    "sig.", "sig.ra", "senhor", "senhora", "dhr.", "mevr.", "mevrouw", "meneer", "ms",
    "pan", "pani", "mr.", "mrs.", "ms.", "mme.", "mlle.", "sr.", "sra.", "srta.",
})  # fmt: skip
"""Forms of address that say nothing about the person but what the name says already."""

DOUBTFUL_SALUTATIONS = frozenset({"fr.", "pan", "pani", "sr.", "hr.", "ms", "sig.", "herr"})
"""Also something else: Father, a family name, Senior. Proposed, never certain."""

TITLES = frozenset({
    "dr", "dr.", "prof", "prof.", "ing.", "dipl.-ing.", "mag.", "rev.", "sir", "dame", "lord",
    "lady", "capt.", "col.", "lt.", "gen.", "maj.", "hon.", "dott.", "dott.ssa", "avv.", "lic.",
})  # fmt: skip
"""Titles a person holds: taking one away loses something, so it is proposed and never certain."""

PARTICLES = frozenset({
    "van", "von", "vom", "zu", "zum", "zur", "de", "del", "della", "dello", "dei", "degli", "di",
    "da", "das", "do", "dos", "du", "des", "la", "le", "les", "las", "los", "der", "den", "ter",
    "ten", "te", "el", "al", "bin", "bint", "ibn", "ben", "abu", "y", "e", "i", "af", "av", "und",
    "'t", "op", "st", "st.", "san", "santa", "mac", "mc", "ap", "ab",
})  # fmt: skip
"""Words within a name whose case depends on the country or on the family itself."""

JOINED = ("mc", "mac", "fitz", "de", "di", "da", "du", "la", "le", "lo", "van", "von", "st", "del")
"""Beginnings after which some families write a capital: McDonald, LeBlanc, DeVito."""

ELISIONS = frozenset({"o", "d", "l", "dell", "dall", "all", "sant"})
"""What stands before an apostrophe that a capital follows: O'Brien, D'Angelo, Dell'Acqua."""

FAMILY_FIRST = frozenset({"CN", "TW", "HK", "MO", "JP", "KR", "KP", "VN", "HU", "SG"})
"""ISO codes of countries where the family name is often written first."""
