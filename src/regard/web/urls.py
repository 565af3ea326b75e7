"""Addresses of the site."""

from django.urls import path
from django.views.decorators.http import require_safe

from regard.web.api import health, hours_json, metric_json
from regard.web.pages.board import board_page
from regard.web.pages.explained import explain_json, explain_page
from regard.web.pages.hours import hours_page
from regard.web.pages.judged import (
    compare_json,
    guard_json,
    judgement_page,
    judgement_part,
    judgements_json,
)
from regard.web.pages.metric import metric_page
from regard.web.pages.metrics import metrics_page

urlpatterns = [
    path("", require_safe(board_page), name="board"),
    path("boards/<str:key>", require_safe(board_page), name="other-board"),
    path("metrics", require_safe(metrics_page), name="metrics"),
    path("metrics/<str:key>", require_safe(metric_page), name="metric"),
    path("metrics/<str:key>/hours", require_safe(hours_page), name="hours"),
    path("metrics/<str:key>/explain", require_safe(explain_page), name="explain"),
    path("api/metrics/<str:key>", require_safe(metric_json), name="metric-json"),
    path("api/metrics/<str:key>/hours", require_safe(hours_json), name="hours-json"),
    path("api/metrics/<str:key>/explain", require_safe(explain_json), name="explain-json"),
    path("api/metrics/<str:key>/compare", require_safe(compare_json), name="compare-json"),
    path("api/metrics/<str:key>/guard", require_safe(guard_json), name="guard-json"),
    path("judgement", require_safe(judgement_page), name="judgement"),
    path("judgement/<str:name>", require_safe(judgement_part), name="judgement-part"),
    path("api/<str:name>", require_safe(judgements_json), name="judgements-json"),
    path("health", require_safe(health), name="health"),
]

handler404 = "regard.web.pages.problem.not_found"
