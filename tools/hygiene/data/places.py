"""What people write for countries, languages and states besides their names and codes.

Sources: ISO 639 and 3166 by way of pycountry and CLDR (the look-ups themselves), USPS Publication
28 and the AP style for the traditional abbreviations of the states of the US.
"""

__all__ = ["COUNTRY_ASK", "LANGUAGE_ASK", "STATE_ALIASES"]

COUNTRY_ASK = frozenset({
    "américa", "amérique", "amerika", "korea", "corea", "corée", "congo", "guinea", "georgia usa",
    "ireland uk", "macedonia", "micronesia", "samoa", "virgin islands", "saint martin", "guayana",
    "europe", "europa", "eu", "latam", "emea", "apac", "dach", "benelux", "scandinavia",
})  # fmt: skip
"""More than one country, or none: a person says which. Case-folded, accents kept."""

LANGUAGE_ASK = frozenset({"se", "gr", "cz", "dk", "jp", "cn", "ua", "us", "gb", "uk", "br", "ch", "at", "be", "in"})  # fmt: skip # noqa: E501 - a list of codes
"""Country codes that stand in language fields: `se` is Northern Sami, Swedes are meant."""

STATE_ALIASES: dict[str, dict[str, str]] = {
    "US": {
        "ala": "Alabama", "ariz": "Arizona", "ark": "Arkansas", "calif": "California",
        "cali": "California", "colo": "Colorado", "conn": "Connecticut", "fla": "Florida",
        "ill": "Illinois", "ind": "Indiana", "kans": "Kansas", "mass": "Massachusetts",
        "mich": "Michigan", "minn": "Minnesota", "miss": "Mississippi", "mont": "Montana",
        "neb": "Nebraska", "nebr": "Nebraska", "nev": "Nevada", "n y": "New York",
        "n j": "New Jersey", "n h": "New Hampshire", "n m": "New Mexico", "n c": "North Carolina",
        "n d": "North Dakota", "okla": "Oklahoma", "ore": "Oregon", "penn": "Pennsylvania",
        "penna": "Pennsylvania", "r i": "Rhode Island", "s c": "South Carolina",
        "s d": "South Dakota", "tenn": "Tennessee", "tex": "Texas", "w va": "West Virginia",
        "wis": "Wisconsin", "wyo": "Wyoming", "washington d c": "District of Columbia",
        "washington dc": "District of Columbia", "d c": "District of Columbia",
    },
    "DE": {
        "bavaria": "Bayern", "north rhine westphalia": "Nordrhein-Westfalen", "nrw":
        "Nordrhein-Westfalen", "hesse": "Hessen", "lower saxony": "Niedersachsen",
        "saxony": "Sachsen", "rhineland palatinate": "Rheinland-Pfalz", "thuringia": "Thüringen",
    },
}  # fmt: skip
"""Per country: what is written (folded), and the ISO 3166-2 name that is meant."""
