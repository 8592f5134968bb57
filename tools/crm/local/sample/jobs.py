"""Job titles by function and seniority, in the languages they are written in.

The stored seniority and function are not from this table: they are derived from the title, as an
import would do it.
"""

import random

__all__ = ["title"]

_FUNCTIONS = (
    ("Marketing", 27), ("Sales", 17), ("Finance", 9), ("IT", 9), ("Engineering", 9),
    ("Product", 7), ("Operations", 7), ("HR", 5), ("Customer Success", 4), ("Procurement", 3),
    ("Legal", 3), ("Data", 3),
)  # fmt: skip
_CHIEFS = {
    "Marketing": "CMO", "Sales": "Chief Revenue Officer", "Finance": "CFO", "IT": "CIO",
    "Engineering": "CTO", "Product": "Chief Product Officer", "Operations": "COO", "HR": "CHRO",
    "Data": "Chief Data Officer", "Legal": "Chief Legal Officer",
}  # fmt: skip
_LEVELS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("c", 6, ()),
    ("vp", 11, ("VP {}", "VP of {}", "Vice President {}", "Vice President of {}", "SVP {}")),
    ("director", 17, ("Director of {}", "{} Director", "Head of {}", "Director, {}")),
    ("manager", 30, ("{} Manager", "Senior {} Manager", "{} Team Lead", "{} Manager EMEA")),
    ("senior", 10, ("Senior {} Specialist", "Senior {} Analyst", "Principal {} Consultant")),
    ("individual", 22, ("{} Specialist", "{} Coordinator", "{} Analyst", "{} Assistant")),
    ("intern", 2, ("{} Intern",)),
    ("owner", 4, ()),
)  # fmt: skip
_LOCAL = {
    "de": {
        "vp": ("VP {}", "Vice President {}"),
        "director": ("Leiter {}", "Leiterin {}", "Leitung {}", "Head of {}", "{}leiter"),
        "manager": ("Teamleiter {}", "{} Manager", "{} Managerin"),
        "senior": ("Senior {} Referent", "Senior {} Spezialist"),
        "individual": ("{} Referent", "{} Referentin", "Mitarbeiter {}", "{} Spezialist"),
        "intern": ("Praktikant {}", "Werkstudentin {}"),
    },
    "fr": {
        "vp": ("Vice-Président {}", "VP {}", "Vice-Présidente {}"),
        "director": ("Directeur {}", "Directrice {}", "Head of {}"),
        "manager": ("Responsable {}", "{} Manager"),
        "senior": ("Senior {} Specialist", "Expert {}"),
        "individual": ("Chargé de {}", "Assistante {}", "Spécialiste {}"),
        "intern": ("Stagiaire {}",),
    },
    "es": {
        "vp": ("Vicepresidente de {}", "VP {}"),
        "director": ("Director de {}", "Directora de {}"),
        "manager": ("Responsable de {}", "Jefe de {}"),
        "senior": ("Especialista Senior de {}",),
        "individual": ("Especialista en {}", "Analista de {}", "Asistente de {}"),
        "intern": ("Becario de {}",),
    },
}  # fmt: skip
_WORDS = {
    "de": {"Sales": "Vertrieb", "Finance": "Finanzen", "HR": "Personal", "Procurement": "Einkauf",
           "Customer Success": "Kundenservice", "Legal": "Recht", "Product": "Produktmanagement",
           "Operations": "Produktion", "Data": "Data Analytics"},
    "fr": {"Sales": "Commercial", "Finance": "Financier", "HR": "Ressources Humaines",
           "Procurement": "Achats", "Legal": "Juridique", "Product": "Produit",
           "IT": "Informatique", "Customer Success": "Relation Client", "Engineering": "Technique"},
    "es": {"Sales": "Ventas", "Finance": "Finanzas", "HR": "Recursos Humanos",
           "Procurement": "Compras", "Operations": "Operaciones", "IT": "Sistemas",
           "Product": "Producto", "Data": "Datos"},
}  # fmt: skip
_TOP = {
    "de": ("Geschäftsführer", "Geschäftsführerin", "CEO", "Vorstand"),
    "fr": ("PDG", "Directeur Général", "CEO", "Directrice Générale"),
    "es": ("Director General", "CEO", "Consejera Delegada"),
}
_OWNERS = {
    "de": ("Inhaber", "Gründerin", "Founder"),
    "fr": ("Fondateur", "Fondatrice", "Co-Founder"),
    "es": ("Fundador", "Propietaria", "Founder"),
}
_MARKETING_TOO = ("Head of Growth", "Brand Manager", "Demand Generation Manager", "SEO Specialist")
_SALES_TOO = (
    "Account Executive",
    "Key Account Manager",
    "Sales Engineer",
    "Inside Sales Representative",
)
_FUNCTION_NAMES = [name for name, _ in _FUNCTIONS]
_FUNCTION_WEIGHTS = [weight for _, weight in _FUNCTIONS]
_LEVEL_WEIGHTS = [weight for _, weight, _ in _LEVELS]


def title(dice: random.Random, language: str) -> str:
    """Return a job title; half of the German, French and Spanish ones are in that language."""
    (function,) = dice.choices(_FUNCTION_NAMES, _FUNCTION_WEIGHTS)
    ((level, _, plain),) = dice.choices(_LEVELS, _LEVEL_WEIGHTS)
    local = language if language in _LOCAL and dice.random() < 0.5 else None
    if level == "owner":
        return dice.choice(_OWNERS[local] if local else ("Founder", "Owner", "Co-Founder"))
    if level == "c":
        return _chief(dice, function, local)
    if local is None:
        special = _special(dice, function, level)
        return special or dice.choice(plain).format(function)
    word = _WORDS[local].get(function, function)
    return dice.choice(_LOCAL[local][level]).format(word)


def _chief(dice: random.Random, function: str, local: str | None) -> str:
    if dice.random() < 0.35 or function not in _CHIEFS:
        return dice.choice(
            _TOP[local] if local else ("CEO", "Managing Director", "Co-Founder & CEO")
        )
    return _CHIEFS[function]


def _special(dice: random.Random, function: str, level: str) -> str | None:
    if level not in ("manager", "individual") or dice.random() > 0.15:
        return None
    if function == "Marketing":
        return dice.choice(_MARKETING_TOO)
    return dice.choice(_SALES_TOO) if function == "Sales" else None
