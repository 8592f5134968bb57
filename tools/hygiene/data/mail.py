"""Mail domains and local parts that are known for what they are.

Sources: the providers' own pages for the domains they hand out; RFC 2142 and the reserved names of
RFC 2606 and RFC 6761. The disposable ones come from the package `disposable-email-domains`.
"""

__all__ = ["NEIGHBOURS", "PROVIDERS", "RESERVED", "RESERVED_DOMAINS", "ROLES", "TLD_SLIPS"]

PROVIDERS = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.es",
    "yahoo.it", "yahoo.co.jp", "yahoo.co.in", "yahoo.com.br", "ymail.com", "rocketmail.com",
    "hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.fr", "hotmail.it", "hotmail.es",
    "outlook.com", "outlook.de", "outlook.fr", "outlook.es", "live.com", "live.co.uk", "live.nl",
    "live.fr", "live.de", "msn.com", "icloud.com", "me.com", "mac.com", "aol.com", "aol.de",
    "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.fr", "web.de", "t-online.de",
    "freenet.de", "arcor.de", "mail.de", "posteo.de", "mailbox.org", "orange.fr", "wanadoo.fr",
    "free.fr", "laposte.net", "sfr.fr", "neuf.fr", "bbox.fr", "libero.it", "virgilio.it",
    "tiscali.it", "alice.it", "tin.it", "telefonica.net", "terra.es", "ziggo.nl", "kpnmail.nl",
    "planet.nl", "home.nl", "xs4all.nl", "hetnet.nl", "telenet.be", "skynet.be", "wp.pl",
    "onet.pl", "o2.pl", "interia.pl", "gazeta.pl", "seznam.cz", "centrum.cz", "bluewin.ch",
    "telia.com", "hotmail.se", "online.no", "proton.me", "protonmail.com", "pm.me",
    "fastmail.com", "zoho.com", "mail.com", "email.com", "hey.com", "tutanota.com", "mail.ru",
    "yandex.ru", "yandex.com", "rambler.ru", "bk.ru", "list.ru", "inbox.ru", "inbox.lv", "ukr.net",
    "qq.com", "163.com", "126.com", "sina.com", "naver.com", "daum.net", "hanmail.net",
    "rediffmail.com", "uol.com.br", "bol.com.br", "terra.com.br", "comcast.net", "verizon.net",
    "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "earthlink.net",
    "btinternet.com", "sky.com", "ntlworld.com", "shaw.ca", "rogers.com", "bigpond.com",
})  # fmt: skip
"""Providers that hand addresses to anybody: they say nothing about a company."""

NEIGHBOURS = frozenset({
    "ge.com", "aon.com", "mail.co", "mail.at", "mail.ch", "mail.fr", "mail.us", "email.de",
    "gmx.us", "gmx.co.uk", "gmx.eu", "gmx.info", "gmx.li", "gmx.es", "gmx.it", "gmx.pt", "gmx.ru",
    "mac.de", "me.de", "mec.com", "mee.com", "ms.com", "mc.com", "max.com", "map.com", "mar.com",
    "mbc.com", "hoymail.com", "live.cn", "live.ca", "live.it", "live.se", "live.dk", "live.be",
    "live.no", "live.ie", "live.at", "live.in", "live.jp", "love.com", "life.com", "line.com",
    "lime.com", "five.com", "hive.com", "dive.com", "aola.com", "ao.com", "aol.fr", "aol.co.uk",
    "aol.it", "aol.es", "sky.de", "ski.com", "skye.com", "free.de", "freee.fr", "fre.fr",
    "wp.com", "wp.eu", "op.pl", "o2.co.uk", "o2.de", "o2.cz", "o2.com", "pm.com", "pm.gov",
    "hey.de", "they.com", "bey.com", "key.com", "att.com", "at.net", "cox.com", "fox.net",
    "hotmail.be", "hotmail.ca", "hotmail.ch", "hotmail.dk", "hotmail.nl", "hotmail.no",
    "hotmail.fi", "hotmail.gr", "hotmail.com.br", "hotmail.com.ar", "hotmail.co.jp",
    "outlook.it", "outlook.pt", "outlook.be", "outlook.at", "outlook.dk", "outlook.cz",
    "outlook.jp", "outlook.in", "outlook.ie", "outlook.com.br", "yahoo.ca", "yahoo.ie",
    "yahoo.in", "yahoo.se", "yahoo.dk", "yahoo.no", "yahoo.pl", "yahoo.gr", "yahoo.ro", "yahoo.be",
    "yahoo.nl", "yahoo.at", "yahoo.com.au", "yahoo.com.ar", "yahoo.com.mx", "yahoo.com.sg",
    "yahoo.co.id", "yahoo.co.nz", "yahoo.co.za", "gmail.de", "googlemail.de", "zoho.eu", "zoho.in",
    "yandex.ua", "yandex.by", "yandex.kz", "mailbox.com", "tutanota.de", "tuta.com", "tuta.io",
    "bigpond.net.au", "bigpond.net", "telia.se", "tele2.nl", "web.com", "wed.de",
    "weg.de", "seb.de",
    "web.es", "tin.com", "tim.it", "inbox.com", "inbox.eu", "list.com", "uol.com", "bol.com",
    "bol.nl", "bt.com", "btopenworld.com", "home.de", "home.pl", "orange.es", "orange.pl",
    "orange.com", "orange.be", "orange.net", "sfr.net", "neuf.com", "alice.de", "tiscali.co.uk",
    "hushmail.com", "protonmail.ch", "proton.com", "fastmail.fm", "icloud.de", "gazeta.ru",
    "sina.cn", "vip.qq.com", "139.com", "136.com", "189.com", "164.com", "naver.jp",
    "planet.com", "planet.de", "rogers.ca", "charter.com", "verizon.com", "comcast.com",
})  # fmt: skip
"""Real domains a slip of the finger away from a provider's: never taken for a slip."""

TLD_SLIPS = frozenset({"con", "cmo", "ocm", "comm", "coom", "cim", "vom", "xom", "ccom", "nett", "ner", "ogr"})  # fmt: skip # noqa: E501 - a list
"""Endings that are no top-level domain and a slip away from one."""

RESERVED = frozenset({"test", "example", "invalid", "localhost", "local"})
"""Top-level names that no mail is ever delivered to (RFC 2606, RFC 6761; .local: RFC 6762)."""
RESERVED_DOMAINS = frozenset({"example.com", "example.net", "example.org"})

ROLES = frozenset({
    "abuse", "admin", "administrator", "accounting", "accounts", "billing", "bookings",
    "buchhaltung", "careers", "compliance", "contact", "contacto", "contato", "comercial",
    "customerservice", "datenschutz", "dpo", "einkauf", "enquiries", "events", "finance", "ftp",
    "hello", "help", "helpdesk", "hostmaster", "hr", "info", "informatik", "inquiries", "invoice",
    "invoices", "it", "jobs", "karriere", "kontakt", "legal", "mail", "mailer-daemon", "marketing",
    "media", "news", "newsletter", "no-reply", "noc", "noreply", "office", "orders", "postmaster",
    "presse", "press", "privacy", "purchasing", "rechnung", "reception", "rezeption", "root",
    "sales", "security", "sekretariat", "service", "spam", "support", "team", "usenet", "uucp",
    "vertrieb", "ventas", "webmaster", "welcome", "www", "zentrale", "donotreply", "do-not-reply",
})  # fmt: skip
"""Local parts that a function answers to (RFC 2142), and what companies use beside them."""
