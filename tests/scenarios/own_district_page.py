"""
docs/own-district.md and docs/zh/own-district.md: the messy district of `own_district`, step by step.

`uv run python -m tests.scenarios.own_district_page` writes both; a test holds them to what the program says.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from docs.tools.markdown import LANGUAGE_FOLDERS
from tests.scenarios.own_district import FIRST, Step, play, write_raw

PAGES = {lang: folder / "own-district.md" for lang, folder in LANGUAGE_FOLDERS.items()}


@dataclass(frozen=True)
class Told:
    """The words of the page in one language."""

    introduction: str
    steps: tuple[tuple[str, str], ...]
    """Title and reason of each step."""
    command: str
    """`typed`: the command; `code`: its exit code."""
    item: str
    end: str


CHINESE = Told(
    introduction="""# 用自己的表走一遍

本页从一个区手头的原始台账出发，只改`scenario.toml`，不动任何表，直到出令单，再把各组填好的结果收回来；程序说的每一句都照录，只有各次运行不同的方案
编号写成`0a1b2c3d4e5f`，摘要略去。全部数据由
`tests/scenarios/own_district.py`编造，本页由`uv run python -m tests.scenarios.own_district_page`写成。

文件夹`own`里有：

| 文件 | 毛病 |
|---|---|
| 楼栋台账.xlsx | 合并的标题、合计行、自拟表头；只有坐标点，取自高德（GCJ-02），三栋落在外地；三分之一的地址带“弄” |
| 企业名录.csv | GB18030编码；坐标取自百度（BD-09）；“市场主体”即企业名称 |
| 线索.csv | “类别”“落脚点”等表头；“冒充公检法”“96110推送”等用词；地址有“弄”，也有“称在某某大厦9楼” |
| 检查台账.xlsx | 标题、总计行；检查结果写“查过没事”“有点毛病” |
| 排班.xlsx、集结点.csv | 标题；有姓名列（程序不读） |
| 道路.osm.pbf | 开放街图的道路 |

起初的`scenario.toml`：""",
    steps=(
        (
            "先查一遍",
            "`scenario.toml`只写各表的文件名。`sweep validate`一次说完所有问题；同一原因的行合成一条，"
            "能在`scenario.toml`里解决的，最后给出可直接粘贴的几行。",
        ),
        (
            "认表头、认用词",
            "按上一步所列，把程序不认识的表头和用词写进`scenario.toml`：`?`处自己填。“查过没事”就是未发现问题，写`nothing`；"
            "“有点毛病”写`irregular`。程序不会猜反：意思相反的词从不作为提示。",
        ),
        (
            "线索表里的用词",
            "线索表这才读得进来，它的用词也补上。“冒充公检法”不在已知类型中，按最接近的业务归入冒充客服。",
        ),
        (
            "补上地址列和坐标系",
            "“落脚点”的内容像地址，是线索表唯一的位置来源，写上。楼栋表取自高德，企业名录取自百度；集结点也是在高德上点的。",
        ),
        (
            "出方案",
            "剩下的都是提醒，可以运行了。坐标落在外地的三栋楼不参加排班，改好坐标后再加入。",
        ),
        (
            "批准",
            "指挥员看过`report.html`后批准，各组令单不再是草案；`latest`就是最新的方案。",
        ),
        (
            "发台账",
            "工作簿里的“台账”每家企业一行，检查项目是下拉框，发给不用手机填写的组。",
        ),
        (
            "收回结果",
            "当晚收回两份：三个组合填的`台账.xlsx`，和一个组在手机令单上点“保存结果”得到的csv，都放在`own/回收`。录入前先对照方案：有一行写"
            "“锁”却有在场人数，有一家企业两份里都有。程序指出文件和行，什么也不写。",
        ),
        (
            "改正后再录",
            "按所指的行改两处：清空那个在场人数，删去手机csv里多出的一行。",
        ),
        (
            "下一次行动",
            "结果留在`own/follow_up`：`ledger.xlsx`是历次台账、统计表和回头看清单。把日期改到一周后再运行，到期的回头看自动列为必查。",
        ),
        (
            "书面销号",
            "企业补交了整改照片，不必再去：凭书面理由销号，编号见`ledger.xlsx`的“回头看清单”。",
        ),
    ),
    command="`sweep {typed}`，退出码{code}：",
    item="事项编号",
    end="""## 文件在哪里

`out/own/`下以方案编号命名的文件夹里，`teams/`里是各组的令单，`report.html`是覆盖报告，`map.html`是地图，`quarantine.csv`和
`unmatched.csv`逐行写明哪些行没有用上、为什么。各文件的说明见[输出文件](files.md)，各条提示见[错误与处理](errors.md)。""",
)
ENGLISH = Told(
    introduction="""# A messy district step by step

This page starts from the tables that a district has at hand. Only `scenario.toml` is edited, no table, until there are
orders; then the results of the teams are recorded. Each message of the program is shown in full, except that the id of
a plan is always `0a1b2c3d4e5f` and hashes are left out. All data are made up by `tests/scenarios/own_district.py`;
`uv run python -m tests.scenarios.own_district_page` writes this page.

The folder `own` holds:

| file | faults |
|---|---|
| 楼栋台账.xlsx (buildings) | a merged title, a row of totals, own headers; points only, from Amap (GCJ-02), three of them in other cities; one address in three has a lane (弄) |
| 企业名录.csv (firms) | encoding GB18030; coordinates from Baidu (BD-09); the header 市场主体 for the name of the firm |
| 线索.csv (leads) | headers such as 类别 and 落脚点; words such as 冒充公检法 and 96110推送; addresses with lanes, or 称在某某大厦9楼 ("said to be on floor 9 of a building") |
| 检查台账.xlsx (past inspections) | a title and a row of totals; outcomes such as 查过没事 and 有点毛病 |
| 排班.xlsx, 集结点.csv (roster, bases) | a title; a column of names, which the program does not read |
| 道路.osm.pbf (streets) | streets of OpenStreetMap |

The first `scenario.toml`:""",
    steps=(
        (
            "Check first",
            "`scenario.toml` names the files only. `sweep validate` reports all problems at once. Rows with the "
            "same cause are one message. Where an edit of `scenario.toml` is enough, the last lines can be "
            "pasted.",
        ),
        (
            "Headers and words",
            "Write the unknown headers and words into `scenario.toml`, as listed by the step before; replace each "
            "`?` yourself. 查过没事 (checked, nothing wrong) means `nothing`; 有点毛病 (some fault) means `irregular`. "
            "The program never suggests a word of the opposite meaning.",
        ),
        (
            "Words of the leads",
            "The table of leads can be read now, so that its words are listed too. 冒充公检法 (poses as police or "
            "court) is no known type of lead; `fake_customer_service` is the nearest kind of fraud.",
        ),
        (
            "An address column and the datums",
            "落脚点 (place of stay) holds what looks like addresses. It is the only place of the leads, so name it. "
            "The buildings come from Amap, the firms from Baidu; the bases were marked on Amap too.",
        ),
        (
            "Plan",
            "Only warnings are left. Three buildings have coordinates in other cities: they are not planned until "
            "their coordinates are corrected.",
        ),
        (
            "Approve",
            "The commander reads `report.html` and approves. The orders of the teams are no drafts any more. "
            "`latest` is the newest plan.",
        ),
        (
            "Give out the ledger",
            "The sheet 台账 (ledger) of the workbook has one row for each firm and lists to choose from. Give it to "
            "teams that do not fill in their orders on a phone.",
        ),
        (
            "Take the results back",
            "Two files come back in the evening, both into `own/回收`: `台账.xlsx` filled in by three teams, and the "
            "csv that one team saved from the orders on its phone. They are compared with the plan first: one row "
            "says 锁 (locked) and yet gives people present, and one firm is in both files. The program names file "
            "and row, and writes nothing.",
        ),
        (
            "Correct and record",
            "Change the two rows: clear the number of people present, and delete the extra row of the csv.",
        ),
        (
            "The next operation",
            "The results stay in `own/follow_up`: `ledger.xlsx` holds all results, their totals and the "
            "re-checks. Set the day a week later and run again: re-checks that fall due become required visits.",
        ),
        (
            "Close a re-check in writing",
            "The firm sent photographs of the correction, so that no visit is needed. Close the item with a "
            "written reason; its id is in the sheet `Re-checks open` of `ledger.xlsx`.",
        ),
    ),
    command="`sweep {typed}`, exit code {code}:",
    item="ITEM",
    end="""## Where the files are

The folder in `out/own/` named by the id of the plan holds the orders of the teams in `teams/`, the coverage report
`report.html` and the map `map.html`. `quarantine.csv` and `unmatched.csv` give each row that was not used, and why. See
[files](files.md) and [errors](errors.md).""",
)
TOLD = {"zh_CN": CHINESE, "en": ENGLISH}


def page(played: Iterable[tuple[Step, int, str]], lang: str) -> str:
    """The page in one language."""
    told = TOLD[lang]
    parts = [told.introduction, f"```toml\n{FIRST.strip()}\n```"]
    for n, ((title, why), (step, code, said)) in enumerate(zip(told.steps, played, strict=True), 1):
        parts += [f"## {n}. {title}", why]
        parts += [f"```toml\n{step.toml.strip()}\n```"] if step.toml else []
        typed = step.command.replace("{item}", told.item)
        parts += [told.command.format(typed=typed, code=code), f"```output\n{said}\n```"]
    return "\n\n".join([*parts, told.end]) + "\n"


def main() -> None:
    """Write the pages."""
    for lang, path in PAGES.items():
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "own"
            folder.mkdir()
            write_raw(folder)
            path.write_text(page(play(folder, lang), lang), encoding="utf-8")


if __name__ == "__main__":
    main()
