"""Names of companies and the domains they take."""

from functools import lru_cache

from cleanco import basename  # type: ignore[import-untyped]  # it ships no types

from tools.crm.values import squash

from .mail_domains import suffix_of

__all__ = ["named_after"]


@lru_cache(maxsize=100_000)
def _core(name: str) -> str:
    """Return a company's name without legal form, case, accents and blanks."""
    return squash(basename(name)) or squash(name)


def named_after(domain: str, name: str) -> bool:
    """Tell whether a domain is the company's name, or begins with it or is begun by it."""
    ending = suffix_of(domain) or domain.rpartition(".")[2]  # a sample's ".example" is no suffix
    label = squash(domain.removesuffix(f".{ending}").rpartition(".")[2])
    if len(label) < 3:
        return False
    core = _core(name)
    return len(core) >= 3 and (label.startswith(core) or core.startswith(label))
