"""The first Ctrl-C is noted, the second acts."""

import os
import signal

import pytest

from openmimo.core.interrupt import StopRequest


def test_first_is_noted_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with StopRequest() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
