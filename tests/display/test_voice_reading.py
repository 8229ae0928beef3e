"""How texts are cut into what is said, and that every Chinese clip reads each character as a person reads it there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from display.voice import bank
from display.voice.check import GUIDANCE
from display.voice.reading import LONGEST, clip_name, pieces, plain, sayable
from display.voice.shown import shown
from display.voice.synthesis import changed

CONFIG = Path(__file__).parents[2] / "config"
TONES = {"→": "1", "↗": "2", "↓": "3", "↘": "4"}
HAN = re.compile("[一-鿿]")
SPELT = [clip for clip in bank().values() if clip.pinyin and not clip.pinyin.startswith("/")]
SAID = [clip for clip in SPELT if len(HAN.findall(clip.text)) == len(clip.pinyin.split())]

# Characters of several readings: the usual one, then the words in which another one holds. Written from dictionaries,
# not from what made the clips; a word covers the character at the place marked by its own occurrence in the word.
READINGS: dict[str, tuple[str, dict[str, str]]] = {
    "一": (
        "yi1",
        {
            "yi2": "一下 一个 一次 一件 一份 一式 一步 一位 一项 一类 一共 一并"
            " 一寸 一处 一样 一看 一问 一页 一事 一到 一遍 一段 一致",
            "yi4": "一声 一张 一种 一时 一章 一扫 一分钟 一人 一般",
            "yi1": "第一个 十一人 十一位 一号 一月 一日",
        },
    ),
    "不": ("bu4", {"bu2": "不上 不下 不会 不到 不动 不厌 不受 不徇 不念 不按 不是 不涉 不热 不用 不要 不计 不记"}),
    "为": ("wei4", {"wei2": "为准 为主 行为 为首问 较为 代为 作为 成为 认为"}),
    "行": ("xing2", {"hang2": "银行 行业"}),
    "长": ("chang2", {"zhang3": "镇长 村长 家长 成长 长者"}),
    "还": ("hai2", {"huan2": "归还 退还 还款"}),
    "重": ("zhong4", {"chong2": "重新 重复"}),
    "数": ("shu4", {"shu3": "数一数"}),
    "号": ("hao4", {}),
    "调": ("diao4", {"tiao2": "调解 调整"}),
    "应": ("ying1", {"ying4": "相应 有求必应 适应 反应"}),
    "处": ("chu4", {"chu3": "处理 相处 处罚"}),
    "便": ("bian4", {"pian2": "便宜"}),
    "当": ("dang1", {"dang4": "当月 当天 当日 适当"}),
    "只": ("zhi3", {"zhi1": "一只"}),
    "得": ("de5", {"de2": "不得 得体 取得 获得"}),
    "了": ("le5", {"liao3": "决不了 了解"}),
    "的": ("de5", {"di4": "目的地"}),
    "地": ("di4", {}),
    "着": ("zhe5", {"zhuo2": "着装"}),
    "和": ("he2", {}),
    "相": ("xiang1", {"xiang4": "照相"}),
    "分": ("fen1", {"fen4": "过分"}),
    "中": ("zhong1", {}),
    "发": ("fa1", {"fa4": "理发"}),
    "没": ("mei2", {}),
    "更": ("geng4", {"geng1": "变更 更改 更换"}),
    "好": ("hao3", {}),
    "种": ("zhong3", {"zhong4": "种地"}),
    "转": ("zhuan3", {}),
    "传": ("chuan2", {}),
    "量": ("liang4", {"liang2": "测量"}),
    "系": ("xi4", {}),
    "角": ("jiao3", {}),
    "解": ("jie3", {}),
    "降": ("jiang4", {}),
    "空": ("kong1", {"kong4": "空白"}),
    "否": ("fou3", {}),
    "供": ("gong1", {}),
    "几": ("ji3", {}),
    "假": ("jia3", {"jia4": "放假 假期"}),
    "监": ("jian1", {}),
    "将": ("jiang1", {}),
    "卡": ("ka3", {}),
    "看": ("kan4", {}),
    "切": ("qie4", {}),
    "散": ("san4", {"san3": "散居"}),
    "省": ("sheng3", {}),
    "属": ("shu3", {}),
    "提": ("ti2", {}),
    "要": ("yao4", {"yao1": "要求"}),
    "折": ("zhe2", {}),
    "正": ("zheng4", {}),
    "尽": ("jin4", {"jin3": "尽快 尽量 尽可能"}),
    "给": ("gei3", {"ji3": "给予"}),
    "难": ("nan2", {"nan4": "刁难"}),
    "落": ("luo4", {}),
    "片": ("pian4", {}),
    "子": ("zi3", {"zi5": "孩子 日子"}),
    "率": ("lv4", {}),
    "丧": ("sang4", {"sang1": "丧葬"}),
    "冠": ("guan4", {"guan1": "免冠"}),
    "参": ("can1", {}),
    "答": ("da2", {}),
    "待": ("dai4", {}),
    "间": ("jian1", {}),
    "结": ("jie2", {}),
    "朴": ("pu3", {}),
    "哪": ("na3", {}),
    "那": ("na4", {}),
    "都": ("dou1", {"du1": "首都 成都"}),
    "说": ("shuo1", {}),
    "通": ("tong1", {}),
    "划": ("hua4", {}),
    "夫": ("fu1", {}),
    "据": ("ju4", {}),
    "任": ("ren4", {}),
    "称": ("cheng1", {}),
    "济": ("ji4", {}),
}


def expected(text: str, place: int) -> str:
    """The reading of the character at a place, by the longest word of the table that covers it."""
    usual, others = READINGS[text[place]]
    best = (0, usual)
    for reading, words in others.items():
        for word in words.split():
            start = place - word.index(text[place])
            if start >= 0 and text.startswith(word, start):
                best = max(best, (len(word), reading))
    return best[1]


def test_each_character_of_several_readings_is_read_as_its_word_wants() -> None:
    wrong = []
    for clip in SAID:
        signs = HAN.findall(clip.text)
        run = "".join(sign if HAN.match(sign) else " " for sign in clip.text)
        places = [place for place, sign in enumerate(run) if sign != " "]
        for sign, place, syllable in zip(signs, places, clip.pinyin.split(), strict=True):
            if sign in READINGS and syllable != expected(run, place):
                around = clip.text[max(0, place - 3) : place + 4]
                wrong.append(f"{clip.name}: {sign} in {around!r} is {syllable}, not {expected(run, place)}")

    assert wrong == []


def test_every_chinese_clip_of_the_guidance_tells_the_reading_of_each_character() -> None:
    untold = [
        clip.name
        for name, clip in bank().items()
        if name.startswith(GUIDANCE) and not name.startswith("en-") and clip not in SAID
    ]

    assert untold == []


def test_the_tones_that_made_every_clip_are_the_tones_of_its_pinyin() -> None:
    wrong = []
    for clip in SPELT:
        wanted = "".join(syllable[-1] for syllable in clip.pinyin.split() if not syllable.endswith("5"))
        made = "".join(TONES[sign] for sign in clip.phonemes if sign in TONES)
        if made != wanted:
            wrong.append(f"{clip.name}: {clip.text} {made}, not {wanted}")

    assert wrong == []


@pytest.mark.parametrize(
    ("run", "syllables", "said"),
    [
        ("要不要", "yao4 bu4 yao4", "yao4 bu2 yao4"),
        ("不想写", "bu4 xiang3 xie3", "bu4 xiang3 xie3"),
        ("办不", "ban4 bu4", "ban4 bu4"),
        ("点一下", "dian3 yi1 xia4", "dian3 yi2 xia4"),
        ("一张表", "yi1 zhang1 biao3", "yi4 zhang1 biao3"),
        ("第一个", "di4 yi1 ge4", "di4 yi1 ge4"),
        ("十一位", "shi2 yi1 wei4", "shi2 yi1 wei4"),
        ("一号窗口", "yi1 hao4 chuang1 kou3", "yi1 hao4 chuang1 kou3"),
        ("三个一的", "san1 ge4 yi1 de5", "san1 ge4 yi1 de5"),
        ("任一", "ren4 yi1", "ren4 yi1"),
    ],
)
def test_bu_and_yi_take_the_tone_that_their_neighbours_give_them(run: str, syllables: str, said: str) -> None:
    heard = changed(run, syllables.split())

    assert " ".join(heard) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("经营的项目要先办许可吗？（不清楚请先问窗口）", ("经营的项目要先办许可吗？不清楚请先问窗口。",)),
        ("一、服务承诺制度", ("一，服务承诺制度。",)),
        ("（六）接待来访者要做到举止文明。", ("六，接待来访者要做到举止文明。",)),
        ("11.其他应当追究的行为。", ("十一，其他应当追究的行为。",)),
        ("2026 年 11 月 23 日", ("二零二六年十一月二十三日。",)),
        ("咨询电话：0875-8123456", ("咨询电话：零八七五，八幺二，三四五六。",)),
        ("投诉电话:0875-×××××××", ("投诉电话：零八七五，后面的号码请看屏幕。",)),
        ("原件 2 份、复印件 12 份", ("原件两份、复印件十二份。",)),
        ("明天 08:30", ("明天八点半。",)),
        ("希望怎样答复：□ 口头　　□ 书面", ("希望怎样答复：口头，书面。",)),
        ("投诉人姓名（可以不写）：＿＿＿＿", ("投诉人姓名，可以不写。",)),
        ("＿＿＿＿＿＿＿＿", ()),
        ("授权委托书\n\n委托人姓名：×××", ("授权委托书。", "委托人姓名：某某。")),
    ],
)
def test_a_text_is_said_without_brackets_and_blanks_and_with_its_figures_in_words(
    text: str, said: tuple[str, ...]
) -> None:
    assert pieces(text) == said


def test_an_english_text_is_said_with_its_figures_in_words() -> None:
    assert pieces("By law: 20 working days (if complete)", "en") == ("By law: twenty working days, if complete.",)
    assert pieces("tomorrow 14:30", "en") == ("Tomorrow two thirty in the afternoon.",)


def test_a_long_text_is_said_in_breaths_and_loses_no_character() -> None:
    lines = {line for language, text in shown(CONFIG) if language == "zh" for line in text.splitlines()}

    for line in lines:
        cut = pieces(line)
        assert max(map(len, cut), default=0) <= LONGEST, line
        assert HAN.findall("".join(cut)) == HAN.findall(plain(line))


def test_a_changed_text_asks_for_another_clip_and_one_with_latin_letters_for_none() -> None:
    assert clip_name("进门右手边。") != clip_name("进门左手边。")
    assert clip_name("Advice.", "en").startswith("en-read-")
    assert not sayable("A四纸。")
    assert sayable("Advice.", "en")
