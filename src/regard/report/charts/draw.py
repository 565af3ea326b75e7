"""From a specification to SVG, drawn on the server: no browser, no network, no script."""

import json
import re
from functools import lru_cache
from html import escape

import vl_convert

from regard.insight.ask import Result
from regard.report.charts.chart import Chart, Frame, Spec
from regard.report.charts.scale import number_format

HEAD = re.compile(r'<svg [^>]*?width="(?P<width>[\d.]+)" height="(?P<height>[\d.]+)"[^>]*>')
BACKDROP = re.compile(r'<rect width="[\d.]+" height="[\d.]+" fill="transparent"/>')
VERSION = "6.1"


def draw(chart: Chart, result: Result, frame: Frame) -> str:
    """The chart as an `svg` element to stand in a page; it scales with the place it is given.

    It carries role, title and description for readers who do not see it. Text from the data
    is escaped by the drawing, the title here.
    """
    title = chart.describe(result, frame.language)
    return _named(render(chart.build(result, frame), frame.language), title)


def render(spec: Spec, language: str) -> str:
    """The SVG of a Vega-Lite specification, with the number marks of a language."""
    return _render(json.dumps(spec, sort_keys=True, ensure_ascii=False), language)


@lru_cache(maxsize=256)
def _render(text: str, language: str) -> str:
    drawn = vl_convert.vegalite_to_svg(
        text, vl_version=VERSION, format_locale=number_format(language), allowed_base_urls=[]
    )
    return str(drawn)


def _named(svg: str, title: str) -> str:
    found = HEAD.search(svg)
    if found is None:
        return svg
    width, height = found["width"], found["height"]
    said = escape(title)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{said}" '
        f'viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid meet"><title>{said}</title>'
    )
    return BACKDROP.sub("", head + svg[found.end() :], count=1)
