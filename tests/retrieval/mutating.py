"""A folder of articles that changes by lot: files are added, changed, moved, copied and withdrawn."""

from __future__ import annotations

import json
import random
from pathlib import Path

_OPENINGS = ("7月13日，", "上周五上午，", "11月20日下午，", "近日，", "受省委委托，", "按照统一部署，")
_WHO = ("副省长何松年", "市长骆闻笙", "县委书记卢怀章", "吴政隆", "娄勤俭", "水利厅负责人", "应急管理局")
_WHAT = (
    "主持召开防汛工作会议",
    "检查地铁3号线建设",
    "部署村卫生室招聘",
    "要求开展专项整治",
    "强调国庆节前完成整改",
    "听取化工产业调整汇报",
    "出席火灾事故警示教育大会",
)
_WHERE = ("在城东区", "在临江县", "在省会议中心", "在三个乡镇", "在化工园区", "在水库大坝")
_SYLLABLES = "江河湖海山川林田路桥港站风云雨雪春夏秋冬东南西北金木水火土石玉铁红黄蓝白"

_FEWEST, _MOST = 8, 24  # files
QUESTIONS = (
    "谁主持防汛会议？",
    "地铁3号线什么时候完成？",
    "Wu Zhenglong",
    "化工产业怎样调整",
    "7月13日召开了什么会议？",
    "水库大坝",
    "编号为12的通知",
)
"""What can be asked of any such folder."""


class Archive:
    """Articles in files below `folder`; every change is one rename, so that no half file is ever read."""

    def __init__(self, folder: Path, lot: random.Random) -> None:
        self.folder = folder
        self._lot = lot
        self._files: dict[str, list[dict[str, object]]] = {}
        self._count = 0
        folder.mkdir(parents=True)
        for _ in range(_FEWEST):
            self._add()

    def ids(self) -> list[str]:
        """Return the ids of the articles that are there, sorted."""
        return sorted({str(record["id"]) for records in self._files.values() for record in records})

    def change(self) -> None:
        """Make one to four changes, of which at least one leaves other articles than before."""
        before = self._content()
        while self._content() == before:
            for _ in range(self._lot.randint(1, 4)):
                self._change_one()

    def _content(self) -> list[str]:
        return sorted(json.dumps(records) for records in self._files.values())

    def _change_one(self) -> None:
        few, many = len(self._files) <= _FEWEST, len(self._files) >= _MOST
        kind = self._lot.choices(
            ("add", "change", "move", "copy", "withdraw"),
            (0 if many else 3, 3, 2, 0 if many else 1, 0 if few else 3),
        )[0]
        name = self._lot.choice(sorted(self._files))
        if kind == "add":
            self._add()
        elif kind == "change":
            records = list(self._files[name])
            place = self._lot.randrange(len(records))
            records[place] = {**records[place], "paragraphs": self._paragraphs()}
            self._put(name, records)
        elif kind == "move":
            moved = self._new_name()
            (self.folder / moved).parent.mkdir(exist_ok=True)
            (self.folder / name).rename(self.folder / moved)
            self._files[moved] = self._files.pop(name)
        elif kind == "copy":
            self._put(self._new_name(), self._files[name])
        else:
            (self.folder / name).unlink()
            del self._files[name]

    def _add(self) -> None:
        records: list[dict[str, object]] = []
        for _ in range(self._lot.randint(1, 3)):
            self._count += 1
            title = f"编号{self._count}的通知"
            records.append({"id": f"a{self._count}", "title": title, "paragraphs": self._paragraphs()})
            if self._lot.random() < 0.7:
                records[-1]["date"] = f"20{self._lot.randint(10, 25)}-{self._lot.randint(1, 12):02d}"
        self._put(self._new_name(), records)

    def _put(self, name: str, records: list[dict[str, object]]) -> None:
        arriving = self.folder.with_name(f"{self.folder.name}.arriving")
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        arriving.write_text(text, encoding="utf-8")
        (self.folder / name).parent.mkdir(exist_ok=True)
        arriving.replace(self.folder / name)
        self._files[name] = records

    def _new_name(self) -> str:
        while True:
            name = f"{self._lot.choice(('', '', 'early/', 'late/'))}{self._lot.randrange(1000)}.jsonl"
            if name not in self._files:
                return name

    def _paragraphs(self) -> list[str]:
        return [self._paragraph() for _ in range(self._lot.randint(1, 4))]

    def _paragraph(self) -> str:
        sentences = []
        for _ in range(self._lot.randint(1, 3)):
            parts = [self._lot.choice(some) for some in (_OPENINGS, _WHO, _WHERE, _WHAT)]
            # What nobody else says: no two articles are taken for reprints of one another.
            own = "".join(self._lot.choices(_SYLLABLES, k=self._lot.randint(6, 14)))
            sentences.append(f"{''.join(parts)}，涉及{own}等{self._lot.randint(2, 90)}处。")
        return "".join(sentences)
