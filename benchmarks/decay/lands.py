"""Countries of the clean CRM: how often, calling code, trunk prefix, states, language, endings."""

# ruff: noqa: E501 - tables: one culture, one country, one line

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LANDS", "Land"]


class Land(NamedTuple):
    """One country, as the CRM stores it and as people write it otherwise."""

    weight: int
    region: str
    trunk: str
    """What is dialled before a national number."""
    language: str
    tlds: tuple[str, ...]
    states: tuple[tuple[str, str], ...]
    """Name and code of some states."""
    variants: tuple[str, ...]
    """Other ways to write the country that mean no other one."""


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((part.rpartition("=")[0], part.rpartition("=")[2]) for part in text.split("|"))


LANDS: dict[str, Land] = {
    "United States": Land(28, "US", "1", "en", ("com", "com", "io", "net", "us"), _pairs(
        "California=CA|New York=NY|Texas=TX|Florida=FL|Illinois=IL|Massachusetts=MA|Washington=WA|"
        "Colorado=CO|Georgia=GA|Indiana=IN|Pennsylvania=PA|Ohio=OH|North Carolina=NC|Virginia=VA|"
        "Delaware=DE"), ("USA", "U.S.A.", "U.S.", "US", "United States of America", "Vereinigte Staaten", "États-Unis", "Estados Unidos")),
    "Germany": Land(14, "DE", "0", "de", ("de", "de", "com"), _pairs(
        "Bayern=BY|Berlin=BE|Hamburg=HH|Hessen=HE|Sachsen=SN|Nordrhein-Westfalen=NW|"
        "Baden-Württemberg=BW|Niedersachsen=NI|Thüringen=TH"), ("Deutschland", "DEU", "Allemagne", "Alemania", "BRD", "DE")),
    "United Kingdom": Land(10, "GB", "0", "en", ("co.uk", "uk", "com"), (), ("UK", "U.K.", "Great Britain", "GB", "GBR", "England", "Großbritannien")),
    "France": Land(8, "FR", "0", "fr", ("fr", "com"), (), ("Frankreich", "FR", "FRA", "Francia", "Frankrijk")),
    "Spain": Land(5, "ES", "", "es", ("es", "com"), (), ("España", "Spanien", "ES", "ESP", "Espagne")),
    "Italy": Land(4, "IT", "", "it", ("it", "com"), (), ("Italia", "Italien", "IT", "ITA", "Italie")),
    "Netherlands": Land(4, "NL", "0", "nl", ("nl", "com"), (), ("Holland", "The Netherlands", "Nederland", "NL", "NLD", "Niederlande")),
    "Canada": Land(4, "CA", "1", "en", ("ca", "com"), _pairs(
        "Ontario=ON|British Columbia=BC|Alberta=AB|Manitoba=MB|Nova Scotia=NS"), ("CAN", "Kanada", "Canadá")),
    "Australia": Land(3, "AU", "0", "en", ("com.au", "au"), _pairs(
        "New South Wales=NSW|Victoria=VIC|Queensland=QLD|Tasmania=TAS"), ("AUS", "AU", "Australien", "Australie")),
    "Austria": Land(3, "AT", "0", "de", ("at", "com"), _pairs("Wien=9|Tirol=7|Salzburg=5"), ("Österreich", "AT", "AUT", "Autriche")),
    "Switzerland": Land(3, "CH", "0", "de", ("ch", "com"), (), ("Schweiz", "Suisse", "CH", "CHE", "Svizzera")),
    "Sweden": Land(2, "SE", "0", "sv", ("se", "com"), (), ("Sverige", "Schweden", "SE", "SWE")),
    "Denmark": Land(2, "DK", "", "da", ("dk", "com"), (), ("Danmark", "DK", "DNK", "Dänemark")),
    "Norway": Land(2, "NO", "", "nb", ("no", "com"), (), ("Norge", "NO", "NOR", "Norwegen")),
    "Finland": Land(1, "FI", "0", "fi", ("fi", "com"), (), ("Suomi", "FI", "FIN", "Finnland")),
    "Poland": Land(3, "PL", "", "pl", ("pl", "com"), (), ("Polska", "PL", "POL", "Polen")),
    "Czechia": Land(2, "CZ", "", "cs", ("cz", "com"), (), ("Czech Republic", "CZ", "CZE", "Česko", "Tschechien")),
    "Hungary": Land(1, "HU", "06", "hu", ("hu",), (), ("Magyarország", "HU", "HUN", "Ungarn")),
    "Romania": Land(1, "RO", "0", "ro", ("ro",), (), ("România", "RO", "ROU", "Rumänien")),
    "Belgium": Land(2, "BE", "0", "nl", ("be", "com"), (), ("België", "Belgique", "BE", "BEL", "Belgien")),
    "Ireland": Land(2, "IE", "0", "en", ("ie", "com"), (), ("Éire", "IE", "IRL", "Irland", "Republic of Ireland")),
    "Portugal": Land(1, "PT", "", "pt", ("pt",), (), ("PT", "PRT", "portugal")),
    "Greece": Land(1, "GR", "", "el", ("gr",), (), ("Ελλάδα", "GR", "GRC", "Griechenland")),
    "Turkey": Land(1, "TR", "0", "tr", ("com.tr", "com"), (), ("Türkiye", "TR", "TUR", "Türkei")),
    "Ukraine": Land(1, "UA", "0", "uk", ("ua", "com.ua"), (), ("Україна", "UA", "UKR")),
    "India": Land(4, "IN", "0", "en", ("in", "co.in", "com"), _pairs("Karnataka=KA|Maharashtra=MH|Tamil Nadu=TN"), ("IND", "Indien", "Inde", "Bharat")),
    "Japan": Land(2, "JP", "0", "ja", ("jp", "co.jp"), (), ("日本", "JP", "JPN", "Japon")),
    "China": Land(2, "CN", "0", "zh", ("cn", "com.cn", "com"), (), ("中国", "CN", "CHN", "PRC", "P.R. China")),
    "South Korea": Land(2, "KR", "0", "ko", ("kr", "co.kr"), (), ("Republic of Korea", "Korea, Republic of", "KR", "KOR", "대한민국")),
    "Vietnam": Land(1, "VN", "0", "vi", ("vn", "com.vn"), (), ("Viet Nam", "VN", "VNM", "Việt Nam")),
    "Brazil": Land(3, "BR", "0", "pt", ("com.br", "br"), _pairs("São Paulo=SP|Rio de Janeiro=RJ|Bahia=BA"), ("Brasil", "BR", "BRA", "Brasilien")),
    "Mexico": Land(2, "MX", "", "es", ("mx", "com.mx"), (), ("México", "MX", "MEX", "Mexiko")),
    "Israel": Land(1, "IL", "0", "he", ("co.il",), (), ("ISR", "ישראל")),
    "United Arab Emirates": Land(1, "AE", "0", "ar", ("ae",), (), ("UAE", "AE", "ARE", "الإمارات العربية المتحدة")),
    "South Africa": Land(1, "ZA", "0", "en", ("co.za",), (), ("ZA", "ZAF", "RSA", "Südafrika")),
    "Georgia": Land(1, "GE", "0", "ka", ("ge",), (), ("GEO", "Georgien", "GE")),
}  # fmt: skip
