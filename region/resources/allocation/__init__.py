"""Where to move one item tonight, pure: stock, burn and distances in, consignments out; no table, no clock.

`problem` is what is asked, `plan.make_plan` answers it with the solver HiGHS, `greedy.greedy_nearest` answers it the
way it is done by telephone, and `outcome` is what both give back. docs/supplies.md says what is promised.
"""
