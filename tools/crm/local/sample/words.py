"""First and last names by group, and the parts that company names are made of."""

__all__ = ["FIRM_ENDS", "FIRM_STARTS", "INDUSTRIES", "NAMES", "OWNERS"]

_NAMES = {
    "en": (
        "James Mary John Emma Robert Olivia Michael Sophia David Grace William Chloe Thomas Lucy "
        "Daniel Hannah Matthew Zoe Andrew Megan Ethan Ruby Samuel Abigail",
        "Smith Johnson Williams Brown Jones Taylor Davies Wilson Evans Walker Wright Thompson "
        "Hughes Green Hall Clarke Baker Cooper Morgan Bennett Carter Reed Foster Murphy",
    ),
    "de": (
        "Lukas Anna Maximilian Sophie Felix Lena Jonas Marie Paul Laura Leon Julia Stefan Katrin "
        "Andreas Sabine Jürgen Petra Matthias Claudia Tobias Nadine Björn Heike",
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer "
        "Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Krüger Hartmann Lange Vogel Groß",
    ),
    "fr": (
        "Lucas Camille Hugo Léa Louis Manon Gabriel Chloé Jules Inès Thomas Sarah Antoine Julie "
        "Nicolas Élodie Pierre Aurélie François Nathalie Mathieu Céline Olivier Hélène",
        "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent "
        "Lefebvre Michel Garnier Faure Rousseau Blanc Guérin Muller Chevalier François Girard",
    ),
    "es": (
        "Alejandro Lucía Pablo María Daniel Paula Javier Carmen Carlos Laura Miguel Marta Álvaro "
        "Sara Diego Elena Andrés Cristina Sergio Ana",
        "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez "
        "Ruiz Hernández Díaz Moreno Álvarez Muñoz Romero Alonso Gutiérrez Navarro Torres",
    ),
    "it": (
        "Leonardo Giulia Francesco Sofia Alessandro Aurora Lorenzo Martina Matteo Chiara Andrea "
        "Francesca Marco Elena Luca Valentina",
        "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti "
        "DeLuca Costa Giordano Mancini Rizzo Lombardi",
    ),
    "nl": (
        "Daan Emma Sem Julia Lucas Mila Finn Tess Bram Sanne Thijs Lotte Ruben Femke Jeroen Anouk",
        "de_Jong Jansen de_Vries van_den_Berg Bakker van_Dijk Visser Smit Meijer Mulder Bos Vos "
        "Peters Hendriks Dekker Brouwer",
    ),
    "nordic": (
        "William Alice Lucas Maja Oscar Elsa Emil Freja Noah Ida Magnus Ingrid Lars Astrid Henrik "
        "Karin Søren Mette",
        "Andersson Johansson Karlsson Nilsson Eriksson Larsen Hansen Olsen Nielsen Jensen Pedersen "
        "Berg Lindberg Dahl Holm Åberg",
    ),
    "fi": (
        "Leo Aino Eino Helmi Väinö Aada Mikko Laura Jari Päivi",
        "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen",
    ),
    "pl": (
        "Jakub Zuzanna Jan Julia Szymon Maja Piotr Agnieszka Paweł Katarzyna Michał Małgorzata "
        "Tomasz Ewa",
        "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański "
        "Woźniak Dąbrowski",
    ),
    "ja": (
        "Haruto Yui Sota Aoi Ren Hina Yuto Sakura Kenji Yuki Takashi Naoko",
        "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida",
    ),
    "in": (
        "Aarav Ananya Vivaan Diya Aditya Isha Rohan Priya Rahul Neha Arjun Kavya Sanjay Meera",
        "Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Mehta Joshi Rao Desai Kapoor Verma",
    ),
    "pt": (
        "Miguel Maria João Beatriz Pedro Ana Lucas Mariana Rafael Larissa Tiago Inês Gustavo "
        "Fernanda",
        "Silva Santos Oliveira Souza Pereira Costa Ferreira Rodrigues Almeida Carvalho Gomes "
        "Ribeiro Martins Araújo",
    ),
    "cs": (
        "Jakub Eliška Jan Anna Tomáš Tereza Petr Lucie Martin Kateřina",
        "Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec",
    ),
}


def _split(text: str) -> tuple[str, ...]:
    return tuple(name.replace("_", " ") for name in text.split())


NAMES = {group: (_split(first), _split(last)) for group, (first, last) in _NAMES.items()}

FIRM_STARTS = _split(
    "Acme Nordlicht Bluewater Helvetia Cobalt Silverpine Brightline Kestrel Northgate Lumina "
    "Veridian Alpenblick Rivermark Oakfield Ironbridge Sunhaven Clearpath Redwood Falcon Meridian "
    "Castellan Aurora Tideway Granite Harborview Windmere Larkspur Orchid Pinnacle Quantara "
    "Solstice Tramontane Ultramar Vantage Westbrook Zephyr Arcadia Beacon Cinder Delphi Ember "
    "Fjord Glacier Hearthstone"
)
FIRM_ENDS = _split(
    "Analytics Logistics Software Foods Systems Energy Health Media Insurance Robotics Textiles "
    "Motors Labs Partners Pharma Retail Consulting Networks Bank Construction Education Hotels "
    "Chemicals"
)
INDUSTRIES = {
    "Analytics": "software", "Logistics": "logistics", "Software": "software",
    "Foods": "food_beverage", "Systems": "it_services", "Energy": "energy",
    "Health": "healthcare", "Media": "media", "Insurance": "insurance",
    "Robotics": "manufacturing", "Textiles": "manufacturing", "Motors": "automotive",
    "Labs": "pharma_biotech", "Partners": "consulting", "Pharma": "pharma_biotech",
    "Retail": "retail", "Consulting": "consulting", "Networks": "telecommunications",
    "Bank": "financial_services", "Construction": "construction", "Education": "education",
    "Hotels": "hospitality", "Chemicals": "manufacturing",
}  # fmt: skip
OWNERS = ("Mia Lindgren", "Tom Becker", "Priya Nair", "Sam Carter", "Elena Rossi", "Jonas Vogt")
"""The sales people who own contacts and deals."""
