"""The closed loop of a task of care: done, not done for a reason, or no longer needed."""

from region.spine.machine import Machine, Move

PACK = "care"

TASK = Machine(
    name="care_task",
    pack=PACK,
    start="due",
    ends=frozenset({"done", "not_done", "cancelled"}),
    moves=(
        Move("do", "due", "done", by="care.do"),
        Move("fail", "due", "not_done", by="care.do"),
        Move("cancel", "due", "cancelled", by="care.assign"),
    ),
    limits={"due": "care.task"},
)
