"""The facts that a field's description states: its values, its default, its smallest and its largest number.

`alibaba`, `huawei` and `tencent` take the type of a field, as the importers print it, and its text. They return
facts alone. A list is taken only if it parses whole, and a number only if it is the only one. Facts that contradict each
other are all dropped.
"""

import html
import re

VALUE = r"[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,62}[A-Za-z0-9])?"
NUMBER = r"-?[0-9]{1,15}"
TEXTS = ("string", "list<string>")
WHOLE = ("int", "uint")
# Words that mean that there is no value.
NO_VALUES = {"e.g", "etc", "example", "i.e", "important", "note", "notice", "tip"}


def listed(values):
    """The values, if they are a list of plain words or of numbers; else nothing."""
    plain = all(re.fullmatch(VALUE, value) and value.lower() not in NO_VALUES for value in values)
    distinct = len({value.lower() for value in values}) == len(values)
    numbers = sum(bool(re.fullmatch("[0-9.]+", value)) for value in values)
    return list(values) if plain and distinct and len(values) > 1 and numbers in (0, len(values)) else []


def one(found):
    """The only fact of those that were found, or None."""
    return found[0] if len(set(found)) == 1 else None


def settled(kind, values=(), default=None, low=None, high=None):
    """The facts of a field of that type, as far as they fit it and each other. The default is given as text."""
    facts = {}
    if kind in TEXTS:
        values = listed(values)
        if default is not None and default not in values:
            return {}
        if values:
            facts["values"] = values
        if default is not None and kind == "string":
            facts["default"] = default
    elif kind == "bool":
        if (default or "").lower() in ("true", "false"):
            facts["default"] = default.lower() == "true"
    elif kind == "float":
        if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", default or ""):
            facts["default"] = float(default) if "." in default else int(default)
    elif kind in WHOLE:
        known = {"min": low, "default": default, "max": high}
        facts = {key: int(text) for key, text in known.items() if re.fullmatch(NUMBER, text or "")}
        least, most = facts.get("min"), facts.get("max")
        ends = [number for number in (least, facts.get("default"), most) if number is not None]
        plain = ends == sorted(ends) and (least is None or most is None or least < most)
        if not plain or (most is not None and most < 1) or (kind == "uint" and ends and ends[0] < 0):
            return {}
    return facts


# Alibaba: English, in Markdown.

BULLET = re.compile(r"[-*]\s+(.*)")
ITEM = re.compile(rf"(`?)({VALUE})\1(?: \([^()]*\))?(?:[:：].*|\.?)")
VALID = re.compile(r"(?:^|(?<=[.>)\n] )|(?<=\n))Valid values:")
STATED = re.compile(r"(?:^|(?<=[.>)] )|(?<=\n))Default value: *(`?)([A-Za-z0-9._-]*[A-Za-z0-9])\1(?=\.?(?:\n|$)|\. )")
# There is a value beside the list, or the text says twice what happens without one.
BESIDE = re.compile(r"\bcommas?\b|\bempty (?:value|string)", re.I)
WITHOUT = re.compile(r"not specif|leave|left (?:empty|blank)", re.I)
RANGE = re.compile(rf"Valid values: *(?:\[ *({NUMBER}) *(?:,|to|-) *({NUMBER}) *\]|({NUMBER}) *(?:to|-) *({NUMBER}))"
                   r"(?=\.?(?:\n|$)|\. )")


def alibaba(kind, text):
    text = re.sub(r"\]\([^()]*\)", "]", text).strip()
    defaults = list(STATED.finditer(text))
    marks = len(re.findall("default", re.sub(r"`[^`\n]*`", "", text), re.I))
    lines = text.split("\n")
    in_item = any(BULLET.match(line.strip()) and STATED.search(line.strip()) for line in lines)
    clear = len(defaults) == marks == 1 and not in_item and not WITHOUT.search(text)
    default = defaults[0][2] if clear else None
    if kind in TEXTS:
        return settled(kind, bullets(text), default)
    low, high = None, None
    ranges = list(RANGE.finditer(text))
    if len(ranges) == 1 and len(re.findall("valid value", text, re.I)) == 1:
        rest = RANGE.sub("", STATED.sub("", text))
        # A further number may be a further value.
        if not re.search("[0-9]", rest):
            low, high = (number for number in ranges[0].groups() if number)
    return settled(kind, (), default, low, high)


def bullets(text):
    """The values of the only list that `Valid values:` announces."""
    if len(re.findall("valid value", text, re.I)) != 1 or BESIDE.search(text):
        return []
    mark = VALID.search(text)
    if not mark:
        return []
    lines = text[mark.end():].split("\n")
    if lines[0].strip():
        return []
    values, ended = [], False
    for line in filter(str.strip, lines):
        bullet = BULLET.match(line)
        item = ITEM.fullmatch(bullet[1].strip()) if bullet else None
        if (ended and BULLET.match(line.strip())) or (bullet and not item):
            return []
        if item:
            values.append(item[2])
        ended = ended or not bullet
    return values


# Huawei: Chinese, on one line, most with headings.

HEADING = re.compile(r"\*\*\s*(参数解释|约束限制|取值范围|默认取值)\s*[：:]?\s*\*\*\s*[：:]?")
EXPLAINED, LIMITED, ALLOWED, ELSE = "参数解释", "约束限制", "取值范围", "默认取值"
NOTHING = ("", "不涉及", "无")
ANNOUNCED = re.compile(r"(?:取值如下|枚举取值|取值范围)\s*[：:]?\s*(?=- )")
DASHED = re.compile(rf"([\"“]?)({VALUE})([\"”]?)\s*(?:[：:]\s*(.*))?", re.S)
BETWEEN = re.compile(rf"(?:取值范围为?[：:]?\s*)?(?:\[\s*({NUMBER})\s*[-~,，]\s*({NUMBER})\s*\]|({NUMBER})\s*[-~]\s*({NUMBER}))"
                     r"(?:（[^（）0-9]*）)?。?")
ABOVE = re.compile("大于([0-9]+)")
# A number with a special meaning, such as 0 for "no limit".
MEANS = re.compile("(?:为|传|填|=)[^0-9，。；]{0,3}-?[0-9]")
INCLUDED = re.compile(r"([0-9]+)到([0-9]+)之间（含\1和\2）的整数。?")
ALONE = re.compile(r"(?:默认(?:值)?为?[：:]?\s*)?([A-Za-z0-9._-]+)(?:（[^（）0-9A-Za-z]*）)?。?")


def huawei(kind, text):
    parts = HEADING.split(text.replace('\\"', '"'))
    names, texts = parts[1::2], [part.strip().rstrip("。").strip() for part in parts[2::2]]
    if not names:
        marks = list(ANNOUNCED.finditer(text))
        return settled(kind, dashes(text[marks[0].end():])) if len(marks) == 1 and kind in TEXTS else {}
    if len(set(names)) != len(names):
        return {}
    told = dict(zip(names, texts))
    allowed, otherwise = told.get(ALLOWED, ""), told.get(ELSE, "")
    default = ALONE.fullmatch(otherwise)
    default = default[1] if default and otherwise not in NOTHING else None
    if kind in TEXTS:
        # A list below an example explains the parts of a document.
        values = [] if re.search("[{}]|示例", told.get(EXPLAINED, "")) else dashes(allowed)
        return settled(kind, values, default)
    found = BETWEEN.fullmatch(allowed) or INCLUDED.fullmatch(allowed)
    above = ABOVE.match(allowed)
    if above and default and re.fullmatch(NUMBER, default) and int(default) <= int(above[1]):
        default = None
    if not found or not (default or otherwise in NOTHING) or MEANS.search(told.get(EXPLAINED, "") + told.get(LIMITED, "")):
        return settled(kind, (), default)
    low, high = (number for number in found.groups() if number)
    return settled(kind, (), default, low, high)


def dashes(text):
    """The values of a list of which each has a dash before it, and a colon or nothing behind it."""
    if not text.startswith("- ") or "](tag:" in text:
        return []
    values = []
    for piece in re.split(r"(?:^|\s+)-\s+", text)[1:]:
        item = DASHED.fullmatch(piece.strip())
        if not item or bool(item[1]) != bool(item[3]) or (item[4] or "").startswith("是否"):
            return []
        values.append(item[2])
    return [] if re.search(r"等[。；\s]*$", text) else values


# Tencent: Chinese, some of it in HTML.

NULLS = re.compile("注意：此字段可能返回 null，表示取不到有效值。?")
MARK = re.compile(r"(?:可能取值|取值范围|取值|可选值|枚举值)(?:及其释义)?(?:如下|为)?\s*[：:]?")
WORDS = re.compile("取值|可选值|枚举值")
IS = r"默认(?:取值|值|返回)?\s*(?:为|是)?\s*[：:]?\s*"
DEFAULT_WORD = re.compile(IS + rf"([\"“]?)({VALUE})[\"”]?(?![A-Za-z0-9_-]|[.,] ?[0-9])")
DEFAULT_NUMBER = re.compile(IS + r"([0-9]{1,15})(?![0-9.%％A-Za-z_]|,[0-9]|\s*[-~～])")
LINE = re.compile(rf"(?:[-•*·]\s*)?({VALUE})\s*(?:(?:[：:（(]|\s(?=[^\x00-\x7f])).*)?")
NAMED = rf"(?:\"({VALUE})\"|({VALUE}))\s*(?:（[^（）()]*[）)]|\([^（）()]*[）)])?"
INLINE = re.compile(rf"\s*{NAMED}(?:\s*(?:、|，|,|/|;|；|和|或)\s*{NAMED})+\s*(?=[。\n]|$)")
MOST = re.compile("最大(?:值为|为|不能超过|取值|值|) *([1-9][0-9]*)(?![0-9.%％A-Za-z])")
SPAN = re.compile(rf"取值范围(?:为|是)?[：:]?\s*(?:\[\s*({NUMBER})\s*[-~～,，]\s*({NUMBER})\s*\]|({NUMBER})\s*[-~～]\s*({NUMBER}))"
                  r"(?=[。，,；;\n]|$)")
# The service takes more, too.
CORRECTED = "超出"


def tencent(kind, text, name=""):
    text = re.sub(r"</?(?:p|ul|ol|li|br)\s*/?>", "\n", text)
    text = html.unescape(re.sub(r"<[^<>]*>|\]\([^()]*\)", "", text)).replace("\u200b", "")
    text = NULLS.sub("", text).strip()
    marks = text.count("默认")
    if kind in TEXTS:
        stated = [found[2] for found in DEFAULT_WORD.finditer(text)]
        default = one(stated) if len(stated) == marks else None
        rest = re.sub(r"[，,；;]?\s*" + DEFAULT_WORD.pattern, "", text) if default else text
        return settled(kind, named(rest), default)
    number = DEFAULT_WORD if kind == "bool" else DEFAULT_NUMBER
    stated = [found[number.groups] for found in number.finditer(text)]
    default = one(stated) if len(stated) == marks else None
    low, high = None, None
    spans, most = list(SPAN.finditer(text)), [] if CORRECTED in text else MOST.findall(text)
    if len(spans) == 1 and not re.search("[0-9]", SPAN.sub("", DEFAULT_NUMBER.sub("", text))):
        low, high = (number for number in spans[0].groups() if number)
    elif not spans:
        high = one(most)
    if name == "Offset" and (high or default not in (None, "0")) or name == "Limit" and default == "0":
        # The texts of the two are mixed up, or it is the number of a page.
        return {}
    return settled(kind, (), default, low, high)


def named(text):
    """The values of the only list in the text: a line each, or separated on one line."""
    marks = list(MARK.finditer(text))
    if len(marks) != 1 or len(WORDS.findall(text)) != 1:
        return []
    rest = text[marks[0].end():]
    inline = INLINE.match(rest)
    if inline and rest[:1] != "\n":
        return [first or second for first, second in re.findall(NAMED, inline[0])]
    first, *lines = rest.split("\n")
    if first.strip():
        return []
    values, ended = [], False
    for line in filter(None, map(str.strip, lines)):
        item = LINE.fullmatch(line)
        if ended and item:
            return []
        if item:
            values.append(item[1])
        ended = ended or not item
    return values
