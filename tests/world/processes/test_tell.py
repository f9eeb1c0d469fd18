"""Local defenders in the chronicle: they stand up, and are overrun where their place falls."""

from __future__ import annotations

from afternext.world import events
from tests.world.processes.test_clash import REBELS, STEADY, front
from tests.world.toy import incident, play, treating

READY = {**STEADY, "standing_share": 1.0, "pool_share": 0.5, "felt_danger": 0.01, "raise_days": 7.0}


def test_local_defenders_who_stand_up_and_are_overrun_are_told_of() -> None:
    crisis = front(
        forces=treating("rebels", valley="persecuted"), incidents=[incident("capture", "ford", day=60)]
    )
    told = play(crisis, 90, calm=False, **READY).events
    here = told[(told["place"] == 1) & (told["kind"] >= events.STAND_UP)]
    stood = here[here["kind"] == events.STAND_UP][0]
    overrun = here[here["kind"] == events.OVERRUN][0]
    assert stood["day"] < 60
    assert overrun["day"] >= 60
    assert (stood["force"], overrun["force"]) == (REBELS, REBELS)
    assert stood["persons"] >= 100
