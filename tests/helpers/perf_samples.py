"""The sample result files, one or more of each format."""

from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "perf_results/samples"
#: The name of each sample's format, as an answer shows it.
FORMAT_OF = {
    "k6.ndjson": "k6 (NDJSON)", "k6.csv": "k6 (CSV)", "k6_summary.json": "k6 (summary)",
    "k6_machine_summary.json": "k6 (summary)",
    "jmeter.jtl": "JMeter JTL (CSV)", "jmeter.xml": "JMeter JTL (XML)", "gatling.log": "Gatling (simulation.log)",
    "gatling_2.log": "Gatling (simulation.log)", "gatling_stats.json": "Gatling (stats.json)",
    "artillery.json": "Artillery (JSON)", "artillery_1.json": "Artillery (JSON)", "locust_stats.csv": "Locust (CSV)",
    "locust_stats_history.csv": "Locust (CSV)", "locust_requests.csv": "Locust (CSV)",
    "locust.json": "Locust (JSON)", "wrk.txt": "wrk2 (text)",
    "wrk2.txt": "wrk2 (text)", "hey.txt": "hey (text)", "hey.csv": "hey (CSV)", "vegeta.ndjson": "vegeta (JSON lines)",
    "vegeta_report.json": "vegeta (report)", "vegeta_report.txt": "vegeta (report)", "oha.json": "oha (JSON)",
    "hdr.hlog": "HdrHistogram log", "gatling_binary.log": "Gatling (binary simulation.log)", "ab.txt": "ab",
    "ab.tsv": "ab", "autocannon.json": "autocannon (JSON)", "ghz.json": "ghz (JSON)", "ghz_summary.json": "ghz (JSON)",
    "fortio.json": "fortio (JSON)", "siege.json": "siege", "siege.txt": "siege", "siege.log": "siege",
    "taurus.csv": "Taurus (final stats)", "nginx.log": "nginx access log",
    "apache.log": "Apache access log (%D, microseconds)", "alb.log": "AWS ALB access log",
    "envoy.log": "Envoy access log",
}  # fmt: skip
