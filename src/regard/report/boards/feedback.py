"""The board of what customers say when they are asked, and of their complaints."""

from regard.core.i18n import N_
from regard.report.boards.board import Board, Section

BOARDS = [
    Board(
        key="feedback",
        title=N_("Satisfaction"),
        says=N_("What customers say of us, who was asked, and who was not."),
        sections=(
            Section(
                N_("Answers"),
                (
                    "csat",
                    "nps",
                    "nps_transactional",
                    "ces_easy",
                    "fcr_survey",
                    "pmf",
                    "satisfied_against_goal",
                    "csat_weighted",
                ),
                lead="csat",
            ),
            Section(
                N_("Who was asked"),
                ("asked_share", "response_rate", "surveys_sent", "surveys_answered"),
                lead="response_rate",
            ),
            Section(
                N_("What became of bad answers"),
                ("loop_closed_rate", "time_to_follow_up", "recovery_rate"),
            ),
            Section(
                N_("Complaints"),
                (
                    "complaints",
                    "complaint_rate",
                    "complaint_time_to_acknowledge",
                    "complaint_time_to_settle",
                    "complaint_upheld_share",
                    "complaint_repeat_share",
                ),
                lead="complaint_rate",
            ),
        ),
        ordinal=1,
    )
]
