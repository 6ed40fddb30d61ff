"""Words for yesterday, last week and their like in the languages people ask in, but for Chinese."""

from __future__ import annotations

import re

# By unit and by how many of it before or after now; in lower case, as regular expressions.
_SAID = {
    (
        "day",
        -2,
    ): r"the day before yesterday|anteayer|avant-hier|vorgestern|anteontem|l'altro ieri|eergisteren|"
    r"przedwczoraj|позавчера|evvelsi gün|เมื่อวานซืน|أول أمس",
    ("day", -1): r"yesterday|ayer|hier|gestern|ontem|ieri|gisteren|wczoraj|dün|вчера|أمس|เมื่อวาน(?:นี้)?",
    ("week", -1): r"(?:last|the previous) week|(?:la )?semana pasada|(?:la )?semaine dernière|"
    r"(?:letzter?n?|vergangene[nr]?) woche|semana passada|settimana scorsa|scorsa settimana|vorige week|"
    r"(?:zeszłym|ubiegłym) tygodniu|geçen hafta|прошл\w{1,4} недел\w|الأسبوع الماضي|สัปดาห์(?:ที่แล้ว|ก่อน)",
    (
        "month",
        -1,
    ): r"(?:last|the previous) month|mes pasado|mois dernier|(?:letzte[nrms]?|vergangene[nrms]?) monats?|"
    r"mês passado|mese scorso|scorso mese|vorige maand|(?:zeszłym|ubiegłym) miesiącu|geçen ay|"
    r"прошл\w{1,4} месяц\w{0,2}|الشهر الماضي|เดือน(?:ที่แล้ว|ก่อน)",
    ("year", -1): r"(?:last|the previous) year|año pasado|l'an dernier|année dernière|"
    r"(?:letzte[nrms]?|vergangene[nrms]?) jahr(?:es)?|ano passado|anno scorso|scorso anno|vorig jaar|"
    r"(?:zeszłym|ubiegłym|zeszłego|ubiegłego) roku|geçen (?:yıl|sene)|прошл\w{1,4} год\w{0,2}|"
    r"العام الماضي|السنة الماضية|ปี(?:ที่แล้ว|ก่อน)",
    (
        "week",
        0,
    ): r"this week|esta semana|cette semaine|diese[r]? woche|questa settimana|deze week|tym tygodniu|"
    r"bu hafta|эт\w{1,3} недел\w|هذا الأسبوع|สัปดาห์นี้",
    ("month", 0): r"this month|este mes|ce mois-ci|diese[nrms]? monats?|este mês|questo mese|deze maand|"
    r"tym miesiącu|bu ay|эт\w{1,3} месяц\w|هذا الشهر|เดือนนี้",
    (
        "year",
        0,
    ): r"this year|este año|cette année|diese[nrms]? jahr(?:es)?|este ano|quest'anno|dit jaar|tym roku|"
    r"bu yıl|эт\w{1,3} год\w|هذا العام|ปีนี้",
}
# "Today" is mostly 'nowadays', as in "where is it today?".
_TODAY = r"(?:did|was|were|held|happened|reported|announced)\b[^?.!]{0,80}\btoday\b|\btoday's paper"
_BOUND = r"(?<![^\W\d_])(?:{})(?![^\W\d_])"

RELATIVE = tuple(
    (re.compile(_BOUND.format(said), re.IGNORECASE), unit, by)
    for (unit, by), said in [*_SAID.items(), (("day", 0), _TODAY)]
)
"""Pattern, unit ("day", "week", "month", "year") and how many of it from now."""
