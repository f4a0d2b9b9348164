"""In which language a report is written: words beside numbers may be units only there."""

from __future__ import annotations

import re

ENGLISH = "English"
#: Frequent short words of each language that are no English words.
_WORDS = {
    ENGLISH: "the of and is are was be for with to at by per from on we it this that these or not has have will an",
    "German": "der das dem den ein eine einer einem einen und ist sind nicht für mit von bei pro zum zur auf im wir "
    "wird werden oder auch nach über beträgt",
    "French": "le la les des et est sont pour avec une du de dans sur au aux nous vous il elle ne pas ou qui que par",
    "Spanish": "el la los las es son para con una un del de en al por que y se no como más necesitamos",
    "Italian": "il lo la gli le è sono e di del della con una un nel nella che non dal alla ai si ci",
    "Portuguese": "o os as é são para com uma um do da dos das em no na que não por ao mais",
    "Dutch": "het een van en is zijn voor met op bij naar niet wij worden wordt ook aan door dat",
}
_SETS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
#: With fewer of its words, a text is not taken for another language than English.
_LEAST = 3
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str) -> str:
    """The language whose frequent words the text has most of; English in case of doubt.

    >>> language_of("Wir brauchen 104 Server bei 1.200 Anfragen pro Sekunde."), language_of("104 servers, 40 ms")
    ('German', 'English')
    """
    letters = len(_LETTER.findall(text))
    if letters > 2 * len(_LATIN.findall(text)):
        return "a language without Latin letters"
    counts = dict.fromkeys(_SETS, 0)
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        for language, words in _SETS.items():
            counts[language] += word in words
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= _LEAST and counts[best] > counts[ENGLISH] else ENGLISH
