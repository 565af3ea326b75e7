"""The board of what is said in public: reviews, posts, and competitors beside us."""

from regard.core.i18n import N_
from regard.report.boards.board import Board, Section

BOARDS = [
    Board(
        key="reputation",
        title=N_("Reviews and social"),
        says=N_("What is said of us in public, and whether we answer."),
        sections=(
            Section(
                N_("Reviews"),
                (
                    "reviews",
                    "review_rating",
                    "five_star_share",
                    "review_positive_share",
                    "review_reply_rate",
                    "review_reply_time",
                    "review_replies",
                ),
                lead="five_star_share",
            ),
            Section(
                N_("Networks"),
                (
                    "mentions",
                    "social_replies",
                    "social_response_time",
                    "sentiment",
                    "share_of_voice",
                    "followers",
                    "likes",
                ),
                lead="share_of_voice",
            ),
        ),
        ordinal=3,
    )
]
