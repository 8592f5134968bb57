"""Where the sample's people live and what they are called there."""

from dataclasses import dataclass

__all__ = ["ODD_COUNTRIES", "PLACES", "Place"]


@dataclass(frozen=True)
class Place:
    """One country: how often it occurs, its cities, phones, language and names."""

    country: str
    weight: int
    names: str
    """Which group of names, a key of `NAMES`."""
    language: str
    calling: str
    legal: tuple[str, ...]
    """Legal forms of its companies."""
    cities: tuple[tuple[str, str], ...]
    """City and state or region."""


def _cities(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (one.partition("/") for one in text.split(", "))
    return tuple((city, state) for city, _, state in pairs)


PLACES: tuple[Place, ...] = (
    Place("United States", 210, "en", "en", "1", ("Inc.", "LLC", "Corp."), _cities(
        "New York/New York, San Francisco/California, Los Angeles/California, Chicago/Illinois, "
        "Austin/Texas, Boston/Massachusetts, Seattle/Washington, Denver/Colorado, "
        "Atlanta/Georgia, Miami/Florida")),
    Place("Germany", 190, "de", "de", "49", ("GmbH", "AG", "GmbH & Co. KG"), _cities(
        "Berlin/Berlin, Munich/Bavaria, Hamburg/Hamburg, Cologne/North Rhine-Westphalia, "
        "Frankfurt/Hesse, Stuttgart/Baden-Württemberg, Leipzig/Saxony")),
    Place("France", 120, "fr", "fr", "33", ("SAS", "SA", "SARL"), _cities(
        "Paris/Île-de-France, Lyon/Auvergne-Rhône-Alpes, Marseille/Provence-Alpes-Côte d'Azur, "
        "Toulouse/Occitanie, Nantes/Pays de la Loire, Lille/Hauts-de-France")),
    Place("United Kingdom", 110, "en", "en", "44", ("Ltd", "plc"), _cities(
        "London/England, Manchester/England, Edinburgh/Scotland, Bristol/England, "
        "Cardiff/Wales, Leeds/England")),
    Place("Spain", 50, "es", "es", "34", ("S.L.", "S.A."), _cities(
        "Madrid/Madrid, Barcelona/Catalonia, Valencia/Valencia, Seville/Andalusia")),
    Place("Netherlands", 45, "nl", "nl", "31", ("B.V.", "N.V."), _cities(
        "Amsterdam/North Holland, Rotterdam/South Holland, Utrecht/Utrecht, Eindhoven/Brabant")),
    Place("Italy", 40, "it", "it", "39", ("S.r.l.", "S.p.A."), _cities(
        "Milan/Lombardy, Rome/Lazio, Turin/Piedmont, Bologna/Emilia-Romagna")),
    Place("Switzerland", 32, "de", "de", "41", ("AG", "GmbH"), _cities(
        "Zurich/Zurich, Geneva/Geneva, Basel/Basel, Bern/Bern")),
    Place("Austria", 30, "de", "de", "43", ("GmbH", "AG"), _cities(
        "Vienna/Vienna, Graz/Styria, Linz/Upper Austria, Salzburg/Salzburg")),
    Place("Sweden", 28, "nordic", "sv", "46", ("AB",), _cities(
        "Stockholm/Stockholm, Gothenburg/Västra Götaland, Malmö/Skåne")),
    Place("Poland", 28, "pl", "pl", "48", ("Sp. z o.o.", "S.A."), _cities(
        "Warsaw/Masovia, Kraków/Lesser Poland, Wrocław/Lower Silesia, Gdańsk/Pomerania")),
    Place("Denmark", 18, "nordic", "da", "45", ("A/S", "ApS"), _cities("Copenhagen/, Aarhus/")),
    Place("Norway", 15, "nordic", "nb", "47", ("AS",), _cities("Oslo/, Bergen/")),
    Place("Finland", 14, "fi", "fi", "358", ("Oy",), _cities("Helsinki/, Tampere/")),
    Place("Belgium", 20, "nl", "nl", "32", ("NV", "BV"), _cities("Brussels/, Antwerp/, Ghent/")),
    Place("Ireland", 18, "en", "en", "353", ("Ltd",), _cities("Dublin/Leinster, Cork/Munster")),
    Place("India", 36, "in", "en", "91", ("Pvt. Ltd.",), _cities(
        "Bengaluru/Karnataka, Mumbai/Maharashtra, Delhi/Delhi, Pune/Maharashtra")),
    Place("Japan", 24, "ja", "ja", "81", ("K.K.",), _cities("Tokyo/Tokyo, Osaka/Osaka")),
    Place("Brazil", 24, "pt", "pt", "55", ("Ltda.", "S.A."), _cities(
        "São Paulo/São Paulo, Rio de Janeiro/Rio de Janeiro, Curitiba/Paraná")),
    Place("Portugal", 12, "pt", "pt", "351", ("Lda.",), _cities("Lisbon/Lisbon, Porto/Porto")),
    Place("Canada", 26, "en", "en", "1", ("Inc.", "Ltd."), _cities(
        "Toronto/Ontario, Vancouver/British Columbia, Montreal/Quebec")),
    Place("Australia", 20, "en", "en", "61", ("Pty Ltd",), _cities(
        "Sydney/New South Wales, Melbourne/Victoria, Brisbane/Queensland")),
    Place("Mexico", 12, "es", "es", "52", ("S.A. de C.V.",), _cities(
        "Mexico City/CDMX, Monterrey/Nuevo León")),
    Place("Singapore", 10, "en", "en", "65", ("Pte. Ltd.",), _cities("Singapore/")),
    Place("Luxembourg", 6, "fr", "fr", "352", ("S.à r.l.",), _cities("Luxembourg/")),
    Place("Czechia", 10, "cs", "cs", "420", ("s.r.o.",), _cities("Prague/, Brno/")),
)  # fmt: skip

ODD_COUNTRIES = {
    "Germany": ("Germny", "Deutschland", "germany ", "GERMANY", "DE"),
    "France": ("Fance", "FR", "france"),
    "United States": ("USA", "U.S.", "Untied States", "united states"),
    "United Kingdom": ("UK", "England", "Great Britian"),
    "Netherlands": ("Holland", "The Netherlands"),
    "Spain": ("España", "Spian"),
    "Switzerland": ("Schweiz", "Switerland"),
    "Italy": ("Italia", "Itlay"),
}
"""Country texts as people mistype or abbreviate them; about one contact in a hundred has one."""
