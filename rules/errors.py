"""What can go wrong with a rule: a question it cannot answer, or a pack that may not be loaded."""


class RuleError(Exception):
    """A rule could not be applied; `code` names why, `facts` say with what (never a finished sentence)."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code + (f" {facts}" if facts else ""))


class PackError(RuleError):
    """A pack may not be loaded: `file`, `path` inside the document (dotted), and `reason`."""

    def __init__(self, file: str, path: str, reason: str) -> None:
        super().__init__("pack_refused", file=file, path=path, reason=reason)
        self.file = file
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}: {self.path or '(document)'}: {self.reason}"
