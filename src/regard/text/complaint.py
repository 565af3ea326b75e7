"""Is what somebody wrote a complaint: dissatisfaction where a response is expected (ISO 10002)."""

from functools import partial

from regard.text.head import head_reader
from regard.text.reading import SPOKEN
from regard.text.shipped import shipped_head

KIND, VERSION = "complaint", "001"
YES, NO = "yes", "no"

READERS = [head_reader(KIND, VERSION, partial(shipped_head, KIND, VERSION), SPOKEN)]
