"""Everything the Telegram bot says of its own accord, in every language it speaks.

The texts are Telegram HTML; what stands in braces is filled in by `telegram_rendering`. A new language is
one more `Texts` and one more line in `LANGUAGES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of one language. A missing one is a type error."""

    start: str
    help: str
    """Takes {bot}, the bot's user name."""
    usage: str
    command_start: str
    command_help: str
    command_ask: str
    command_new: str

    language: str
    """What the language calls itself."""
    language_of_telegram: str
    choose_language: str
    language_chosen: str
    """A pressed button says so too, as do slow_down and thanks_...: plain text of at most 200 units."""
    command_latest: str
    command_articles: str
    command_lang: str
    command_stats: str
    command_forget: str
    command_reindex: str
    command_health: str
    command_ban: str
    command_unban: str

    not_for_you: str
    """Takes {id}, that of the user."""
    slow_down: str
    """Takes {seconds}."""
    thanks_good: str
    thanks_bad: str
    newest: str
    by_month: str
    without_date: str
    number_of_articles: str
    button_months: str
    stats_index: str
    stats_dates: str
    stats_questions: str
    stats_you: str
    stats_people: str
    all_forgotten: str

    ban_usage: str
    unban_usage: str
    banned: str
    unbanned: str
    not_banned: str
    not_to_ban: str
    index_started: str
    index_busy: str
    index_done: str
    index_unchanged: str
    index_failed: str
    health: str

    command_alerts: str
    stats_alerts: str
    alerts_none: str
    alerts_yours: str
    alerts_stop_all: str
    """Takes {count}, as do alerts_all_stopped and alert_more."""
    alerts_all_stopped: str
    alerts_not_kept: str
    alert_kept: str
    """Takes {question}. What is plain text here may be told by a pressed button."""
    alert_noted: str
    alert_kept_already: str
    alert_too_many: str
    """Takes {limit}."""
    alert_present: str
    alert_nothing_yet: str
    alert_more: str
    alert_stopped: str
    alert_of_another: str
    quiet_is: str
    """Takes {hours} and {zone}."""
    quiet_none: str
    quiet_usage: str
    button_stop_alert: str
    button_stop_all: str
    button_tell_me: str
    command_upload: str
    upload_help: str
    """Takes {kinds} and {limit}, in MB."""
    upload_off: str
    upload_text: str
    """What a text is called that came without a name; a plain word, as is upload_file."""
    upload_file: str
    upload_reading: str
    """Takes {name}, as do most of the next."""
    upload_indexing: str
    upload_done: str
    """Takes {name}, {articles}, {paragraphs} and {generation}."""
    upload_again: str
    upload_known: str
    upload_known_from: str
    """Takes {sources}."""
    upload_paragraphs: str
    upload_more: str
    upload_problems: str
    upload_there: str
    """Takes {name} and {file}."""
    upload_refused: str
    """Takes {name} and {reason}."""
    upload_too_large: str
    upload_not_stored: str
    upload_not_indexed: str
    """Takes {reason}."""
    upload_stopped: str
    upload_edited: str
    upload_undoing: str
    upload_undone: str
    upload_undone_before: str
    """A pressed button says so: plain text of at most 200 units."""
    upload_not_undone: str
    """Takes {reason}; said by a pressed button."""
    button_undo: str

    nothing_relevant: str
    closest: str
    untitled: str
    follows: str
    """Takes {headline}, that of the article that was being talked of."""
    forgotten: str
    searched: str
    """Takes {time}, as in 2019-11-20; so do the next two. {date}, of the third, is as the user wrote it."""
    nothing_of: str
    undated: str
    impossible: str

    unsure: str
    others: str
    no_others: str
    button_more: str
    button_whole: str
    button_others: str
    button_back: str
    button_file: str
    sent_as_file: str
    question_gone: str
    """What a pressed button says, as do the next three: plain text of at most 200 units."""
    article_gone: str
    searched_anew: str
    button_gone: str
    inline_empty: str
    """What stands above the results of an inline query, as does the next: plain text."""
    inline_nothing: str
    inline_usage: str
    """Takes {bot}."""
    button_inline: str

    no_articles: str
    too_long: str
    """Takes {limit}, in characters."""
    cannot_search: str
    text_only: str
    not_heard: str
    not_seen: str
    unknown_command: str
    trouble: str

    full_date: str
    """Takes {year}, {month} and {day}; the next four take what they name."""
    month_and_day: str
    year_and_month: str
    month_only: str
    year_only: str
    months: tuple[str, ...]
    """What {month} becomes, January first."""


_MONTH_NUMBERS = tuple(str(month) for month in range(1, 13))

_ZH = Texts(
    start=(
        "我是<b>会问</b>。我在报纸文章里查找会议报道，用文章原文回答您的问题。\n\n"
        "直接发来一个问题就可以，例如：\n"
        "• 警示教育大会是哪天召开的？\n"
        "• 省委书记在会上强调了什么？\n\n"
        "用中文或其他语言提问都行。用法见 /help"
    ),
    help=(
        "<b>提问</b>\n"
        "• 私聊：直接发送问题\n"
        "• 群组：/ask 问题，或 @{bot} 问题，或回复我的消息\n"
        "• 任何聊天：输入 @{bot} 问题，选一条发出去\n\n"
        "<b>回答</b>\n"
        "我只摘录文章原文，最切题的句子用粗体标出，并附标题、日期和来源。"
        "文章里没有相关内容时，我会直说，不会编造。"
        "用下面的按钮翻看其他段落、上下文、全文和其他报道；改了问题，回答也跟着改。\n\n"
        "<b>追问</b>\n"
        "可以接着问“他还强调了什么？”“那市长呢？”，或回复我的某条回答追问；换话题用 /new\n\n"
        "<b>浏览</b>\n"
        "/latest 最新的报道，/articles 按月份，/lang 语言，/forget 删除您的记录\n"
        "/alerts 化工园区 安全：有新报道讲到它时告诉您\n\n"
        "问题里写上人名、地点、会议名称或日期，会找得更准。"
    ),
    usage="请把问题写在命令后面，例如：\n/ask 警示教育大会是哪天召开的？",
    command_start="我能做什么",
    command_help="怎样提问",
    command_ask="查找会议报道",
    command_new="换个话题",
    language="简体中文",
    language_of_telegram="与 Telegram 相同",
    choose_language="请选择我说话的语言。提问用什么语言都行。",
    language_chosen="好，以后用简体中文。",
    command_latest="最新的报道",
    command_articles="按月份看报道",
    command_lang="语言 · language",
    command_stats="收录了多少报道",
    command_forget="删除我的记录",
    command_reindex="更新索引",
    command_health="运行状况",
    command_ban="停止某人使用",
    command_unban="恢复某人使用",
    not_for_you="这个机器人不对所有人开放。您的编号是 <code>{id}</code>，请告诉管理它的人。",
    slow_down="您问得太快了，请过 {seconds} 秒再问。",
    thanks_good="谢谢！",
    thanks_bad="谢谢，记下了。",
    newest="最新的报道",
    by_month="各月的报道",
    without_date="没有日期",
    number_of_articles="{articles} 篇",
    button_months="🗓 按月份",
    stats_index="<b>{articles}</b> 篇报道，{passages} 段（第 {generation} 代索引，{created}）",
    stats_dates="最早 {first}，最新 {last}",
    stats_questions="启动以来有 {questions} 个问题",
    stats_you="您的编号是 <code>{id}</code>，语言：{language}",
    stats_people="保存的记录：👍 {good}，👎 {bad}；{languages} 人选了语言；{bans} 个禁用",
    all_forgotten="您的记录都已删除：语言设置、提醒、{feedback} 条评价和上下文。",
    ban_usage=(
        "写上编号，例如 /ban 123456789，或者用 /ban 回复那人的消息。群组的编号是负数。\n已禁用：{banned}"
    ),
    unban_usage="写上编号，例如 /unban 123456789",
    banned="已禁用 <code>{id}</code>",
    unbanned="已恢复 <code>{id}</code>",
    not_banned="<code>{id}</code> 没有被禁用",
    not_to_ban="<code>{id}</code> 是管理员或我自己，不能禁用",
    index_started="正在更新索引，完成后告诉您。",
    index_busy="正在更新索引。",
    index_done=(
        "索引已更新：第 {generation} 代，{articles} 篇，{passages} 段，用了 {seconds} 秒。"
        "文件：新增 {added}，变更 {changed}，移除 {removed}，有问题 {failed}"
    ),
    index_unchanged=(
        "没有新文章，第 {generation} 代照常使用（{articles} 篇，{passages} 段；有问题的文件 {failed}）"
    ),
    index_failed="索引没有更新：{reason}",
    health="已运行 {up}\n索引：{index}\n启动以来有 {questions} 个问题\n磁盘剩余 {free}",
    command_alerts="有新报道时告诉我",
    stats_alerts="保存的提醒：{alerts} 个",
    alerts_none="您还没有提醒。例如：/alerts 化工园区 安全",
    alerts_yours="您的提醒",
    alerts_stop_all="停止您的全部 {count} 个提醒吗？",
    alerts_all_stopped="已停止 {count} 个提醒。",
    alerts_not_kept="这里不提供提醒。",
    alert_kept="好，有新报道讲到“{question}”时告诉您。/alerts 可以查看和停止。",
    alert_noted="好，有新报道时告诉您。/alerts 可以查看和停止。",
    alert_kept_already="这个提醒已经有了。/alerts 可以查看和停止。",
    alert_too_many="最多可以有 {limit} 个提醒，请先停止一个：/alerts",
    alert_present="现有的报道里最切题的：",
    alert_nothing_yet="现有的报道里还没有。",
    alert_more="还有 {count} 篇",
    alert_stopped="这个提醒已停止。",
    alert_of_another="这是别人的提醒，只有本人或管理员可以停止。",
    quiet_is="免打扰：{hours}{zone}，期间的新报道到点后再告诉您。/alerts quiet off 取消",
    quiet_none="免打扰：没有。例如 /alerts quiet 22-7",
    quiet_usage="请写上时间，例如 /alerts quiet 22-7；取消用 /alerts quiet off",
    button_stop_alert="🔕 停止这个提醒",
    button_stop_all="全部停止",
    button_tell_me="🔔 有了告诉我",
    command_upload="添加文章",
    upload_help=(
        "发来文件（{kinds}，不超过 {limit} MB），就会加入文章库；转发的文章和超过 1000 字的文字也会。\n"
        "较短的文字，请写在 /upload 后面，或用 /upload 回复那条消息。\n每次都会告诉您读出了什么，并可撤销。"
    ),
    upload_off="没有开启添加文章（telegram.upload_mb 为 0）。",
    upload_text="文字",
    upload_file="文件",
    upload_reading="正在读取 {name} …",
    upload_indexing="{name} 已保存，正在编入索引 …",
    upload_done="{name} 已加入文章库：{articles} 篇，{paragraphs} 段（第 {generation} 代索引）",
    upload_again="这份内容以前已经发来过，没有重复添加。",
    upload_known="文章库里已有这一篇",
    upload_known_from="文章库里已有这一篇：{sources}",
    upload_paragraphs="{paragraphs} 段",
    upload_more="……还有 {count} 篇",
    upload_problems="没有读全：",
    upload_there="{name} 已在文章库里：{file}。没有重复添加。",
    upload_refused="没有添加 {name}：{reason}",
    upload_too_large="没有添加 {name}：文件太大，不能超过 {limit} MB。请拆分后再发。",
    upload_not_stored="没有添加 {name}：无法保存（{reason}）。请排除故障后再发。",
    upload_not_indexed="文件已保存，但索引没有更新：{reason}\n下次更新索引时会再试，也可以用 /reindex",
    upload_stopped="{name} 还没有保存，我就被中断了。请重新发送。",
    upload_edited="改动没有采用。请先撤销，再发送改好的文章。",
    upload_undoing="正在撤销 …",
    upload_undone="已撤销：文件已从文章库移出，另行保存。",
    upload_undone_before="已经撤销过了。",
    upload_not_undone="没能撤销：{reason}",
    button_undo="↩ 撤销",
    nothing_relevant="文章里没有找到与这个问题相关的内容。",
    closest="最接近的报道：",
    untitled="（无标题）",
    follows="承上文：{headline}",
    forgotten="好，换个话题。前面的问答不再参考。",
    searched="只查 {time}",
    nothing_of="没有 {time} 的报道。",
    undated="没有注明日期为 {time} 的报道；以下报道没有日期。",
    impossible="“{date}”不是一个日期，所以没有查找。请改正后再问。",
    unsure="不太确定，仅供参考：",
    others="其他相关报道：",
    no_others="没有找到其他相关报道。",
    button_more="上下文",
    button_whole="全文",
    button_others="其他报道",
    button_back="‹ 返回",
    button_file="发送文件",
    sent_as_file="全文较长，以文件发送。",
    question_gone="原来的问题已经看不到了，请重新提问。",
    article_gone="这篇报道已不在文章库里，请重新提问。",
    searched_anew="文章有更新，已重新查找。",
    button_gone="这个按钮已失效，请重新提问。",
    inline_empty="输入问题，查找会议报道",
    inline_nothing="没有找到相关内容，点此私聊提问",
    inline_usage=(
        "在任何聊天里输入 @{bot}、一个空格和问题，例如：\n"
        "<code>@{bot} 警示教育大会是哪天召开的？</code>\n"
        "输入框上方会列出相关段落，选一条，就发到那个聊天里。\n\n"
        "也可以在这里直接问我，还能看上下文和全文。"
    ),
    button_inline="去聊天里提问",
    no_articles="还没有可以查找的文章，请稍后再问。",
    too_long="这个问题太长了。请用一两句话提问，不超过 {limit} 个字符。",
    cannot_search="这个问题里没有可以查找的文字，请换一种说法。",
    text_only="我只能读文字。请把问题打成文字发给我。",
    not_heard="我还听不懂语音和音频，只能读文字。请把问题打成文字发给我。",
    not_seen="我看不懂图片、视频和贴纸，只能读文字。请把问题打成文字发给我。",
    unknown_command="我不认识这个命令。用法见 /help",
    trouble="抱歉，出了点问题，这次没能回答。请稍后再试。",
    full_date="{year}年{month}月{day}日",
    month_and_day="{month}月{day}日",
    year_and_month="{year}年{month}月",
    month_only="{month}月",
    year_only="{year}年",
    months=_MONTH_NUMBERS,
)

_ZH_HANT = Texts(
    start=(
        "我是<b>會問</b>。我在報紙文章裡查找會議報道，用文章原文回答您的問題。\n\n"
        "直接傳來一個問題就可以，例如：\n"
        "• 警示教育大會是哪天召開的？\n"
        "• 省委書記在會上強調了什麼？\n\n"
        "用中文或其他語言提問都行。用法見 /help"
    ),
    help=(
        "<b>提問</b>\n"
        "• 私聊：直接傳送問題\n"
        "• 群組：/ask 問題，或 @{bot} 問題，或回覆我的訊息\n"
        "• 任何聊天：輸入 @{bot} 問題，選一則發出去\n\n"
        "<b>回答</b>\n"
        "我只摘錄文章原文，最切題的句子用粗體標出，並附標題、日期和來源。"
        "文章裡沒有相關內容時，我會直說，不會編造。"
        "用下面的按鈕翻看其他段落、上下文、全文和其他報道；改了問題，回答也跟著改。\n\n"
        "<b>追問</b>\n"
        "可以接著問「他還強調了什麼？」「那市長呢？」，或回覆我的某則回答追問；換話題用 /new\n\n"
        "<b>瀏覽</b>\n"
        "/latest 最新的報道，/articles 按月份，/lang 語言，/forget 刪除您的記錄\n"
        "/alerts 化工園區 安全：有新報道講到它時告訴您\n\n"
        "問題裡寫上人名、地點、會議名稱或日期，會找得更準。"
    ),
    usage="請把問題寫在指令後面，例如：\n/ask 警示教育大會是哪天召開的？",
    command_start="我能做什麼",
    command_help="怎樣提問",
    command_ask="查找會議報道",
    command_new="換個話題",
    language="繁體中文",
    language_of_telegram="與 Telegram 相同",
    choose_language="請選擇我說話的語言。提問用什麼語言都行。",
    language_chosen="好，以後用繁體中文。",
    command_latest="最新的報道",
    command_articles="按月份看報道",
    command_lang="語言 · language",
    command_stats="收錄了多少報道",
    command_forget="刪除我的記錄",
    command_reindex="更新索引",
    command_health="執行狀況",
    command_ban="停止某人使用",
    command_unban="恢復某人使用",
    not_for_you="這個機器人不對所有人開放。您的編號是 <code>{id}</code>，請告訴管理它的人。",
    slow_down="您問得太快了，請過 {seconds} 秒再問。",
    thanks_good="謝謝！",
    thanks_bad="謝謝，記下了。",
    newest="最新的報道",
    by_month="各月的報道",
    without_date="沒有日期",
    number_of_articles="{articles} 篇",
    button_months="🗓 按月份",
    stats_index="<b>{articles}</b> 篇報道，{passages} 段（第 {generation} 代索引，{created}）",
    stats_dates="最早 {first}，最新 {last}",
    stats_questions="啟動以來有 {questions} 個問題",
    stats_you="您的編號是 <code>{id}</code>，語言：{language}",
    stats_people="保存的記錄：👍 {good}，👎 {bad}；{languages} 人選了語言；{bans} 個停用",
    all_forgotten="您的記錄都已刪除：語言設定、提醒、{feedback} 則評價和上下文。",
    ban_usage=(
        "寫上編號，例如 /ban 123456789，或者用 /ban 回覆那人的訊息。群組的編號是負數。\n已停用：{banned}"
    ),
    unban_usage="寫上編號，例如 /unban 123456789",
    banned="已停用 <code>{id}</code>",
    unbanned="已恢復 <code>{id}</code>",
    not_banned="<code>{id}</code> 沒有被停用",
    not_to_ban="<code>{id}</code> 是管理員或我自己，不能停用",
    index_started="正在更新索引，完成後告訴您。",
    index_busy="正在更新索引。",
    index_done=(
        "索引已更新：第 {generation} 代，{articles} 篇，{passages} 段，用了 {seconds} 秒。"
        "檔案：新增 {added}，變更 {changed}，移除 {removed}，有問題 {failed}"
    ),
    index_unchanged=(
        "沒有新文章，第 {generation} 代照常使用（{articles} 篇，{passages} 段；有問題的檔案 {failed}）"
    ),
    index_failed="索引沒有更新：{reason}",
    health="已執行 {up}\n索引：{index}\n啟動以來有 {questions} 個問題\n磁碟剩餘 {free}",
    command_alerts="有新報道時告訴我",
    stats_alerts="保存的提醒：{alerts} 個",
    alerts_none="您還沒有提醒。例如：/alerts 化工園區 安全",
    alerts_yours="您的提醒",
    alerts_stop_all="停止您的全部 {count} 個提醒嗎？",
    alerts_all_stopped="已停止 {count} 個提醒。",
    alerts_not_kept="這裡不提供提醒。",
    alert_kept="好，有新報道講到「{question}」時告訴您。/alerts 可以檢視和停止。",
    alert_noted="好，有新報道時告訴您。/alerts 可以檢視和停止。",
    alert_kept_already="這個提醒已經有了。/alerts 可以檢視和停止。",
    alert_too_many="最多可以有 {limit} 個提醒，請先停止一個：/alerts",
    alert_present="現有的報道裡最切題的：",
    alert_nothing_yet="現有的報道裡還沒有。",
    alert_more="還有 {count} 篇",
    alert_stopped="這個提醒已停止。",
    alert_of_another="這是別人的提醒，只有本人或管理員可以停止。",
    quiet_is="免打擾：{hours}{zone}，期間的新報道到點後再告訴您。/alerts quiet off 取消",
    quiet_none="免打擾：沒有。例如 /alerts quiet 22-7",
    quiet_usage="請寫上時間，例如 /alerts quiet 22-7；取消用 /alerts quiet off",
    button_stop_alert="🔕 停止這個提醒",
    button_stop_all="全部停止",
    button_tell_me="🔔 有了告訴我",
    command_upload="新增文章",
    upload_help=(
        "傳來檔案（{kinds}，不超過 {limit} MB），就會加入文章庫；轉傳的文章和超過 1000 字的文字也會。\n"
        "較短的文字，請寫在 /upload 後面，或用 /upload 回覆那則訊息。\n每次都會告訴您讀出了什麼，並可復原。"
    ),
    upload_off="沒有開啟新增文章（telegram.upload_mb 為 0）。",
    upload_text="文字",
    upload_file="檔案",
    upload_reading="正在讀取 {name} …",
    upload_indexing="{name} 已保存，正在編入索引 …",
    upload_done="{name} 已加入文章庫：{articles} 篇，{paragraphs} 段（第 {generation} 代索引）",
    upload_again="這份內容以前已經傳來過，沒有重複新增。",
    upload_known="文章庫裡已有這一篇",
    upload_known_from="文章庫裡已有這一篇：{sources}",
    upload_paragraphs="{paragraphs} 段",
    upload_more="……還有 {count} 篇",
    upload_problems="沒有讀全：",
    upload_there="{name} 已在文章庫裡：{file}。沒有重複新增。",
    upload_refused="沒有新增 {name}：{reason}",
    upload_too_large="沒有新增 {name}：檔案太大，不能超過 {limit} MB。請拆分後再傳。",
    upload_not_stored="沒有新增 {name}：無法保存（{reason}）。請排除故障後再傳。",
    upload_not_indexed="檔案已保存，但索引沒有更新：{reason}\n下次更新索引時會再試，也可以用 /reindex",
    upload_stopped="{name} 還沒有保存，我就被中斷了。請重新傳送。",
    upload_edited="改動沒有採用。請先復原，再傳送改好的文章。",
    upload_undoing="正在復原 …",
    upload_undone="已復原：檔案已從文章庫移出，另行保存。",
    upload_undone_before="已經復原過了。",
    upload_not_undone="沒能復原：{reason}",
    button_undo="↩ 復原",
    nothing_relevant="文章裡沒有找到與這個問題相關的內容。",
    closest="最接近的報道：",
    untitled="（無標題）",
    follows="承上文：{headline}",
    forgotten="好，換個話題。前面的問答不再參考。",
    searched="只查 {time}",
    nothing_of="沒有 {time} 的報道。",
    undated="沒有註明日期為 {time} 的報道；以下報道沒有日期。",
    impossible="「{date}」不是一個日期，所以沒有查找。請改正後再問。",
    unsure="不太確定，僅供參考：",
    others="其他相關報道：",
    no_others="沒有找到其他相關報道。",
    button_more="上下文",
    button_whole="全文",
    button_others="其他報道",
    button_back="‹ 返回",
    button_file="傳送檔案",
    sent_as_file="全文較長，以檔案傳送。",
    question_gone="原來的問題已經看不到了，請重新提問。",
    article_gone="這篇報道已不在文章庫裡，請重新提問。",
    searched_anew="文章有更新，已重新查找。",
    button_gone="這個按鈕已失效，請重新提問。",
    inline_empty="輸入問題，查找會議報道",
    inline_nothing="沒有找到相關內容，點此私訊提問",
    inline_usage=(
        "在任何聊天裡輸入 @{bot}、一個空格和問題，例如：\n"
        "<code>@{bot} 警示教育大會是哪天召開的？</code>\n"
        "輸入框上方會列出相關段落，選一則，就發到那個聊天裡。\n\n"
        "也可以在這裡直接問我，還能看上下文和全文。"
    ),
    button_inline="去聊天裡提問",
    no_articles="還沒有可以查找的文章，請稍後再問。",
    too_long="這個問題太長了。請用一兩句話提問，不超過 {limit} 個字元。",
    cannot_search="這個問題裡沒有可以查找的文字，請換一種說法。",
    text_only="我只能讀文字。請把問題打成文字傳給我。",
    not_heard="我還聽不懂語音和音訊，只能讀文字。請把問題打成文字傳給我。",
    not_seen="我看不懂圖片、影片和貼圖，只能讀文字。請把問題打成文字傳給我。",
    unknown_command="我不認識這個指令。用法見 /help",
    trouble="抱歉，出了點問題，這次沒能回答。請稍後再試。",
    full_date="{year}年{month}月{day}日",
    month_and_day="{month}月{day}日",
    year_and_month="{year}年{month}月",
    month_only="{month}月",
    year_only="{year}年",
    months=_MONTH_NUMBERS,
)

_EN = Texts(
    start=(
        "I am <b>会问</b> (huiwen). I look for meetings in newspaper articles and answer with the articles' "
        "own words.\n\n"
        "Just send me a question, for example:\n"
        "• When was the warning education conference held?\n"
        "• What did the provincial party secretary stress?\n\n"
        "Ask in Chinese or in your own language. /help says more."
    ),
    help=(
        "<b>Asking</b>\n"
        "• In private: just send the question\n"
        "• In groups: /ask question, or @{bot} question, or reply to one of my messages\n"
        "• In any chat: type @{bot} question and choose what to post\n\n"
        "<b>Answers</b>\n"
        "I quote the articles, with the sentence that fits best in bold, and give headline, date and source. "
        "When the articles say nothing about it I tell you so; I never make anything up. "
        "The buttons beneath lead to other passages, to what stands around this one, to the whole article "
        "and to others. Edit your question, and its answer changes with it.\n\n"
        "<b>Following up</b>\n"
        "Go on with “What else did he stress?” or “And the mayor?”, or reply to one of my answers; "
        "/new changes the subject.\n\n"
        "<b>Reading</b>\n"
        "/latest shows the newest articles, /articles all by month; /lang changes the language, "
        "/forget deletes what is kept of you.\n"
        "/alerts chemical park safety: be told when a new article is about it\n\n"
        "Names of people, places and meetings, and dates, help me to find the right one."
    ),
    usage="Write the question after the command, for example:\n/ask When was the conference held?",
    command_start="What I can do",
    command_help="How to ask",
    command_ask="Look for a meeting in the articles",
    command_new="Change the subject",
    language="English",
    language_of_telegram="As in Telegram",
    choose_language="Which language shall I speak? You may ask in any.",
    language_chosen="Very well, English from now on.",
    command_latest="The newest articles",
    command_articles="Articles by month",
    command_lang="Language · 语言",
    command_stats="How much there is to read",
    command_forget="Delete what is kept of me",
    command_reindex="Bring the index up to date",
    command_health="How the bot is doing",
    command_ban="Stop somebody from using the bot",
    command_unban="Let somebody use the bot again",
    not_for_you=(
        "This bot is not open to everybody. Your number is <code>{id}</code>; "
        "please tell it to whoever runs it."
    ),
    slow_down="You are asking very fast. Please wait {seconds} s.",
    thanks_good="Thank you!",
    thanks_bad="Thank you, I have noted it.",
    newest="The newest articles",
    by_month="Articles by month",
    without_date="without a date",
    number_of_articles="{articles} articles",
    button_months="🗓 By month",
    stats_index="<b>{articles}</b> articles, {passages} passages (generation {generation} of {created})",
    stats_dates="From {first} to {last}",
    stats_questions="{questions} questions since I was started",
    stats_you="Your number is <code>{id}</code>; language: {language}",
    stats_people="Kept: 👍 {good}, 👎 {bad}; {languages} chosen languages; {bans} bans",
    all_forgotten=(
        "All that was kept of you is deleted: the language, alerts, {feedback} ratings, "
        "and what we talked of."
    ),
    ban_usage=(
        "Write the number, as in /ban 123456789, or reply with /ban to a message of theirs. "
        "Groups have negative numbers.\nBanned: {banned}"
    ),
    unban_usage="Write the number, as in /unban 123456789",
    banned="<code>{id}</code> is banned.",
    unbanned="<code>{id}</code> may use the bot again.",
    not_banned="<code>{id}</code> was not banned.",
    not_to_ban="<code>{id}</code> is an admin, or I myself, and cannot be banned.",
    index_started="The index is being brought up to date; I shall tell you what comes of it.",
    index_busy="The index is being brought up to date.",
    index_done=(
        "Generation {generation} published in {seconds} s: {articles} articles, {passages} passages. "
        "Files: {added} added, {changed} changed, {removed} removed, {failed} with problems."
    ),
    index_unchanged=(
        "Nothing new; generation {generation} serves on ({articles} articles, {passages} passages; "
        "{failed} files with problems)."
    ),
    index_failed="The index is as it was: {reason}",
    health="Up {up}\nIndex: {index}\n{questions} questions since the start\nFree on disk: {free}",
    command_alerts="Tell me of new articles",
    stats_alerts="Alerts kept: {alerts}",
    alerts_none="You keep no alerts. For example: /alerts chemical park safety",
    alerts_yours="Your alerts",
    alerts_stop_all="Stop all of your {count} alerts?",
    alerts_all_stopped="{count} alerts are stopped.",
    alerts_not_kept="Alerts are not offered here.",
    alert_kept=(
        "Very well: when a new article tells of “{question}”, I shall tell you. /alerts lists and stops them."
    ),
    alert_noted="Very well, I shall tell you of new articles. /alerts lists and stops alerts.",
    alert_kept_already="You keep this alert already. /alerts lists and stops them.",
    alert_too_many="You may keep {limit} alerts; stop one first: /alerts",
    alert_present="The best that there is now:",
    alert_nothing_yet="There is nothing yet.",
    alert_more="and {count} more",
    alert_stopped="This alert is stopped.",
    alert_of_another="This is somebody else's alert; only they or an admin can stop it.",
    quiet_is=(
        "Quiet hours: {hours}{zone}; what comes meanwhile is told afterwards. /alerts quiet off ends them."
    ),
    quiet_none="Quiet hours: none. For example: /alerts quiet 22-7",
    quiet_usage="Write the hours, as in /alerts quiet 22-7, or /alerts quiet off",
    button_stop_alert="🔕 Stop this alert",
    button_stop_all="Stop all",
    button_tell_me="🔔 Tell me when there is",
    command_upload="Add articles",
    upload_help=(
        "Send a file ({kinds}; at most {limit} MB) and its articles are added. So is text that is "
        "forwarded, or longer than 1000 characters; for any other write /upload TEXT, or reply to "
        "it with /upload.\nYou are told what was read, and can undo it."
    ),
    upload_off="Articles are not taken here (telegram.upload_mb is 0).",
    upload_text="the text",
    upload_file="the file",
    upload_reading="Reading {name} …",
    upload_indexing="{name} is stored and being indexed …",
    upload_done="{name} is added: {articles} articles, {paragraphs} paragraphs (generation {generation})",
    upload_again="It had been sent before, and is not added twice.",
    upload_known="was there already",
    upload_known_from="was there already: {sources}",
    upload_paragraphs="{paragraphs} paragraphs",
    upload_more="… and {count} more",
    upload_problems="Not wholly read:",
    upload_there="{name} is there already, as {file}, and is not added twice.",
    upload_refused="{name} is not added: {reason}",
    upload_too_large=(
        "{name} is not added: it is too large, the limit is {limit} MB. Split it and send the parts."
    ),
    upload_not_stored="{name} is not added: it cannot be stored ({reason}). Mend that and send it again.",
    upload_not_indexed=(
        "The file is stored, but the index is as it was: {reason}\nThe next run tries again; "
        "/reindex starts one."
    ),
    upload_stopped="I was stopped before {name} was stored. Please send it again.",
    upload_edited="The edit is not taken up. Undo the article first, then send it corrected.",
    upload_undoing="Being undone …",
    upload_undone="Undone: the file is taken out of the articles and kept aside.",
    upload_undone_before="It has been undone already.",
    upload_not_undone="It could not be undone: {reason}",
    button_undo="↩ Undo",
    nothing_relevant="The articles say nothing relevant to this question.",
    closest="The closest reports:",
    untitled="(no headline)",
    follows="Following up on: {headline}",
    forgotten="Very well, a new subject. What was said before is forgotten.",
    searched="Searched {time}.",
    nothing_of="There is no article of {time}.",
    undated="No article is known to be of {time}; these have no date.",
    impossible="There is no such date as “{date}”, so nothing was searched. Please correct it and ask again.",
    unsure="I am not sure, but this may be it:",
    others="Other articles:",
    no_others="No other article was found.",
    button_more="More of this",
    button_whole="Whole article",
    button_others="Other articles",
    button_back="‹ Back",
    button_file="As a file",
    sent_as_file="The article is long; it comes as a file.",
    question_gone="The question can no longer be seen here. Please ask again.",
    article_gone="This article is no longer there. Please ask again.",
    searched_anew="The articles have changed; I have searched again.",
    button_gone="This button no longer works. Please ask again.",
    inline_empty="Type a question about a meeting",
    inline_nothing="Nothing relevant; ask me in private",
    inline_usage=(
        "In any chat, type @{bot}, a space and a question, for example:\n"
        "<code>@{bot} Who chaired the meeting?</code>\n"
        "Passages that answer appear above what you type; choose one, and it is posted there.\n\n"
        "Or ask me here, where you can also see the context and the whole article."
    ),
    button_inline="Ask in another chat",
    no_articles="There are no articles yet. Please ask again later.",
    too_long="This question is too long. Please ask in a sentence or two, at most {limit} characters.",
    cannot_search="There is nothing in this question that I could look for. Please put it another way.",
    text_only="I can read text only. Please type your question.",
    not_heard="I cannot listen to voice messages or music; I read text only. Please type your question.",
    not_seen="I cannot make out pictures, videos or stickers; I read text only. Please type your question.",
    unknown_command="I do not know this command. /help says what I can do.",
    trouble="Sorry, something went wrong and I could not answer. Please try again later.",
    full_date="{day} {month} {year}",
    month_and_day="{day} {month}",
    year_and_month="{month} {year}",
    month_only="{month}",
    year_only="{year}",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
)

LANGUAGES: Mapping[str, Texts] = {"zh": _ZH, "zh-hant": _ZH_HANT, "en": _EN}
"""By IETF language tag in lower case."""

DEFAULT_LANGUAGE = "en"

# Places that write traditional characters, as Telegram's clients name them.
_ALIASES = {"zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}


def texts_for(language_code: str | None) -> Texts:
    """Return the texts for a user's IETF language tag ("zh-hans", "en-GB"), English for any other."""
    tag = (language_code or "").lower().replace("_", "-")
    while tag:
        known = _ALIASES.get(tag, tag)
        if known in LANGUAGES:
            return LANGUAGES[known]
        tag = tag.rpartition("-")[0]
    return LANGUAGES[DEFAULT_LANGUAGE]
