"""The demo's questionnaires: what they ask, on which scale, and who is asked how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps

import numpy as np
import pyarrow as pa

from regard.demo.chance import words
from regard.demo.clock import NEVER, Window
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.phrases import LANGUAGES

Scale = tuple[int, int, bool]
"""Lowest, highest, and whether low is good."""


@dataclass(frozen=True)
class Ask:
    """One question. older: the scale of the first version, where it was another."""

    question: str
    kind: str
    scale: Scale | None = None
    older: Scale | None = None


@dataclass(frozen=True)
class Form:
    """One questionnaire. left_out: by chance. delay: hours from the occasion, at least and most.

    starts: share of those who saw it that begin. goal: by version, from the newest to the oldest.
    """

    survey: str
    name: str
    kind: str
    transactional: bool
    asks: tuple[Ask, ...]
    left_out: float
    delay: tuple[float, float]
    starts: float
    goal: tuple[int, ...]

    @property
    def versions(self) -> int:
        """How many there are: two where a scale was changed."""
        return 2 if any(ask.older for ask in self.asks) else 1


FIVE, SEVEN, TURNED, TEN, YES = (
    (1, 5, False),
    (1, 7, False),
    (1, 5, True),
    (0, 10, False),
    (0, 1, False),
)
CSAT = Ask("satisfied", "csat", FIVE)
WHY = Ask("why", "text")
FORMS = (
    Form(
        "ticket_csat",
        "After a ticket",
        "csat",
        True,
        (Ask("satisfied", "csat", FIVE, SEVEN), WHY),
        0.06,
        (1.0, 20.0),
        0.7,
        (4, 6),
    ),
    Form(
        "ticket_ces",
        "How easy it was",
        "ces",
        True,
        (Ask("easy", "ces", SEVEN), WHY),
        0.06,
        (1.0, 20.0),
        0.55,
        (6,),
    ),
    Form(
        "call_csat",
        "After a call",
        "csat",
        True,
        (
            Ask("satisfied", "csat", FIVE, TURNED),
            Ask("first_time", "fcr", YES),
            Ask("recommend", "nps", TEN),
            WHY,
        ),
        0.10,
        (0.1, 0.6),
        0.45,
        (4, 2),
    ),
    Form(
        "bot_csat",
        "After the assistant",
        "csat",
        True,
        (CSAT,),
        0.40,
        (0.0, 0.01),
        0.50,
        (4,),
    ),
    Form(
        "nps",
        "Would you recommend us",
        "nps",
        False,
        (Ask("recommend", "nps", TEN), WHY),
        0.0,
        (0.0, 8.0),
        0.60,
        (9,),
    ),
    Form(
        "pmf",
        "Without us",
        "pmf",
        False,
        (Ask("without", "pmf"), WHY),
        0.0,
        (0.0, 8.0),
        0.55,
        (UNKNOWN,),
    ),
)
TICKET, EFFORT, CALL, BOT, NPS, PMF = range(len(FORMS))
AGENT_ASKS = (Ask("content", "agent_csat", FIVE), Ask("recommend_work", "agent_nps", TEN))
CHOICES = ("not", "somewhat", "very")
"""How disappointed one would be without the product."""

SAID = {
    "satisfied": (
        "How satisfied are you with the help you got?",
        "Na ile jesteś zadowolony z otrzymanej pomocy?",
        "Sejauh mana anda berpuas hati dengan bantuan yang diterima?",
        "ما مدى رضاك عن المساعدة التي تلقيتها؟",
        "Доколко сте доволни от получената помощ?",
    ),
    "easy": (
        "It was easy to get my matter solved.",
        "Łatwo było załatwić moją sprawę.",
        "Mudah untuk menyelesaikan urusan saya.",
        "كان حل مسألتي سهلًا.",
        "Беше лесно да реша въпроса си.",
    ),
    "first_time": (
        "Was your matter solved with this call?",
        "Czy sprawa została załatwiona w tej rozmowie?",
        "Adakah urusan anda selesai dengan panggilan ini?",
        "هل حُلّت مسألتك في هذه المكالمة؟",
        "Реши ли се въпросът ви с това обаждане?",
    ),
    "recommend": (
        "How likely are you to recommend us to a friend?",
        "Jak bardzo prawdopodobne jest, że polecisz nas znajomym?",
        "Sejauh mana anda akan mengesyorkan kami kepada rakan?",
        "ما احتمال أن توصي بنا صديقًا؟",
        "Колко вероятно е да ни препоръчате на приятел?",
    ),
    "without": (
        "How would you feel if you could no longer use our product?",
        "Jak byś się czuł, gdyby nasz produkt był niedostępny?",
        "Apakah perasaan anda jika produk kami tidak dapat digunakan lagi?",
        "كيف ستشعر إن لم يعد بإمكانك استخدام منتجنا؟",
        "Как бихте се чувствали без нашия продукт?",
    ),
    "why": (
        "Why did you answer like this?",
        "Dlaczego taka odpowiedź?",
        "Mengapa anda menjawab begitu?",
        "لماذا أجبت هكذا؟",
        "Защо отговорихте така?",
    ),
    "content": (
        "How satisfied are you with your work here?",
        "Na ile jesteś zadowolony z pracy tutaj?",
        "Sejauh mana anda berpuas hati dengan kerja di sini?",
        "ما مدى رضاك عن عملك هنا؟",
        "Доколко сте доволни от работата си тук?",
    ),
    "recommend_work": (
        "How likely are you to recommend working here?",
        "Czy polecisz pracę u nas?",
        "Adakah anda akan mengesyorkan kerja di sini?",
        "ما احتمال أن توصي بالعمل هنا؟",
        "Колко вероятно е да препоръчате работата тук?",
    ),
}
"""The words of the questions, in the order of LANGUAGES."""


def newest_from(window: Window) -> int:
    """The instant from which on the second versions are sent: after a quarter of the window."""
    return int(window.hours[len(window.days) // 4, 0])


def survey_rows(window: Window, waves: Sequence[tuple[str, str, int]]) -> pa.Table:
    """The table of surveys; waves: of those for people of ours: id, name of the wave, its close."""
    versions = [(form, version) for form in FORMS for version in range(1, form.versions + 1)]
    size = len(versions) + len(waves)
    since = np.full(size, window.start, dtype=np.int64)
    of_agents = [None] * len(versions)
    return rows_of(
        "survey",
        since,
        survey_id=words([form.survey for form, _ in versions] + [wave[0] for wave in waves]),
        version=np.array([version for _, version in versions] + [1] * len(waves), dtype=np.int64),
        name=words([form.name for form, _ in versions] + ["Working here"] * len(waves)),
        kind=words([form.kind for form, _ in versions] + ["agent"] * len(waves)),
        transactional=np.array([f.transactional for f, _ in versions] + [False] * len(waves)),
        wave=words([*of_agents, *(wave[1] for wave in waves)]),
        closed_at=np.array([NEVER] * len(versions) + [wave[2] for wave in waves], dtype=np.int64),
        goal=np.array(
            [form.goal[form.versions - version] for form, version in versions] + [4] * len(waves),
            dtype=np.int64,
        ),
    )


def question_rows(window: Window, waves: Sequence[tuple[str, str, int]]) -> pa.Table:
    """The table of questions."""
    asked = [
        (form.survey, version, ask, ask.older if ask.older and version == 1 else ask.scale)
        for form in FORMS
        for version in range(1, form.versions + 1)
        for ask in form.asks
    ]
    asked += [(wave[0], 1, ask, ask.scale) for wave in waves for ask in AGENT_ASKS]
    survey, version, ask, scale = zip(*asked, strict=True)
    scales = [found or (UNKNOWN, UNKNOWN, False) for found in scale]
    said = [dict(zip(LANGUAGES, SAID[one.question], strict=True)) for one in ask]
    return rows_of(
        "question",
        np.full(len(asked), window.start, dtype=np.int64),
        survey_id=words(survey),
        version=np.array(version, dtype=np.int64),
        question_id=words([one.question for one in ask]),
        kind=words([one.kind for one in ask]),
        text=words([dumps(one, ensure_ascii=False) for one in said]),
        scale_min=np.array([found[0] for found in scales], dtype=np.int64),
        scale_max=np.array([found[1] for found in scales], dtype=np.int64),
        scale_inverted=pa.array([found[2] if found[1] > 0 else None for found in scales]),
    )
