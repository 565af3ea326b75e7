"""What customers of the demo come with, by which way, and how pressing it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of matter: how common, who knows about it, how long and how deep it goes."""

    name: str
    share: float
    team: str
    queue: str
    rounds: float
    escalates: float


@dataclass(frozen=True)
class Channel:
    """A way in: how common, the median open seconds to an answer, how often a rule replies."""

    name: str
    share: float
    answered_in: float
    auto_reply: float


KINDS = (
    Kind("delivery", 0.24, "logistics", "main", 0.6, 0.01),
    Kind("how-to", 0.17, "first_line", "main", 0.4, 0.03),
    Kind("refund", 0.14, "billing", "billing", 0.8, 0.02),
    Kind("defect", 0.13, "technical", "technical", 1.3, 0.25),
    Kind("login", 0.11, "first_line", "main", 0.3, 0.08),
    Kind("invoice", 0.10, "billing", "billing", 0.5, 0.01),
    Kind("complaint", 0.06, "first_line", "main", 1.2, 0.15),
    Kind("cancellation", 0.05, "billing", "billing", 0.6, 0.02),
    Kind("pairing", 0.0, "technical", "technical", 1.1, 0.2),
    Kind("old-app", 0.0, "first_line", "main", 0.5, 0.05),
    Kind("outage", 0.0, "technical", "technical", 0.3, 0.05),
)
"""Those without a share come up where they are planted."""
HARD = ("defect", "complaint")
CHANNELS = (
    Channel("email", 0.48, 3.0 * 3600, 0.45),
    Channel("web", 0.20, 2.5 * 3600, 0.45),
    Channel("chat", 0.15, 100.0, 0.0),
    Channel("social", 0.09, 1.5 * 3600, 0.1),
    Channel("marketplace", 0.08, 4.0 * 3600, 0.0),
)
PHONE_SHARE = 0.12
"""Tickets that people of ours open while a customer is on the line."""
PHONE_ANSWERED_IN = 3.0 * 3600

PRIORITIES = ("low", "normal", "high", "urgent")
PRIORITY_SHARES = (0.15, 0.62, 0.17, 0.06)
PRIORITY_PACE = (1.5, 1.0, 0.6, 0.35)
"""How many times the usual time an answer takes, by priority."""
PRODUCTS = ("router", "camera", "thermostat", "speaker", "app")
BRANDS = ("Linden", "Linden Home", "Linden Home", "Linden Home", "Linden")
"""Under which name each product is sold."""
PRODUCT_SHARES = (0.30, 0.22, 0.18, 0.12, 0.18)
TRANSFERS = {"main": "technical", "billing": "main", "technical": "billing"}
"""Where a call goes that came to the wrong line."""
QUEUE_TEAMS = {"main": "first_line", "billing": "billing", "technical": "technical"}
ESCALATES_TO = {
    "first_line": "technical",
    "billing": "technical",
    "logistics": "technical",
    "technical": "engineering",
}
