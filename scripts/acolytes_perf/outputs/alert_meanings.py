"""What the results and the columns of `slo alerts` mean."""

from __future__ import annotations

from acolytes_perf.outputs.alert_replay_report import REPLAY_RESULTS, REPLAY_TABLES

ALERT_RESULTS = {
    "allowed_failures": "bad events that the whole budget allows: at `rate`",
    "budget_share_of_one_error": "share of the whole budget that one error uses",
    **REPLAY_RESULTS,
}

ALERT_TABLES = {
    "alerts": {
        "burn_rate": "threshold, as a multiple of the allowed error ratio; at 1x the budget lasts exactly one window",
        "error_ratio": "threshold as a share of bad events",
        "short_window": "window that must be above the threshold too: so that the alert ends soon after the errors",
        "budget_used_at_detection": "share of the budget that is used when a full outage fires the alert",
        "detects_outage_in": "time from the start of a full outage until the alert fires: or the rule by count",
        "detects_error_ratio_in": "time until the alert fires at the given error ratio: `error_ratio`; never: it is "
        "below the threshold",
        "resets_in": "time from the end of a full outage to the end of the alert",
        "resets_in_without_short": "time from the end of a full outage to the end of an alert of the long window alone",
        "budget_lasts": "time until a full budget is used up at this burn rate",
        "lowest_slo": "below this objective the alert can never fire: a full outage does not burn that fast",
        "burn_of_one_error": "burn rate that one error makes over the long window: at `rate`",
        "lowest_rate": "traffic from which on one error does not fire the alert",
        "min_errors": "fewest errors in the long window that fire the alert: at `rate`",
        "false_alerts": "how often the alert fires while errors occur at their usual ratio",
        "smallest_outage": "shortest full outage that the alert detects; 95 % interval if events are random",
        "guard_events": "events in the long window from which on one error does not fire the alert",
        "count_rule": "errors in the long window that use its share of the budget, at least 2: a rule by count",
        "false_counts": "how often the rule by count fires while errors occur at their usual ratio",
        "smallest_outage_by_count": "shortest full outage that the rule by count detects",
        "min_failures": "failures in the long window that the rule needs, too: so that chance does not fire it",
        "min_recent_failures": "failures in the short window that the rule needs, too",
        "allowed_failures": "bad events that the whole budget allows: at `rate`",
        "budget_share_of_one_error": "share of the whole budget that one error uses",
    },
    **REPLAY_TABLES,
}
