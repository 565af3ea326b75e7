"""Tags of Zendesk's tickets in one text: sorted, each once, with blanks between."""

import json


def tags_in(text: str) -> str:
    """The tags of a JSON list or of a text with commas or blanks between, as one text.

    Zendesk's tags hold neither blanks nor commas.
    """
    found: object = None
    if text.lstrip().startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
    held = [str(one) for one in found] if isinstance(found, list) else _split(text)
    return " ".join(sorted({one.strip().lower() for one in held if one.strip()}))


def _split(text: str) -> list[str]:
    return text.strip("[]").replace(",", " ").replace('"', " ").split()
