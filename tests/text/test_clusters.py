"""Texts that say the same thing lie together, in whatever language; what is alone is in none."""

import pytest

from regard.text.clusters import clusters
from regard.text.features import NGRAMS, VECTORS

PAIRING = [
    "The router does not pair with my phone since the update.",
    "Since the update pairing with my phone fails.",
    "My phone cannot pair with the camera any more.",
    "Pairing fails: the camera is found, then lost.",
    "Bluetooth pairing between phone and router breaks off.",
    "I cannot pair the thermostat with my phone.",
    "Pairing with the phone does not work after the update.",
    "The phone will not pair with the thermostat.",
]
PARCEL = [
    "Where is my parcel? It should have come on Monday.",
    "My parcel has not arrived yet.",
    "The parcel has been on its way for nine days.",
    "When will my parcel be delivered?",
    "Tracking says delivered, but there is no parcel.",
    "My order has still not been delivered.",
    "The delivery of my parcel is late.",
    "Your courier never brought the parcel.",
]
ALONE = ["Do you sell gift cards?", "Please change my name.", "What a lovely shop!"]


@pytest.mark.parametrize("features", [VECTORS, NGRAMS])
def test_what_says_the_same_lies_together(features: str) -> None:
    texts = [text for pair in zip(PAIRING, PARCEL, strict=True) for text in pair] + ALONE
    found = clusters(texts, features)
    assert len(found) == 2
    for one in found:
        kinds = {place % 2 for place in one.places if place < 16}
        assert len(kinds) == 1
        assert len(one.places) >= 5
        assert set(one.typical) <= set(one.places)
        assert len(one.typical) == 3
    assert features == VECTORS or clusters(texts, features) == found


def test_few_texts_make_no_clusters() -> None:
    assert clusters(PAIRING) == ()
    assert clusters([]) == ()


def test_typical_texts_differ_by_more_than_a_number() -> None:
    same = [f"Where is parcel {number}?" for number in range(10)]
    found = clusters([*same, *PAIRING], NGRAMS)
    assert all(len(one.typical) == len(set(one.typical)) for one in found)
    (parcels,) = [one for one in found if 0 in one.places]
    assert len(parcels.typical) == 1
