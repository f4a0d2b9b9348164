"""Units and what is counted in German, French and Spanish: their words are put into English, and then read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Optional

from acolytes_perf.reports.units import Unit, unit_after

#: English words by those of a language, which commas separate.
_WORDS = {
    "German": {
        "nanoseconds": "nanosekunden, nanosekunde", "microseconds": "mikrosekunden, mikrosekunde",
        "milliseconds": "millisekunden, millisekunde", "seconds": "sekunden, sek", "minutes": "minuten",
        "hours": "stunden, std", "days": "tage, tagen", "weeks": "wochen", "months": "monate, monaten",
        "years": "jahre, jahren", "second": "sekunde", "minute": "minute", "hour": "stunde", "day": "tag",
        "week": "woche", "month": "monat", "year": "jahr", "percentage points": "prozentpunkte, prozentpunkten",
        "percent": "prozent", "thousand": "tausend, tsd.", "million": "million, millionen, mio.",
        "billion": "milliarde, milliarden, mrd.", "EUR": "euro", "USD": "dollar", "per": "pro, je, im, in der",
        "servers": "server, servern", "machines": "maschinen, rechner", "nodes": "knoten", "cores": "kerne, kernen",
        "instances": "instanzen", "containers": "container", "connections": "verbindungen",
        "requests": "anfragen, aufrufe, zugriffe", "users": "nutzer, benutzer", "sessions": "sitzungen",
        "visitors": "besucher", "transactions": "transaktionen", "queries": "abfragen", "orders": "bestellungen",
        "errors": "fehler, fehlern", "messages": "nachrichten", "events": "ereignisse", "units": "einheiten",
    },
    "French": {
        "nanoseconds": "nanosecondes", "microseconds": "microsecondes", "milliseconds": "millisecondes, milliseconde",
        "seconds": "secondes", "minutes": "minutes", "hours": "heures", "days": "jours", "weeks": "semaines",
        "months": "mois", "years": "ans, années", "second": "seconde", "minute": "minute", "hour": "heure",
        "day": "jour", "week": "semaine", "year": "an", "percentage points": "points de pourcentage",
        "percent": "pour cent, pourcent", "thousand": "mille", "million": "million, millions",
        "billion": "milliard, milliards", "EUR": "d'euros, d’euros, euros, euro", "USD": "dollars, de dollars",
        "per": "par", "servers": "serveurs", "machines": "machines", "nodes": "nœuds", "cores": "cœurs",
        "instances": "instances", "containers": "conteneurs", "connections": "connexions",
        "requests": "requêtes, demandes", "users": "utilisateurs", "sessions": "sessions", "visitors": "visiteurs",
        "transactions": "transactions", "orders": "commandes", "errors": "erreurs", "messages": "messages",
        "events": "événements", "units": "unités",
    },
    "Spanish": {
        "nanoseconds": "nanosegundos", "microseconds": "microsegundos", "milliseconds": "milisegundos, milisegundo",
        "seconds": "segundos", "minutes": "minutos", "hours": "horas", "days": "días", "weeks": "semanas",
        "months": "meses", "years": "años", "second": "segundo", "minute": "minuto", "hour": "hora", "day": "día",
        "week": "semana", "month": "mes", "year": "año", "percentage points": "puntos porcentuales",
        "percent": "por ciento", "thousand": "mil", "million": "millón, millones",
        "EUR": "de euros, euros, euro", "USD": "de dólares, dólares", "per": "por, al, a la",
        "servers": "servidores", "machines": "máquinas", "nodes": "nodos", "cores": "núcleos",
        "instances": "instancias", "containers": "contenedores", "connections": "conexiones",
        "requests": "peticiones, solicitudes", "users": "usuarios", "sessions": "sesiones", "visitors": "visitantes",
        "transactions": "transacciones", "queries": "consultas", "orders": "pedidos", "errors": "errores",
        "messages": "mensajes", "events": "eventos", "units": "unidades",
    },
}  # fmt: skip
LANGUAGES = frozenset(_WORDS)
#: Reads a unit in a text from a place on.
_Reader = Callable[[str, int], Optional[tuple[Unit, int]]]
#: No unit is longer.
_REACH = 80


def unit_in(language: str, text: str, start: int, read: _Reader = unit_after) -> tuple[Unit, int] | None:
    """The unit that stands in a text of this language from `start` on, and where it ends; None without one.

    `read` reads the unit of an English text.

    >>> unit_in("German", "1.200 Anfragen pro Sekunde", 5)[0].kind, unit_in("Spanish", "3 años", 1)[0].kind
    ('rate', 'time')
    """
    if language not in _WORDS:
        return read(text, start)
    words = _english(language)
    part, english, ends = text[start : start + _REACH], "", [(0, 0)]
    for piece in _pattern(language).finditer(part):
        # a word that the end of the part cuts off is not read
        english += part[ends[-1][1] : piece.start()] + words[piece[0].lower()]
        ends.append((len(english), piece.end()))
    found = read(english + part[ends[-1][1] :], 0)
    if not found:
        return None
    unit, end = found
    before = max(pair for pair in ends if pair[0] <= end)
    return unit, start + before[1] + end - before[0]


@lru_cache
def _english(language: str) -> dict[str, str]:
    return {word: english for english, words in _WORDS[language].items() for word in words.split(", ")}


@lru_cache
def _pattern(language: str) -> re.Pattern[str]:
    longest_first = sorted(_english(language), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
