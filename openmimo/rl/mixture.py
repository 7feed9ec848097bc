"""What share of a step's draws each kind of problem has: families, or the domains of a file. Knows no problems but by their domain. No torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openmimo.core.errors import ConfigError


@dataclass(frozen=True)
class Mixture:
    """Problems by domain, each a tuple of places in the problem set, and the domains' shares of the draws, which add up to 1."""

    domains: tuple[tuple[int, ...], ...]
    shares: tuple[float, ...]


def even(problems: int) -> Mixture:
    """All problems alike."""
    return Mixture((tuple(range(problems)),), (1.0,))


def mixture_of(domains: Sequence[str], weights: Mapping[str, float]) -> Mixture:
    """The mixture of problems of these domains, one a problem; without `weights` all problems are alike, and a large domain comes often.

    Raises `ConfigError` where a weight names no domain, or a domain has none.
    """
    if not weights:
        return even(len(domains))
    there = sorted(set(domains))
    if unknown := sorted(weights.keys() - set(there)):
        raise ConfigError("weights", f"no problem is of {unknown[0]}", f"there are {', '.join(there)}")
    if missing := [domain for domain in there if domain not in weights]:
        raise ConfigError("weights", f"{missing[0]} has none", "give every domain one; 0 leaves it out")
    places = {domain: tuple(place for place, one in enumerate(domains) if one == domain) for domain in there if weights[domain]}
    whole = sum(weights[domain] for domain in places)
    return Mixture(tuple(places.values()), tuple(weights[domain] / whole for domain in places))
