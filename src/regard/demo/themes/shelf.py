"""The articles of the demo's help centre, and what people search for there."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Whole, Words, drawn, happens, words
from regard.demo.clock import DAY, Window
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import text_at
from regard.demo.themes.phrases import LANGUAGES

FIRST_SHOWN = 300 * DAY
"""How long before the window the first articles stood."""
REVISED = (0.4, 0.12)
"""Articles with a second version, and with a third."""

ARTICLES = {
    "track-parcel": (
        "delivery",
        "Where is my parcel?",
        "Gdzie jest moja paczka?",
        "Di manakah bungkusan saya?",
        "أين طردي؟",
        "Къде е пратката ми?",
    ),
    "change-address": (
        "delivery",
        "Change the delivery address",
        "Zmiana adresu dostawy",
        "Tukar alamat penghantaran",
        "تغيير عنوان التوصيل",
        "Смяна на адреса за доставка",
    ),
    "set-up-router": (
        "how-to",
        "Set up the router",
        "Konfiguracja routera",
        "Sediakan penghala",
        "إعداد جهاز التوجيه",
        "Настройка на рутера",
    ),
    "move-home": (
        "how-to",
        "Take the devices to a new home",
        "Przeniesienie urządzeń do nowego domu",
        "Bawa peranti ke rumah baharu",
        "نقل الأجهزة إلى منزل جديد",
        "Преместване на устройствата в нов дом",
    ),
    "schedule-heating": (
        "how-to",
        "A schedule for the thermostat",
        "Harmonogram termostatu",
        "Jadual untuk termostat",
        "جدول لمنظم الحرارة",
        "График за термостата",
    ),
    "return-a-device": (
        "refund",
        "Send a device back",
        "Zwrot urządzenia",
        "Pulangkan peranti",
        "إرجاع جهاز",
        "Връщане на устройство",
    ),
    "when-refunded": (
        "refund",
        "When the money is back",
        "Kiedy wrócą pieniądze",
        "Bila wang dikembalikan",
        "متى يعود المال",
        "Кога се връщат парите",
    ),
    "camera-offline": (
        "defect",
        "The camera is offline",
        "Kamera jest niedostępna",
        "Kamera luar talian",
        "الكاميرا غير متصلة",
        "Камерата не е на линия",
    ),
    "reset-speaker": (
        "defect",
        "Reset the speaker",
        "Resetowanie głośnika",
        "Set semula pembesar suara",
        "إعادة ضبط مكبر الصوت",
        "Нулиране на тонколоната",
    ),
    "login-code": (
        "login",
        "The code to log in does not arrive",
        "Kod logowania nie przychodzi",
        "Kod log masuk tidak sampai",
        "رمز الدخول لا يصل",
        "Кодът за вход не пристига",
    ),
    "forgotten-password": (
        "login",
        "Forgotten password",
        "Zapomniane hasło",
        "Terlupa kata laluan",
        "نسيت كلمة المرور",
        "Забравена парола",
    ),
    "read-invoice": (
        "invoice",
        "How to read the invoice",
        "Jak czytać fakturę",
        "Cara membaca invois",
        "كيفية قراءة الفاتورة",
        "Как се чете фактурата",
    ),
    "change-payment": (
        "invoice",
        "Pay by another card",
        "Płatność inną kartą",
        "Bayar dengan kad lain",
        "الدفع ببطاقة أخرى",
        "Плащане с друга карта",
    ),
    "pair-a-device": (
        "pairing",
        "Pair a device",
        "Parowanie urządzenia",
        "Pasangkan peranti",
        "إقران جهاز",
        "Сдвояване на устройство",
    ),
}
"""By address: the kind of matter, and the title in the order of LANGUAGES."""
POPULAR = (9, 3, 8, 3, 2, 5, 6, 6, 3, 4, 7, 3, 2, 2)
"""How often each is read against the others."""
UNREAD = "login-code"
NUMBERS = {"camera-offline": "+48221000101", "when-refunded": "+48221000102"}
"""Telephone numbers that stand on one article alone."""

QUERIES = {
    "delivery": ("parcel", "paczka", "bungkusan", "طرد", "пратка"),
    "how-to": ("set up router", "ustawienia routera", "sediakan penghala", "إعداد", "настройка"),
    "refund": ("refund", "zwrot", "bayaran balik", "استرداد", "връщане"),
    "defect": ("camera offline", "kamera nie działa", "kamera rosak", "الكاميرا", "камера"),
    "login": ("login code", "kod logowania", "kod log masuk", "رمز الدخول", "код за вход"),
    "invoice": ("invoice", "faktura", "invois", "فاتورة", "фактура"),
    "pairing": ("pair", "parowanie", "pasangkan", "إقران", "сдвояване"),
    "cancellation": ("cancel plan", "rezygnacja", "batal pelan", "إلغاء", "прекратяване"),
    "warranty": ("warranty", "gwarancja", "jaminan", "ضمان", "гаранция"),
}
"""What people search for by topic; there is no article on the last two."""
WITHOUT = ("cancellation", "warranty")
SLUGS = tuple(ARTICLES)
TOPICS = tuple(dict.fromkeys(found[0] for found in ARTICLES.values()))
TOPIC_OF = np.array([TOPICS.index(found[0]) for found in ARTICLES.values()])


@dataclass(frozen=True)
class Shelf:
    """Articles by slug and language (position: slug times the languages plus language).

    words, pictures: of the newest version.
    """

    ids: Words
    words: Whole
    pictures: Whole
    table: pa.Table

    def expected(self, article: Whole) -> Whole:
        """Seconds that reading one takes: 200 words a minute, and a look at each picture."""
        made: Whole = self.words[article] * 3 // 10 + self.pictures[article] * 5
        return made


def shelf(rng: np.random.Generator, window: Window) -> Shelf:
    """All articles in all languages and versions."""
    many = len(LANGUAGES)
    size = len(SLUGS) * many
    long = np.repeat(rng.integers(160, 820, len(SLUGS)), many)
    shown = np.repeat(rng.integers(0, 6, len(SLUGS)), many)
    ids = words([f"h-{slug}-{language}" for slug in SLUGS for language in LANGUAGES])
    first = window.start - rng.integers(30, 300, size) * DAY
    second = happens(rng, REVISED[0], size)
    third = second & happens(rng, REVISED[1] / REVISED[0], size)
    days = len(window.days)
    turn = window.hours[rng.integers(days // 5, days // 2 + 1, size), 10]
    again = window.hours[rng.integers(days // 2 + 1, days, size), 10]
    of = np.concatenate([np.arange(size), np.flatnonzero(second), np.flatnonzero(third)])
    since = np.concatenate([first, turn[second], again[third]])
    version = np.repeat([0, 1, 2], [size, int(second.sum()), int(third.sum())])
    keep = np.flatnonzero(since < window.end)
    of, since, version = of[keep], since[keep], version[keep]
    longer = long[of] * (100 + 12 * version) // 100
    table = _rows(ids, of, since, longer, shown[of])
    newest, pictures = long.copy(), shown
    newest[of] = longer  # versions come in order: the last one stays
    return Shelf(ids, newest, pictures, table)


def _rows(ids: Words, of: Whole, since: Whole, longer: Whole, shown: Whole) -> pa.Table:
    slug, language = of // len(LANGUAGES), of % len(LANGUAGES)
    titles = [title for found in ARTICLES.values() for title in found[1:]]
    paths = [f"/{spoken}/help/{name}" for name in SLUGS for spoken in LANGUAGES]
    number = np.array([list(NUMBERS).index(s) if s in NUMBERS else UNKNOWN for s in SLUGS])
    return rows_of(
        "article",
        since,
        article_id=ids[of],
        valid_from=since,
        title=text_at(titles, of),
        topic=text_at(TOPICS, TOPIC_OF[slug]),
        address=text_at(paths, of),
        language=text_at(LANGUAGES, language),
        words=longer,
        pictures=shown,
        number=text_at(tuple(NUMBERS.values()), number[slug]),
    )


def any_of(rng: np.random.Generator, topic: Whole) -> Whole:
    """An article (its slug's number) on each topic (its number in TOPICS), by popularity."""
    found = np.zeros(len(topic), dtype=np.int64)
    for number in range(len(TOPICS)):
        mine = np.flatnonzero(topic == number)
        slugs = np.flatnonzero(number == TOPIC_OF)
        found[mine] = slugs[drawn(rng, np.array(POPULAR, dtype=float)[slugs], len(mine))]
    return found
