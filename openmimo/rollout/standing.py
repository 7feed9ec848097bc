"""How far a step of rollouts is, in plain numbers, for whoever watches it. Read `rollout.py` for when they are told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """A step under way.

    Answers: `begun` in all, `written` to their end or cancelled, `judged`; `writing` and `judging` are those under way. Groups: `signals`
    of them are known to have a signal, of `wanted`. At most `slots` answers are written at a time.
    """

    begun: int
    written: int
    judged: int
    writing: int
    judging: int
    signals: int
    wanted: int
    slots: int
