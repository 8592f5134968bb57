"""The sample's telephone numbers against the numbering plans."""

from random import Random

import phonenumbers
import pytest

from tools.crm.local.sample.phones import national
from tools.crm.local.sample.places import PLACES, Place


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.country)
def test_every_number_could_be_dialled(place: Place) -> None:
    dice = Random(7)
    for _ in range(500):
        number = f"+{place.calling}{national(place.country, dice.randrange(10**8, 10**9))}"
        assert phonenumbers.is_valid_number(phonenumbers.parse(number)), number
