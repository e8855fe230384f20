"""Where the steps of the compiler put what they find; nothing stops at the first mistake."""

from dataclasses import dataclass, field

from guardproxy.diagnostics import Diagnostic
from guardproxy.source import Span


@dataclass(slots=True)
class Mistakes:
    found: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, message: str, span: Span, help_: str = "") -> None:
        self.found.append(Diagnostic(code, message, span, help_))

    def warning(self, code: str, message: str, span: Span, help_: str = "", rules: tuple[str, ...] = ()) -> None:
        self.found.append(Diagnostic(code, message, span, help_, "warning", rules=rules))

    def remark(self, code: str, message: str, span: Span, help_: str = "") -> None:
        self.found.append(Diagnostic(code, message, span, help_, "info"))
