"""Who in a web server's log is a machine: by its name, or by how fast it goes."""

import re
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

ROBOTS = "/robots.txt"
"""The page that only machines ask for."""
NAMES = re.compile(
    # A Cubot is a telephone.
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|scan|scrap|monitor|uptime|pingdom|statuscake|check_http"
    r"|curl|wget|python|^java|okhttp|go-http|libwww|httpclient|http_request|axios|node-fetch|postman"
    r"|headless|phantom|selenium|puppeteer|playwright|lighthouse|preview|feed|facebookexternalhit"
    r"|embedly|archiv|validator|google-|googleother|claude|perplexity|gpt|prerender",
    re.IGNORECASE,
)
BURST, BURST_SECONDS = 20, 60
A_DAY = 500
DAY = 86_400
SECOND = 1_000_000


@dataclass
class Seen:
    """What a log tells of machines. robots: visitors who read robots.txt. named: their requests."""

    robots: set[str] = field(default_factory=set)
    named: int = 0


@cache
def by_name(agent: str | None) -> bool:
    """Whether a browser's name is a machine's: people's browsers have one."""
    return agent in (None, "", "-") or NAMES.search(str(agent)) is not None


def too_fast(visitors: npt.NDArray[np.str_], at: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whose pages are more than BURST in BURST_SECONDS, or more than A_DAY in a day.

    visitors, at (microseconds): of each request, sorted by both. All requests of such a visitor
    are a machine's.
    """
    machine = np.zeros(len(at), bool)
    for most, seconds in ((BURST, BURST_SECONDS), (A_DAY, DAY)):
        if len(at) > most:
            close = at[most:] - at[:-most] < seconds * SECOND
            machine[most:] |= close & (visitors[most:] == visitors[:-most])
    found: npt.NDArray[np.bool_] = np.isin(visitors, np.unique(visitors[machine]))
    return found
