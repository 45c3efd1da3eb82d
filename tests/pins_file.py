"""A table of pins for a scenario."""

from pathlib import Path


def add_pins(folder: Path, *rows: str) -> None:
    """Put rows (pin, building, value) below the scenario's pins in pins.csv, which its settings then name."""
    pins, settings = folder / "pins.csv", folder / "scenario.toml"
    if not pins.is_file():
        pins.write_text("pin,building,value\n", encoding="utf-8")
        text, line = settings.read_text(encoding="utf-8"), '[data]\npins = "pins.csv"\n'
        given = text.replace("[data]\n", line) if "[data]\n" in text else f"{text}\n{line}"
        settings.write_text(given, encoding="utf-8")
    with pins.open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)
