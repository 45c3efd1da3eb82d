"""Texts that a class of readers must not learn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that the reader must not learn."""

    kind: str
    """`building_id`, `building_name`, `address`, `uscc`, `firm_name`, `lead_id`, `lead_text`, `investigation_id` ..."""
    text: str

    @property
    def is_id(self) -> bool:
        """Whether it is looked for as a word of its own: `B1` is not in `B12`."""
        return self.kind.endswith(("_id", "uscc"))
