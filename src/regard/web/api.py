"""Answers for programs: the same question, the same answer, as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from regard.metrics.metric import metric
from regard.web.addresses import read_query
from regard.web.readers import answer, beside_here, hours_here, reader_here


def metric_json(request: HttpRequest, key: str) -> JsonResponse:
    """A metric's result for the question in the address; with `as`, beside a product's way."""
    metric(key)
    query = read_query(key, request.GET)
    product = request.GET.get("as")
    if product:
        return JsonResponse(beside_here(query, product, reader_here()).to_json())
    return JsonResponse(answer(query, reader_here()).to_json())


def hours_json(request: HttpRequest, key: str) -> JsonResponse:
    """The hours of the week of a metric for the question in the address."""
    return JsonResponse(hours_here(read_query(key, request.GET), reader_here()).to_json())


def health(request: HttpRequest) -> HttpResponse:
    """Whether the process answers; it touches no data."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
