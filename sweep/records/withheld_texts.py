"""Texts that readers of one class must not see in an output."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WithheldText:
    """One text that must not appear in an output, with its kind."""

    kind: str
    """Kind of the text, such as `building_id`, `building_name`, `address`, `uscc`, `firm_name` or `lead_text`."""
    text: str

    @property
    def is_id(self) -> bool:
        """Whether the text counts only as a whole word: `B1` is not found in `B12`."""
        return self.kind.endswith(("_id", "uscc"))
