"""The board of who stays, who leaves, and what a customer is worth."""

from regard.core.i18n import N_
from regard.report.boards.board import Board, Section

BOARDS = [
    Board(
        key="retention",
        title=N_("Retention"),
        says=N_("Who stays, who leaves, and what a customer is worth."),
        sections=(
            Section(
                N_("Staying and leaving"),
                (
                    "retention_rate",
                    "churn_paid",
                    "trial_not_converted",
                    "churn_all",
                    "reactivations",
                    "paying_customers",
                    "loyal_customers",
                ),
                lead="retention_rate",
            ),
            Section(
                N_("Money"),
                ("revenue_retention_gross", "revenue_retention_net", "customer_value"),
                lead="revenue_retention_net",
            ),
        ),
        ordinal=4,
    )
]
