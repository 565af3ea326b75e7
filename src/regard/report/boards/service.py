"""The board of those who run the service desk and the telephones."""

from regard.core.i18n import N_
from regard.report.boards.board import Board, Section

BOARDS = [
    Board(
        key="service",
        title=N_("Service"),
        says=N_("How well customers are served, and what it costs them in time."),
        sections=(
            Section(
                N_("Tickets"),
                (
                    "tickets_new",
                    "tickets_solved",
                    "backlog",
                    "first_response_time",
                    "next_response_time",
                    "never_answered_share",
                    "waiting_now",
                    "sla_attainment",
                    "time_to_resolve",
                    "requester_wait",
                    "reopen_rate",
                    "redirected_share",
                    "escalation_rate",
                ),
                lead="time_to_resolve",
            ),
            Section(
                N_("Calls"),
                (
                    "calls_offered",
                    "calls_answered",
                    "service_level",
                    "abandon_rate",
                    "queue_wait",
                    "hold_time",
                    "handle_time",
                    "transfer_rate",
                ),
                lead="service_level",
            ),
            Section(
                N_("Matters"),
                (
                    "contact_rate",
                    "first_contact_resolution",
                    "repeat_contact_rate",
                    "contacts_per_resolution",
                    "follow_up_share",
                    "cross_channel_conflict",
                    "cost_per_contact",
                    "cost_per_resolution",
                    "qa_score",
                ),
                lead="repeat_contact_rate",
            ),
        ),
    )
]
