"""What checking emails costs: `python -m benchmarks.email_checks [--members 100000]`.

Prints, from one run on one machine, in seconds of CPU time: rendering that many personalised
messages alone, rendering them and showing each to the inspector, what the inspector adds per
message, the report at the end, and the memory held. Then the corpus of tests/unit/email_defects:
defects caught, false alarms.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.unit.email_defects.corpus import brand, defects, good, inspect
from tools.email.checks import CHECKS, Inspector
from tools.email.links import Links
from tools.email.model import Email, Schedule
from tools.email.port import Recipient
from tools.email.render import open_renderer

AS_OF = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST = ("Ana", "Jürgen", "Maria", "Tom", "Zoë", "", "Łukasz", "Chloé", "Sam", "佐藤")
LAST = ("Schmidt", "Müller", "Okafor", "Jones", "Brandt", "Rossi", "Nowak", "", "Weber", "Lind")
DOMAINS = ("gmail.com", "firma.example", "werke.example", "outlook.com", "gmx.de")
COUNTRIES = ("Germany", "France", "United Kingdom", "United States")


def members(count: int) -> Iterator[Recipient]:
    for at in range(count):
        fields = {
            "contact.first_name": FIRST[at % 10], "contact.last_name": LAST[at // 10 % 10],
            "contact.country": COUNTRIES[at % 4], "contact.language": "en",
            "company.name": f"Company {at % 5000}" if at % 7 else "",
        }  # fmt: skip
        yield Recipient(
            contact_id=f"ct_{at:07}", email=f"person{at}@{DOMAINS[at % 5]}",
            fields={key: value for key, value in fields.items() if value},
        )  # fmt: skip


def throughput(count: int) -> None:
    written = next(one for one in good() if one.name == "branches")
    email = Email.model_validate(written.email)
    links = Links("https://mail.norda.example", b"a key of thirty-two bytes, bench!")
    renderer = open_renderer(email, brand(), campaign="cp_bench", links=links, missing="show")
    start = time.process_time()
    for one in members(count):
        renderer.render(one)
    alone = time.process_time() - start
    inspector = Inspector(
        email, brand(), brief=written.brief, schedule=Schedule(), as_of=AS_OF, timezone="UTC"
    )
    seen = 0.0
    start = time.process_time()
    for one in members(count):
        rendered = renderer.render(one)
        before = time.process_time()
        inspector.see(rendered, one)
        seen += time.process_time() - before
    both = time.process_time() - start
    start = time.process_time()
    report = inspector.report()
    last = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} messages, {len(CHECKS)} checks")
    print(f"  render alone                {alone:8.2f} s  {alone / count * 1000:7.3f} ms each")
    print(f"  render and see              {both:8.2f} s  {both / count * 1000:7.3f} ms each")
    print(f"  of which the inspector      {seen:8.2f} s  {seen / count * 1000:7.3f} ms each")
    print(f"  report                      {last:8.2f} s")
    print(f"  peak memory                 {peak:8.0f} MB")
    print(f"  errors {len(report.errors)}, warnings {len(report.warnings)}")


def corpus() -> None:
    bad = defects()
    caught = sum(any(one.name == want.expect for one in inspect(want).findings) for want in bad)
    expected = len({want.expect for want in bad})
    print(f"defects: {caught} of {len(bad)} caught by the check named, {expected} checks in all")
    alarms: Counter[str] = Counter()
    fine = good()
    for one in fine:
        alarms.update(f"{found.severity} {found.name}" for found in inspect(one).findings)
    false = {name: count for name, count in alarms.items() if not name.startswith("info")}
    print(f"good emails: {len(fine)}; false alarms: {false or 'none'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    throughput(parser.parse_args().members)
    corpus()
