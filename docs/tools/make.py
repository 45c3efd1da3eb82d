"""
Writes whatever in README, CONTRIBUTING and docs is made from the code.

    uv run python -m docs.tools.make [--check]

With --check nothing is written: each file that is not what the code says is named, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from docs.tools.api import api_reference, signature_lines
from docs.tools.columns import columns_page
from docs.tools.commands import commands_page, day_table
from docs.tools.diagrams import drawings
from docs.tools.errors import errors_page
from docs.tools.folders import folder_table
from docs.tools.markdown import DOCS, LANGUAGE_FOLDERS, ROOT, with_block
from docs.tools.outputs import output_columns_page, output_table, written_table
from docs.tools.reports import report_table
from docs.tools.rule_tests import rule_tests_section
from docs.tools.settings import campaign_keys, city_keys, settings_page
from geodata.message_catalogue import load_texts
from sweep.cli.rules import rules_page
from sweep.province.model.worker_messages import schema_json
from tests.benchmarks.plan_runs import read_runs
from tests.benchmarks.table import PAGE, RUNS, versions_page

READMES = {"en": "README.md", "zh_CN": "README.zh.md"}


def made() -> dict[Path, str]:
    """The text of every file that is made, whole or in part, by its path."""
    files = {PAGE: versions_page(read_runs(_text(RUNS)))}
    for lang, folder in LANGUAGE_FOLDERS.items():
        texts = load_texts(lang)
        files[folder / "columns.md"] = columns_page(texts)
        files[folder / "errors.md"] = errors_page(texts)
        files[folder / "commands.md"] = commands_page(texts)
        files[folder / "settings.md"] = settings_page(texts)
        readme = ROOT / READMES[lang]
        files[readme] = with_block(_text(readme), "day", day_table(texts))
        files[folder / "rules.md"] = rules_page(texts) + rule_tests_section(texts)
        files[folder / "output-columns.md"] = output_columns_page(texts)
        page = with_block(_text(folder / "files.md"), "files", output_table(texts))
        files[folder / "files.md"] = with_block(page, "written", written_table(texts))
        store = folder / "store.md"
        files[store] = with_block(_text(store), "reports", report_table(texts))
        inputs = folder / "inputs.md"
        files[inputs] = with_block(_text(inputs), "city_keys", city_keys(texts))
        campaign = folder / "campaign.md"
        files[campaign] = with_block(_text(campaign), "campaign_keys", campaign_keys(texts))
    files[DOCS / "province.schema.json"] = schema_json()
    files |= {DOCS / "images" / name: str(drawing) for name, drawing in drawings().items()}
    script = _text(DOCS / "examples" / "ten_lines.py")
    for page in (DOCS / "python.md", DOCS / "zh" / "python.md"):
        files[page] = with_block(_text(page), "ten_lines", f"```python\n{script}```")
    files[DOCS / "api.md"] = with_block(_text(DOCS / "api.md"), "names", api_reference())
    files[ROOT / "tests" / "api" / "public_names.txt"] = "\n".join(signature_lines()) + "\n"
    files[ROOT / "CONTRIBUTING.md"] = with_block(_text(ROOT / "CONTRIBUTING.md"), "folders", folder_table())
    return files


def stale() -> list[Path]:
    """The files that are not what the code says."""
    return [path for path, text in made().items() if not path.is_file() or _text(path) != text]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def main() -> int:
    """Write the files, or name those that are stale."""
    parser = argparse.ArgumentParser(description="Write what in the docs is made from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing, name what is stale")
    if parser.parse_args().check:
        names = [str(path.relative_to(ROOT)) for path in stale()]
        sys.stderr.writelines(f"{name} is stale: run uv run python -m docs.tools.make\n" for name in names)
        return 1 if names else 0
    for path, text in made().items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
