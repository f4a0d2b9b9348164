"""The columns of a table of measures: which role a heading has, by its words."""

from __future__ import annotations

from acolytes_perf.inputs.money import MONTHS

#: What prioritisation scores take beside cost and gain.
RICE = ("reach", "impact", "confidence", "effort")
WSJF = ("user_value", "time_criticality", "risk_reduction", "job_size")
_ENDS = ("low", "likely", "high")
_RANGED = ("cost", "gain", "weeks")
ROLES = (
    "name", "id", *_RANGED, *(f"{name}_{end}" for name in _RANGED for end in _ENDS), "after", "years", *RICE, *WSJF,
)  # fmt: skip
#: Words of headings by what they mean.
_SUBJECTS = {
    "cost": ("cost", "costs", "investment", "invest", "capex", "price", "spend", "expense", "outlay", "kosten"),
    "gain": ("gain", "gains", "benefit", "benefits", "saving", "savings", "return", "returns", "revenue", "profit",
             "nutzen"),
    "weeks": ("weeks", "week", "wochen", "personweeks", "person_weeks"),
}  # fmt: skip
_END_WORDS = {
    "low": ("low", "min", "minimum", "lower"),
    "likely": ("likely", "mode", "base", "typical", "mid"),
    "high": ("high", "max", "maximum", "upper"),
}
#: Ends that are good or bad instead of low or high.
_WORST, _BEST = ("pessimistic", "worst"), ("optimistic", "best")
_PLAIN = {
    "name": ("name", "measure", "item", "project", "initiative", "title", "option", "what", "massnahme"),
    "id": ("id", "key", "no", "nr", "number"),
    "after": ("after", "needs", "requires", "depends", "dependency", "dependencies", "predecessor", "predecessors",
              "prerequisite"),
    "years": ("years", "life", "lifetime"),
    "reach": ("reach",),
    "impact": ("impact",),
    "confidence": ("confidence",),
    "effort": ("effort",),
    "user_value": ("user_value", "business_value", "user_business_value", "value"),
    "time_criticality": ("time_criticality", "criticality", "urgency"),
    "risk_reduction": ("risk_reduction", "risk_reduction_opportunity_enablement", "opportunity", "rroe"),
    "job_size": ("job_size", "size", "job_duration"),
}  # fmt: skip
_PASSED_OVER = frozenset((*MONTHS, "on", "once", "one", "off", "time", "value", "person", "estimate", "most", "work"))


def role_of(words: list[str], _heading: str) -> str | None:
    """The role that a heading means by its words; None for an unknown one.

    >>> role_of(["gain", "year", "low"], ""), role_of(["most", "likely", "cost"], ""), role_of(["id"], "")
    ('gain_low', 'cost_likely', 'id')
    """
    joined = "_".join(words)
    plain = next((role for role, names in _PLAIN.items() if joined in names), None)
    if plain:
        return plain
    subject = next((name for name, names in _SUBJECTS.items() if set(words) & set(names)), None)
    if subject is None:
        first = [word for word in words if word not in _PASSED_OVER]
        return next((role for role in ("name", "after") if len(first) == 1 and first[0] in _PLAIN[role]), None)
    rest = [word for word in words if word not in _SUBJECTS[subject] and word not in _PASSED_OVER]
    if not rest:
        return subject
    if len(rest) > 1:
        return None
    if rest[0] in (*_WORST, *_BEST):
        is_high = (rest[0] in _BEST) == (subject == "gain")
        return f"{subject}_{'high' if is_high else 'low'}"
    return next((f"{subject}_{end}" for end, names in _END_WORDS.items() if rest[0] in names), None)
