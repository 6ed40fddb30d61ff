"""Words that point at what was said before, and words that every question about a meeting may have.

Written as people type them, in lower case and simplified characters. A question of the second kind alone
("Who chaired the meeting?") does not say which meeting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one language. Every pattern is searched for in a folded question."""

    person: re.Pattern[str]
    """He and she: somebody who was named before."""
    thing: re.Pattern[str]
    """It, this, there: anything else that was named before."""
    more: re.Pattern[str]
    """What else: something other than what was shown."""
    ellipsis: re.Pattern[str]
    """A question that leaves out what it asks; the group "rest" is what is new in it."""
    usual: frozenset[str]
    """Words that tell nothing of the subject, besides those of `function_words`."""
    telling: frozenset[str]
    """Those of them that say what is wanted of a meeting: who chaired it, not only who."""


def _latin(person: str, thing: str, more: str, ellipsis: str, telling: str, asking: str = "") -> Cues:
    # A hyphen before a pronoun is French for an inverted one, whose noun stands before it.
    person, thing, more = (rf"(?<![\w-])(?:{words})(?!\w)" for words in (person, thing, more))
    return _cues(person, thing, more, rf"^[¿¡\s]*(?:{ellipsis})(?!\w)[\s,]*(?P<rest>.*)$", telling, asking)


def _cues(person: str, thing: str, more: str, ellipsis: str, telling: str, asking: str = "") -> Cues:
    return Cues(
        person=re.compile(person, re.IGNORECASE),
        thing=re.compile(thing, re.IGNORECASE),
        more=re.compile(more, re.IGNORECASE),
        ellipsis=re.compile(ellipsis, re.IGNORECASE),
        usual=frozenset(f"{telling} {asking}".split()),
        telling=frozenset(telling.split()),
    )


_MEETING = (
    "(?:meeting|conference|forum|event|article|report|campaign|project|plan|case|accident|one|day|time)"
)

CHINESE = _cues(
    r"(?<![其吉])[他她](?![们人国乡信日])",
    # 大会上 names a meeting, 会上 does not; 应该 and 因此 are words of their own.
    r"[他她它]们|它|(?<![因如彼为])此[次会事项外举]|(?<!应)该[会次项市省县校厂镇市活论行文地工事公]|这(?![些几一二两三五十]?年)|"
    r"那(?=[次个场位些里儿天边])|(?:^|[在于,，、\s还])会[上前后中](?!议)|其中|上述|前者|后者|上文|文中|文章里|"
    r"^其(?![实他它余])|当[天时](?!地)|同一",
    r"还(?!是|款|清|原)|另外|此外|其[他它余]|别的|更多|再[说讲详]|除此",
    r"^(?:那么?|至于|然后)?(?P<rest>[^?？。]{1,14}?)呢[?？!！。\s]*$|"
    r"^(?:那么?|至于)(?![次个场位些里儿天边])(?P<other>[^?？。]{1,8})[?？!！。\s]*$",
    "时间 地点 开会 讲话 发言 表态 强调 指出 要求 提出 表示 宣布 通报 报告 汇报 讨论 研究 考察 察看 查看 "
    "听取 批示 传达 学习 说 讲 谈 提到 认为 部署 安排 主持 主持人 出席 参加 参会 参与 召开 举行 举办 "
    "召集 进行 开始 结束 持续 为期 完成 实施 启动 开展 形式 方式 采取 采用 主题 议题 议程 目的 结果 决定 "
    "人数 人员 一共 总共 多少人 人参 发生 作出 做出 措施 意见 建议 看法 观点 任务 播放 下一步 来自 原因 "
    "到场 到会",
    "谁 什么 哪 哪些 哪个 哪位 哪里 哪儿 哪天 哪年 哪一 哪国 几个 几人 几天 几月 几号 几点 多少 多久 "
    "多长 多大 多高 多远 何时 何地 何人 怎么 怎样 怎么样 如何 为什么 为何 为啥 时候 什么时候 什么样 地方 "
    "是否 有没有 有无 可以 可能 应该 需要 会不会 是不是 请问 请 告诉 知道 想 能否 能不能 一下 详细 具体 "
    "介绍 说明 解释 方面 事情 关于 有关 相关 以及 并且 还有 还 另外 此外 其他 其它 别的 更多 除此 "
    "之外 以外 "
    "除此之外 然后 至于 那么 那 呢 吗 共 做 干 文章 报道 新闻 本报 记者 消息 这次 那次 这个 那个 这些 "
    "那些 那边 这里 那里 这场 此次 其中 上述 今天 现在 当天 当时 之后 之前 以后 以前 后来 接下来 名字 叫 "
    "姓 继续 没有 就是 到底 究竟 他们 她们 它们 大家 我们 你们 对此 为此 因此 同时 再次 分别 全部 所有 "
    "每个 各个 一个 一些 这样 那样 不是 但是 不过 所以 而且 或者 一样 再说 再讲 会议 大会 座谈会 会上 "
    "会后 会前 会中 与会 领导 同志 单位 部门 工作 活动 负责人 主要负责人 书记 省长 市长 县长 主席 总理 "
    "部长 主任 局长 副省长 副市长 省委书记 市委书记 县委书记 主要 内容 情况 问题 人",
)

_ENGLISH = _latin(
    "he|him|his|she|her|hers",
    rf"it|its|they|them|their|this|these|those|(?<!is )(?<!are )(?<!was )(?<!were )there|then|"
    rf"that(?=\W*$|'s|\s+{_MEETING}\b)|"
    r"the same|the (?:former|latter)|both",
    r"else|also|more(?! than)|another|others?|further|besides|in addition|anything|instead",
    "and what about|and how about|what about|how about|and|but|so|or|as for|then",
    "held hold holding take took taken place takes happen happened happens happening attend attended "
    "attends attendance participate participated participants participant people person persons name "
    "names chair chaired chairs preside presided presides host hosted say said says speak spoke speaks "
    "speech tell told talk talked mention mentioned stress stressed stresses emphasize emphasized "
    "emphasise emphasised point pointed demand demanded demands ask asked asks require required call "
    "called propose proposed open opens opened opening announce announced discuss discussed begin began "
    "start started starts starting end ended ends finish finished date day year month cost costs purpose "
    "result results decide decided decision form shown show played main",
    "about campaign project program programme plan action accident forum seminar meeting meetings "
    "conference conferences event leader leaders official officials last lasted long time times many "
    "much far often soon early late reason reasons way kind sort detail details anything something else "
    "also more another other others further besides addition instead please article report news there "
    "here now later next before afterwards same former latter both get got go went come came make made "
    "give gave given doing done let know thing things one ones whole total altogether exactly according",
)
_RUSSIAN = _latin(
    "он|она|они|его|её|ее|ему|ей|им|их|нём|нем|ней|нему|него|неё|нее",
    "они|их|им|них|это|этот|эта|этом|этой|этого|эту|этих|эти|там|тогда|оно",
    "ещё|еще|также|кроме|другие|другое|другой|дальше",
    "а|и|но|ну а|а как насчёт",
    "совещание совещании совещания заседание заседании конференция конференции мероприятие встреча "
    "собрание прошло прошла прошел проходит состоялось состоялась состоялся сказал сказала сказали "
    "подчеркнул подчеркнула отметил потребовал потребовала говорил говорилось участвовал участвовали "
    "участвовало участников участие людей человек провел провёл проводил вел вёл председательствовал "
    "долго времени длится длилось продлится начнется начнётся началось закончится какой форме ещё еще "
    "также кроме другие другое дальше год году день число стоит показали",
)
_SPANISH = _latin(
    "él|ella",
    r"ellos|ellas|eso|esto|ello|allí|ahí|"
    r"est[ea] (?:reunión|conferencia|evento)|es[ea] (?:reunión|conferencia|evento)",
    "qué más|algo más|también|otros?|otras?|además",
    "y|e|pero|qué hay de",
    "reunión conferencia evento acto celebró celebrado dijo dijeron destacó subrayó exigió pidió "
    "participaron participó asistieron asistió personas gente presidió dirigió duró dura durará empezó "
    "empieza empezará terminó tiempo fecha día año mes más también otro otros además forma formato "
    "cuesta costó pasó mostró",
)
_GERMAN = _latin(
    "er|sie|ihm|ihn",
    "ihnen|(?<!gibt )(?<!gab )es(?! gibt)(?! gab)|"
    "dies|dieses?|diese[rmn]?|dort|dabei|darüber|davon|dazu|damals|dessen|deren",
    "noch|außerdem|weitere[srn]?|sonst|andere[srn]?",
    "und|aber|oder|was ist mit|wie steht es mit",
    "sitzung treffen konferenz tagung versammlung veranstaltung statt stattgefunden fand sagte sagten "
    "gesagt betonte betont forderte fordert teilgenommen nahmen nahm teil teilnehmer personen leute "
    "menschen leitete leiten dauert dauerte lange beginnt begann anfang ende endet zeit datum tag jahr "
    "form kostet passiert gezeigt noch sonst öffnet eröffnet findet nächste nächsten nächster nächstes",
)
_FRENCH = _latin(
    "il(?! y a)|elle|lui",
    r"ils|elles|cela|ça|ceci|là|(?:ce|cette|cet) (?:réunion|conférence|événement|forum|article)",
    "encore|autre|autres|aussi|d'autre|de plus|en outre",
    "et|mais|ou|qu'en est-il de",
    "réunion conférence événement lieu tenue tenu dit déclaré souligné exigé demandé participé assisté "
    "participants personnes gens présidé dirigé dure durera duré longtemps temps commence commencé "
    "commencera fini date jour année forme coûte coûté passé montré encore autre autres aussi",
)
_ITALIAN = _latin(
    "lui|lei|egli",
    "loro|questo|questa|ciò|lì|là|quella riunione|questa riunione",
    "altro|ancora|anche|inoltre|altri|altre",
    "e|ma|o|che dire di",
    "riunione conferenza evento tenuta tenuto detto dichiarato sottolineato chiesto partecipato "
    "partecipanti persone gente presieduto dura durerà durato tempo inizia iniziato finisce data giorno "
    "anno forma altro ancora costa",
)
_PORTUGUESE = _latin(
    "ele|ela|dele|dela",
    "eles|elas|deles|delas|isso|isto|lá|ali|nesta reunião|nessa reunião|esta reunião|essa reunião",
    "o que mais|algo mais|também|outros?|outras?|além",
    "e|mas|e quanto a",
    "reunião conferência evento realizada realizado disse disseram destacou exigiu participaram "
    "participou pessoas gente presidiu durou dura durará começou começa começará terminou tempo data dia "
    "ano forma mais outro custou",
)
_DUTCH = _latin(
    "hij|zij|ze|hem|haar",
    "hun|dit|deze|daar|toen",
    "nog|verder|anders|andere",
    "en|maar|en hoe zit het met",
    "vergadering bijeenkomst conferentie gehouden plaats zei gezegd benadrukte eiste deelgenomen "
    "deelnemers mensen personen leidde duurt duurde lang begint begon eind tijd datum dag jaar vorm kost "
    "nog verder",
)
_TURKISH = _latin(
    "onun|ona|onu|kendisi",
    "onlar|bu|şu|orada|bunun|bunu|o toplantı",
    "başka|ayrıca|daha",
    "peki|ya|ve",
    "toplantı toplantıya toplantıda toplantıyı konferans yapıldı dedi söyledi vurguladı istedi katıldı "
    "katılan kişi insan başkanlık yönetti sürdü sürecek sürer başladı başlayacak bitti tarih gün yıl "
    "şekilde başka",
)
_POLISH = _latin(
    "jego|jej|jemu|im|nim|nią",
    "oni|to|ten|ta|tym|tam|wtedy",
    "jeszcze|także|inne|inni|oprócz",
    "a|i|ale|a co z",
    "spotkanie spotkaniu zebranie konferencja narada odbyło odbyła powiedział powiedziała podkreślił "
    "podkreśliła uczestniczyło uczestników osób ludzi prowadził przewodniczył trwa trwało potrwa "
    "rozpocznie zaczęło data dzień rok",
)
_JAPANESE = _cues(
    "彼女?(?!岸)",
    "それ|その|そこ|この|これ|ここ|あの|当日|同[会日]",
    "他に|他の|ほか|さらに|もっと|また",
    "^(?:では|じゃあ|それでは|で)?[、,]?(?P<rest>[^?？。]{1,12}?)(?:は|も)[?？。\\s]*$",
    "会議 大会 会合 主催 主宰 開催 出席 参加 参加者 人 強調 発言 指摘 要求 述べ 言い 行わ 期間 時間 開始 "
    "終了 形式 何人 誰 どんな いつ どこ ですか ました でした ましたか しましたか されましたか しました",
)
_KOREAN = _cues(
    "그(?:는|가|의|녀|들|분)(?![가-힣])",
    "그것|거기|이것|그 (?:회의|행사)|이 (?:회의|행사)|이번",
    "(?<![가-힣])(?:또|더|다른|그 ?밖에|그 ?외에)(?![가-힣])",
    "^(?:그럼|그러면|그리고)[\\s,]*(?P<rest>.*)$",
    "회의 회의는 회의에 회의를 대회 참석 참석했 강조했 말했 주재했 열렸 개최 얼마나 몇 명 명이 언제 시작 "
    "누가 오래",
)
_ARABIC = _cues(
    r"(?<!\w)(?:له|لها|عنه|عنها)(?!\w)",
    r"(?<!\w)(?:هذا|هذه|ذلك|تلك|هناك|فيه|فيها)(?!\w)",
    r"(?<!\w)(?:أيضا|أيضًا|آخر|أخرى|غير|المزيد)(?!\w)",
    r"^(?:ماذا عن|وماذا عن|و)\s*(?P<rest>.*)$",
    "الاجتماع اجتماع المؤتمر مؤتمر عقد قال أكد شدد طالب حضر شارك ترأس رأس الناس شخص شخصا استمر تستمر "
    "يبدأ بدأ موعد شكل وكم وماذا ومن ومتى مدة المدة",
)
_THAI = _cues("เขา|เธอ|ท่าน", "มัน|นั้น|นี้|ที่นั่น", "อีก|อื่น|นอกจาก", "^แล้ว\\s*(?P<rest>.*)$", "ประชุม การประชุม")

_LATIN = (
    _ENGLISH,
    _SPANISH,
    _GERMAN,
    _FRENCH,
    _ITALIAN,
    _PORTUGUESE,
    _DUTCH,
    _TURKISH,
    _POLISH,
)
_BY_SCRIPT = (
    (re.compile("[\u3040-\u30ff]"), _JAPANESE),
    (re.compile("[\uac00-\ud7af]"), _KOREAN),
    (re.compile("[\u0400-\u04ff]"), _RUSSIAN),
    (re.compile("[\u0600-\u06ff]"), _ARABIC),
    (re.compile("[\u0e00-\u0e7f]"), _THAI),
    (re.compile("[\u3400-\u9fff]"), CHINESE),
)
# What tells the languages in Latin letters apart, in the order of _LATIN: the words that questions begin with
# and the small ones that they can hardly do without.
_MARKS = tuple(
    frozenset(words.split())
    for words in (
        "what who whom whose when where why which how did does do is are was were the of to for and he "
        "she it they "
        "will would there this that about",
        "qué quién quiénes cuándo dónde cuánto cuánta cuántos cuántas cómo cuál por el los las fue "
        "fueron y él en es "
        "ella se está",
        "was wer wie wann wo warum welche welcher welches der die das den dem und ist hat wurde wurden "
        "er sie es nicht "
        "wird noch viele",
        "que qui quand où combien comment pourquoi quel quelle quels quelles le la les des et est "
        "a-t-il a-t-elle il "
        "elle qu'est-ce encore dit",
        "che chi cosa quando dove quanto quanti quanta quante perché come il lo gli della e è ha lui "
        "lei altro",
        "que quem quando onde quanto quantos quantas como por o os as do da foi e ele ela mais em",
        "wat wie wanneer waar waarom hoe welke het een en is heeft werd hij zij ze nog veel",
        "ne kim nerede zaman nasıl kaç neden hangi ve mi mı mu bu peki ya başka kadar",
        "co kto kiedy gdzie dlaczego ile jak jaki jaka czy się i a on ona jeszcze długo",
    )
)
# Words that ask, in all of them: what has one is a whole question.
_ASKING = frozenset(
    """
    what who whom whose when where why which how кто что когда где куда почему зачем сколько какой какая
    какие какую каком какого чем чему кем qué quién quiénes cuándo dónde cuánto cuánta cuántos cuántas
    cómo cuál cuáles wer was wann wo wie warum wieso welche welcher welches welchen wem wen qui que quoi
    quand où comment pourquoi combien quel quelle quels quelles chi cosa quando dove quanto quanti quanta
    quante quale quali perché quem qual quais onde quantos quantas wie wat wanneer waar waarom hoe welke
    hoeveel kim kimin ne nerede zaman nasıl neden kaç hangi kto co kiedy gdzie dlaczego ile jak jaki jaka
    jakie من ماذا متى أين كم كيف لماذا ما 누가 누구 언제 어디 무엇 얼마나 몇 어떻게
    """.split()  # noqa: SIM905  a list of words
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COURTESY = re.compile(
    r"(?:谢谢\w{0,2}|多谢|感谢|你好|您好|好的?|嗯+|哦+|再见|"
    r"ok(?:ay)?|yes|no|thanks?|thank you|thx|hi|hello|bye|"
    r"спасибо|привет|gracias|hola|danke|hallo|merci|bonjour|grazie|ciao|obrigad[oa]|olá|"
    r"ありがとう\w*|こんにちは|감사합니다|안녕하세요|شكرا|مرحبا)"
    r"[\s!！.。,，~～]*",
    re.IGNORECASE,
)


def cues_of(question: str) -> Cues:
    """Return the cues of the language that a folded question is most likely in, English where unclear."""
    for script, cues in _BY_SCRIPT:
        if script.search(question):
            return cues
    words = _WORD.findall(question.casefold())
    votes = [sum(word in marks for word in words) for marks in _MARKS]
    return _LATIN[votes.index(max(votes))]


def is_courtesy(question: str) -> bool:
    """Tell whether a folded question asks nothing: a greeting, a word of thanks, a bare "?"."""
    return _COURTESY.fullmatch(question.strip()) is not None or not _WORD.search(question)


def has_asking_word(text: str) -> bool:
    """Return whether a text in another language than Chinese has a word that asks."""
    return any(word in _ASKING for word in _WORD.findall(text.casefold()))
