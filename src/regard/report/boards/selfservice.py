"""The board of the help centre and of bots: did people find their answer, or had they to call?"""

from regard.core.i18n import N_
from regard.report.boards.board import Board, Section

BOARDS = [
    Board(
        key="self-service",
        title=N_("Self-service"),
        says=N_("Whether people found their answer without us, or gave up and came."),
        sections=(
            Section(
                N_("Help centre"),
                (
                    "article_views",
                    "article_readers",
                    "article_read_time",
                    "read_share",
                    "helpful_share",
                    "escaped_contacts",
                    "article_contacts",
                    "searches_without_result",
                    "self_service_ratio",
                    "articles_to_contacts",
                ),
                lead="escaped_contacts",
            ),
            Section(
                N_("Bots"),
                (
                    "bot_containment",
                    "bot_resolution",
                    "bot_handover_rate",
                    "time_to_human",
                    "bot_abandon",
                    "bot_csat",
                ),
                lead="bot_resolution",
            ),
        ),
        ordinal=2,
    )
]
