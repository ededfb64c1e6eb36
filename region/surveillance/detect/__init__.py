"""The statistics of early warning, pure: numbers in, signals out, with no table, no clock and no setting.

`series` holds what all methods share: a `Panel` of many series comes in, `Signals` go out. Each method is a
frozen dataclass of options, named as in its paper and in R, and one function over the whole panel;
`methods.METHODS` lists them by the name that the command line knows. docs/detectors.md says what each does.
"""
