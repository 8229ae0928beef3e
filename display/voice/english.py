"""How a call sounds in English, for a visitor who took the number in English: the model's phonemes, word by word."""

from __future__ import annotations

from collections.abc import Mapping

VOICE = "af_heart"
NUMBER = "nˈʌmbəɹ,"
TO_WINDOW = "plˈiz ɡˌO tə wˈɪndO"

# A, I, O and W are the vowels of day, eye, go and now; ʤ opens Jack
LETTERS: Mapping[str, str] = {
    "A": "ˈA",
    "B": "bˈi",
    "C": "sˈiː",
    "D": "dˈi",
    "E": "ˈi",
    "F": "ˈɛf",
    "G": "ʤˈi",
    "H": "ˈAtʃ",
    "I": "ˈI",
    "J": "ʤˈA",
    "K": "kˈA",
    "L": "ˈɛl",
    "M": "ˈɛm",
    "N": "ˈɛn",
    "O": "ˈO",
    "P": "pˈi",
    "Q": "kjˈu",
    "R": "ˈɑɹ",
    "S": "ˈɛs",
    "T": "tˈi",
    "U": "jˈu",
    "V": "vˈi",
    "W": "dˈʌbᵊljˌu",
    "X": "ˈɛks",
    "Y": "wˈI",
    "Z": "zˈi",
}

NUMBERS = (
    "zˈɪɹO",
    "wˈʌn",
    "tˈu",
    "θɹˈi",
    "fˈɔɹ",
    "fˈIv",
    "sˈɪks",
    "sˈɛvən",
    "ˈAt",
    "nˈIn",
    "tˈɛn",
    "əlˈɛvən",
    "twˈɛlv",
    "θˌɜɹtˈin",
    "fˌɔɹtˈin",
    "fˌɪftˈin",
    "sˌɪkstˈin",
    "sˌɛvəntˈin",
    "ˌAtˈin",
    "nˌIntˈin",
    "twˈɛnti",
)
"""Nought to twenty."""

_ONES = "nought one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
WORDS = (*_ONES.split(), *_TEENS.split())
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def counted(number: int) -> str:
    """A number up to 99 in words."""
    if number < len(WORDS):
        return WORDS[number]
    tens, ones = divmod(number, 10)
    return TENS[tens - 2] + (f" {WORDS[ones]}" if ones else "")


_MONTHS = "January February March April May June July August September October November December"
MONTHS = tuple(_MONTHS.split())
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS |= {"twelve": "twelfth", "twenty": "twentieth", "thirty": "thirtieth"}


def ordinal(day: int) -> str:
    """A day of the month in words: 21 is twenty first."""
    *tens, last = counted(day).split()
    return " ".join([*tens, _ORDINALS.get(last, f"{last}th")])
