"""Names of months in the languages people ask in, but for Chinese, Japanese and Korean, which number them."""

from __future__ import annotations

# English, Spanish, French, German, Portuguese, Italian, Dutch, Polish, Turkish, Russian, Arabic (two sets of
# names), Thai; in the cases that stand beside a day, a year or "in".
_NAMES = (
    "january jan enero janvier januar jänner janeiro gennaio januari styczeń stycznia styczniu ocak"
    " январь января январе يناير كانون_الثاني มกราคม ม.ค.",
    "february feb febrero février fevrier februar fevereiro febbraio februari luty lutego lutym şubat"
    " февраль февраля феврале فبراير شباط กุมภาพันธ์ ก.พ.",
    "march mar marzo mars märz março maart marzec marca marcu mart март марта марте مارس آذار มีนาคม มี.ค.",
    "april apr abril avril aprile kwiecień kwietnia kwietniu nisan апрель апреля апреле أبريل ابريل نيسان"
    " เมษายน เม.ย.",
    "may mayo mai maio maggio mei maj maja maju mayıs май мая мае مايو أيار พฤษภาคม พ.ค.",
    "june jun junio juin juni junho giugno czerwiec czerwca czerwcu haziran июнь июня июне يونيو حزيران"
    " มิถุนายน มิ.ย.",
    "july jul julio juillet juli julho luglio lipiec lipca lipcu temmuz июль июля июле يوليو تموز"
    " กรกฎาคม ก.ค.",
    "august aug agosto août aout augustus sierpień sierpnia sierpniu ağustos август августа августе"
    " أغسطس اغسطس آب สิงหาคม ส.ค.",
    "september sept sep septiembre setiembre septembre setembro settembre wrzesień września wrześniu eylül"
    " сентябрь сентября сентябре سبتمبر أيلول กันยายน ก.ย.",
    "october oct octubre octobre oktober outubro ottobre październik października październiku ekim"
    " октябрь октября октябре أكتوبر اكتوبر تشرين_الأول ตุลาคม ต.ค.",
    "november nov noviembre novembre novembro listopad listopada listopadzie kasım"
    " ноябрь ноября ноябре نوفمبر تشرين_الثاني พฤศจิกายน พ.ย.",
    "december dec diciembre décembre decembre dezember dezembro dicembre grudzień grudnia grudniu aralık"
    " декабрь декабря декабре ديسمبر كانون_الأول ธันวาคม ธ.ค.",
)

MONTHS = {
    name.replace("_", " "): number for number, names in enumerate(_NAMES, start=1) for name in names.split()
}
"""The number of a month by its name in lower case."""

DOUBTFUL = frozenset(
    [
        "may",
        "mar",
        "march",
        "mars",
        "mai",
        "mei",
        "maj",
        "maju",
        "mart",
        "jan",
        "jun",
        "juni",
        "dec",
        "marca",
        "august",
        "آب",
    ]
)
"""Names that are also other words: they need a day, a year or a word like "in" or "last" beside them."""
