"""What was learnt reads what it has not seen, says how sure it is, and is the same each time."""

import io
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType

import numpy as np
import pytest

from regard.core.errors import RegardError
from regard.text import checks, learning
from regard.text.features import NGRAMS, VECTORS, Array, counted_plain
from regard.text.fitting import SeenNgrams
from regard.text.head import NEVER, Head, head_bytes, head_reader, parse_head
from regard.text.learning import learn
from regard.text.lessons import Lesson, TooFewLessons, prepare

MATTERS = {
    "delivery": ["parcel", "courier", "shipping", "tracking", "delivered", "address"],
    "invoice": ["invoice", "bill", "charged", "payment", "tax", "amount"],
    "login": ["password", "login", "account", "locked", "code", "email"],
}
FILLING = [
    "please",
    "my",
    "the",
    "hello",
    "today",
    "again",
    "yesterday",
    "thanks",
    "help",
    "number",
]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def said(matters: list[str], rng: random.Random) -> str:
    """A message about some matters."""
    words = [word for matter in matters for word in rng.sample(MATTERS[matter], 3)]
    words += rng.choices(FILLING, k=5)
    rng.shuffle(words)
    return " ".join(words)


def taught(count: int, seed: int = 1, several: bool = False) -> Iterator[Lesson]:
    """Lessons on the matters, one after another, some of two."""
    rng = random.Random(seed)
    for n in range(count):
        matters = rng.sample(sorted(MATTERS), 2 if several and n % 3 == 0 else 1)
        yield Lesson(said(matters, rng), tuple(matters), BEGAN + timedelta(hours=n))


@pytest.fixture(scope="module")
def head() -> Head:
    return learn("type", prepare(taught(400)), compare=False)


def test_matters_are_told_apart_in_texts_that_were_not_learnt_from(head: Head) -> None:
    fresh = list(taught(200, seed=2))
    read = head.read_many([one.text for one in fresh])
    spoken = [(one.value, lesson.labels[0]) for one, lesson in zip(read, fresh, strict=True)]
    right = sum(value == label for value, label in spoken)
    assert right / len(spoken) > 0.9
    assert head.about["right"] / head.about["tried"] > 0.9
    assert head.about["lessons"] == len({one.text for one in taught(400)})


def test_what_is_about_nothing_known_is_not_labelled(head: Head) -> None:
    rng = random.Random(3)
    fresh = [" ".join(rng.choices(FILLING, k=8)) for _ in range(50)]
    assert sum(one.value is None for one in head.read_many([*fresh, "", "\n> quoted"])) > 45
    assert head.read_many([""])[0].certainty == 0


def test_a_text_is_read_alike_alone_and_among_others(head: Head) -> None:
    texts = [one.text for one in taught(60, seed=4)]
    reader = head_reader("type", "101", lambda: head, ("ticket",))
    assert reader.read_many(texts) == [reader.read(text) for text in texts]
    assert reader.read_many([]) == []


def test_the_surer_a_head_must_be_the_less_it_says(head: Head) -> None:
    texts = [one.text for one in taught(100, seed=5)]
    silent = []
    for threshold in (0.0, 0.5, 0.9, 0.99, 1.0, NEVER):
        strict = head.speaking_from(np.full(3, threshold), {})
        read = strict.read_many(texts)
        silent.append(sum(one.value is None for one in read))
        assert all(one.certainty >= threshold for one in read if one.value)
    assert silent == sorted(silent)
    assert (silent[0], silent[-1]) == (0, 100)


def test_the_same_lessons_in_any_order_make_the_same_bytes() -> None:
    lessons = list(taught(150))
    mixed = [*lessons, *lessons[:20]]
    random.Random(9).shuffle(mixed)
    one, other = prepare(lessons), prepare(mixed)
    assert one.digest == other.digest
    assert head_bytes(learn("type", one, compare=False)) == head_bytes(
        learn("type", other, compare=False)
    )
    assert prepare(lessons[1:]).digest != one.digest


def test_a_head_in_a_file_is_the_same_head_and_nothing_that_could_run(head: Head) -> None:
    content = head_bytes(head)
    again = parse_head(content, "here")
    texts = [one.text for one in taught(50, seed=6)]
    assert again.read_many(texts) == head.read_many(texts)
    assert head_bytes(again) == content
    for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
        with zipfile.ZipFile(io.BytesIO(content)).open(name) as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
            assert array.dtype.kind in "iuf", name


def test_no_word_of_a_customer_stands_in_the_file_of_a_head() -> None:
    lessons = [*taught(120)]
    lessons += [Lesson(f"{one.text} zbigniew", one.labels) for one in lessons]
    content = head_bytes(learn("type", prepare(lessons), compare=False))
    archive = zipfile.ZipFile(io.BytesIO(content))
    for name in archive.namelist():
        read = archive.read(name)
        for coding in ("utf-8", "utf-16-le", "utf-32-le"):
            assert "zbigniew".encode(coding) not in read
            assert "courier".encode(coding) not in read


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"cos\nsystem\n(S'echo'\ntR.", b"x" * 500])
def test_a_file_that_is_no_head_is_refused_with_its_place(content: bytes) -> None:
    with pytest.raises(RegardError, match="models/type-101"):
        parse_head(content, "models/type-101.npz")


def test_several_labels_are_learnt_and_said() -> None:
    head = learn("type", prepare(taught(600, several=True)), compare=False)
    assert head.several
    rng = random.Random(8)
    both = [said(["delivery", "invoice"], rng) for _ in range(60)]
    values = [one.value for one in head.read_many(both)]
    assert values.count("delivery;invoice") > 40
    assert head.about["said_right"] / head.about["said"] >= 0.8


def test_too_few_texts_or_labels_are_refused_and_rare_labels_named() -> None:
    with pytest.raises(TooFewLessons, match="100 texts and 2 such labels are needed"):
        prepare(taught(60))
    with pytest.raises(TooFewLessons, match="1 labels"):
        prepare(Lesson(one.text, ("all",)) for one in taught(200))
    rare = [Lesson(f"a rare matter {n * 'x'}", ("rare",)) for n in range(9)]
    assert prepare([*taught(200), *rare]).left_out == {"rare": 9}


def test_a_text_said_twice_counts_once_with_the_label_given_most_often() -> None:
    twice = [Lesson("Where is MY parcel 12", ("delivery",))] * 2
    lessons = prepare([*taught(150), *twice, Lesson("where is my parcel 98", ("invoice",))])
    place = lessons.plain.index("where is my parcel 00")
    assert lessons.labels[int(lessons.truth[place].argmax())] == "delivery"
    assert lessons.plain.count("where is my parcel 00") == 1


def test_the_newest_texts_are_held_out_to_see_whether_matters_change() -> None:
    rng = random.Random(4)
    old = list(taught(300))
    new = [
        Lesson(said(["invoice"], rng), ("login",), BEGAN + timedelta(days=100 + n))
        for n in range(75)
    ]
    found = learn("type", prepare([*old, *new]), compare=False).about["newest"]
    assert found["tried"] == 75
    assert found["right"] < 10
    undated = [Lesson(one.text, one.labels) for one in old]
    assert learn("type", prepare(undated), compare=False).about["newest"] == {}


# --- choices ---------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", [0.6, 0.8, 0.95])
@pytest.mark.parametrize("least", [0.0, 0.5])
def test_a_threshold_is_the_lowest_that_keeps_what_is_said_right(
    precision: float, least: float
) -> None:
    rng = np.random.default_rng(11)
    for _ in range(30):
        sure = rng.integers(1, 20, 40) / 20
        right = rng.random(40) < sure
        found = checks.thresholds_of(
            np.stack([sure, np.zeros(40)], axis=1),
            np.stack([right, ~right], axis=1),
            False,
            checks.Aim(precision, least),
        )[0]
        tried = sorted(one for one in set(sure.tolist()) if one >= least)
        good = [one for one in tried if right[sure >= one].mean() >= precision]
        if not good:
            assert found == NEVER
        else:
            # Where all that was seen may be said, so may anything surer than `least`.
            assert found == (least if good[0] == tried[0] else good[0])


def test_certainties_are_shares_that_come_true() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(0, 2, 6000)
    right = rng.random(6000) < 1 / (1 + np.exp(-(0.5 * scores + 0.3)))
    both = np.stack([scores, np.full(6000, -99.0)], axis=1)
    slope, offset = checks.calibrate(both, np.stack([right, ~right], axis=1), False)
    assert slope == pytest.approx(0.5, abs=0.06)
    assert offset == pytest.approx(0.3, abs=0.08)


def test_vectors_are_taken_only_where_they_are_clearly_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = random.Random(6)
    riddles = prepare(
        Lesson(" ".join(rng.choices(FILLING, k=9)), (rng.choice(["yes", "no"]),))
        for _ in range(300)
    )
    by_text = dict(zip(riddles.texts, riddles.truth, strict=True))

    def knowing(texts: tuple[str, ...]) -> Array:
        """Vectors that say what no word says."""
        return np.array([np.resize(by_text[text], 384) for text in texts], np.float32)

    def blind(texts: tuple[str, ...]) -> Array:
        return np.random.default_rng(len(texts)).normal(size=(len(texts), 384)).astype(np.float32)

    monkeypatch.setattr(learning, "vectors", knowing)
    head = learn("type", riddles)
    assert head.features == VECTORS
    assert head.about["compared"]["vectors_right"] == head.about["compared"]["texts"]
    monkeypatch.setattr(learning, "vectors", blind)
    assert learn("type", prepare(taught(300))).features == NGRAMS
    by_text = {
        one.text: np.array([one.labels[0] == label for label in MATTERS]) for one in taught(300)
    }
    # Vectors that are right no oftener than n-grams do not earn what they cost.
    monkeypatch.setattr(learning, "vectors", knowing)
    assert learn("type", prepare(taught(300))).features == NGRAMS


def test_a_label_that_a_fold_lacks_is_never_said() -> None:
    seen = SeenNgrams(counted_plain(["one two", "one three", "two three", "four five"] * 5))
    truth = np.zeros((20, 2), bool)
    truth[::2, 0] = True
    fit = seen.fit(np.arange(20), truth)
    assert (seen.scores(fit, np.arange(20))[:, 1] < -5).all()


# --- real words ------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.heavy
def test_real_sets_are_learnt_as_well_as_they_should_be(
    shared_data: object, benchmark: ModuleType
) -> None:
    # Many kinds, two scripts, two ways of labelling; the benchmark takes all of them.
    floors = {"banking77": 0.74, "polish": 0.62, "arabic_products": 0.77}
    for name, floor in floors.items():
        labelled = benchmark.thinned(getattr(benchmark, name)(shared_data), 2000)
        found = benchmark.score(name, labelled, with_vectors=False)
        assert found.right >= floor, found
        assert found.right > found.base + 0.04, found
        assert found.precise >= 0.77, found


@pytest.mark.real
@pytest.mark.heavy
def test_questions_about_nothing_known_are_mostly_abstained_from(
    shared_data: object, benchmark: ModuleType
) -> None:
    labelled = benchmark.thinned(benchmark.clinc150(shared_data), 4000)
    found = benchmark.score("clinc150", labelled, with_vectors=False)
    assert found.right >= 0.85
    assert found.covered >= 0.85
    assert found.out_of_scope is not None
    assert found.out_of_scope >= 0.5
