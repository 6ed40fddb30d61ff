"""Conversations over the sample pages, as people hold them.

Each turn is a question, whether it goes on about what was said before, and a part of the passage
that answers.
"""

from __future__ import annotations

from typing import NamedTuple


class Turn(NamedTuple):
    question: str
    follows: bool
    part: str
    """Of the passage that should come first."""


def _dialogue(text: str) -> tuple[Turn, ...]:
    rows = [line.split(" |") for line in text.strip().splitlines()]
    return tuple(
        Turn(question.strip()[2:], question.strip()[0] == ">", part.strip()) for question, part in rows
    )


DIALOGUES = tuple(
    map(
        _dialogue,
        (
            """
            = 程远山对各级领导干部提出了什么要求？ | 吹哨人
            > 他还强调了什么？ | 八个月
            > 那省长呢？ | 顾清野指出
            > 会上播放了什么？ | 警示片
            > 多少人参加了会议？ | 3.6万人
            = 地铁3号线全长多少公里？ | 27.6公里
            > 什么时候开通？ | 国庆节前
            > 它与哪些线路换乘？ | 1号线、2号线
            """,
            """
            = 仓储安全专项整治行动从哪天开始？ | 6月10日
            > 多久？ | 八个月
            > 谁主持了这次会议？ | 沈怀瑾主持
            = 渡口镇现存多少处明清民居？ | 137处
            > 下一届在哪里举行？ | 盐埠镇
            """,
            """
            = How much rain has fallen in Linlan since the flood season began? | 412毫米
            > Who presided over the meeting? | 袁以宁主持
            > And what did the mayor demand? | 2800万元
            > Where did they go before the meeting? | 柳林泵站
            = What did the teacher Bao Chunni suggest? | 鲍春泥
            > How long has she been teaching? | 31年
            """,
            """
            = How long will the warehouse safety campaign last? | 八个月
            > And when does it start? | 6月10日
            > How many people attended the meeting? | 3.6万人
            = Which medicines can village doctors prescribe for chronic diseases? | 180种
            > Who chaired the conference? | 戚长庚主持
            """,
            """
            = 望海港的集装箱吞吐量是多少？ | 168万标箱
            > 会议由谁主持？ | 乔若谷主持
            > 他当场答应了什么？ | 7×24小时
            > 還有呢？ |
            = 桐溪县有多少个村卫生室？ | 136个
            > 那副省长说了什么？ | 简书禾
            """,
            """
            = 乡村教师座谈会上葛望舒说了什么？ | 600元
            > 谁参加了？ | 12名
            = 澜江古镇保护论坛发布了什么？ | 渡口倡议
            > 其中对租金有什么规定？ | 百分之五
            > 那测绘建档呢？ | 46处
            = 傅明川强调防汛要紧盯什么？ | 山洪灾害
            > 那市长呢？ | 2800万元
            """,
            """
            = Сколько станций будет на третьей линии метро? | 27.6公里
            > А когда она откроется? | 国庆节前
            > Кто проводил совещание? | 骆闻笙主持
            """,
            """
            = ¿Cuántos centros de salud rurales hay en Tongxi? | 136个
            > ¿Y quién presidió la reunión? | 戚长庚主持
            """,
            """
            = Wie hoch ist die Mindesthöhe für alte Häuser: was sagt die Dukou-Initiative? | 渡口倡议
            > Wo findet die nächste Konferenz statt? | 盐埠镇
            """,
            """
            = 地下鉄3号線の総投資額はいくらですか？ | 198亿元
            > 誰が会議を主宰しましたか？ | 骆闻笙主持
            """,
        ),
    )
)
