"""Runs every script of `loadtest plan` with its real tool against a loopback server, and compares what arrived.

A tool is used where it is on PATH; `--install` puts Locust (pip), Artillery (npm) and JMeter (apt packages, unpacked)
into a scratch folder first. What is not there is checked by the next best thing and says so: k6's script by node (with
stand-ins for k6's modules, which show the requests and options), Gatling's by javac's parser.

    python bench/loadtest_scripts.py [--install] [--keep FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
BODY = {"id": 7, "text": "${x} #{y} {{ z }} \\ \" ' \n \u00e9 </stringProp> --> */"}
REQUESTS = [
    {"path": "/search?q=a%20b&c='d'", "weight": 3},
    {"path": "/cart", "weight": 1, "method": "POST", "body": json.dumps(BODY)},
]
INPUTS: dict[str, object] = {
    "throughput": "20/s", "response_time": "20ms", "think_time": "980ms", "hold": "5s", "ramp": "2s",
    "percentiles": "90%", "requests": REQUESTS,
}  # fmt: skip
#: Arrivals in a rise of 2 s, 5 s at 20/s, and a fall of 2 s; the users of the closed plan make about as many.
EXPECTED = 140
SLACK = {"open": 0.2, "closed": 0.33}


class Arrived(NamedTuple):
    """What the server received: requests by method and path, bodies, and arrival times."""

    paths: Counter[str]
    bodies: list[Any]
    times: list[float]


class Server:
    """Answers every request with 200, and records it."""

    def __init__(self) -> None:
        self.arrived = Arrived(Counter(), [], [])
        noted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                noted.arrived.times.append(time.monotonic())
                noted.arrived.paths[f"{self.command} {self.path}"] += 1
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if body:
                    noted.arrived.bodies.append((self.headers.get("Content-Type"), body.decode()))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            do_POST = do_GET  # noqa: N815 - the name that http.server calls

            def log_message(self, *_: object) -> None:
                """Writes no log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self) -> Arrived:
        """The requests since the last call."""
        found, self.arrived = self.arrived, Arrived(Counter(), [], [])
        return found


def main(argv: list[str] | None = None) -> int:
    """Write the scripts, run them, print the table; return 1 when an installed tool did not follow the plan."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--install", action="store_true", help="install what can be into a scratch folder")
    parser.add_argument("--keep", type=Path, help="folder to install and work in (default: a new one, removed)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if options.install:
            _install(folder)
        rows = _rows(folder)
    if options.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(f"{row['tool']:<10}{row['model']:<8}{row['by']:<28}{row['seconds']:6.1f} s  {row['result']}")
    return int(any(row["result"].startswith("WRONG") for row in rows))


def _rows(folder: Path) -> list[dict[str, Any]]:
    server, rows = Server(), []
    for model in ("open", "closed"):
        texts = _scripts(folder / model, {**INPUTS, "url": server.url, "model": model})
        for tool, run in RUNS.items():
            script = next(
                (path for path in texts if tool in path.name or path.name == "LoadTest.java" == FILES.get(tool)), None
            )
            if script is None:
                continue
            server.take()
            begin = time.monotonic()
            by, problem = run(folder, script, model)
            seconds = time.monotonic() - begin
            time.sleep(0.2)
            result = problem or (_seen(server.take(), SLACK[model]) if by in EXECUTED else "parsed")
            rows.append({"tool": tool, "model": model, "by": by, "seconds": seconds, "result": result})
    return rows


def _scripts(folder: Path, inputs: dict[str, object]) -> list[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    call = [sys.executable, "-m", "acolytes_perf", "loadtest", "plan", "--input", json.dumps(inputs), "--out", "plan/"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    subprocess.run(call, cwd=folder, env=environ, check=True, capture_output=True)
    return sorted((folder / "plan").iterdir())


def _seen(arrived: Arrived, slack: float) -> str:
    """What arrived, in words; WRONG when it was not planned so."""
    total = arrived.paths.total()
    # Artillery writes the quotes as %27, which means the same
    search = sum(count for path, count in arrived.paths.items() if unquote(path) == "GET /search?q=a b&c='d'")
    cart = arrived.paths["POST /cart"]
    problems = []
    if search + cart != total:
        problems.append(f"other requests: {arrived.paths}")
    if any((kind, json.loads(body)) != ("application/json", BODY) for kind, body in arrived.bodies):
        problems.append(f"another body: {arrived.bodies[0]}")
    if len(arrived.bodies) != cart or not 0.1 * total <= cart <= 0.4 * total:
        problems.append(f"{cart} of {total} are POST with {len(arrived.bodies)} bodies")
    if abs(total - EXPECTED) > slack * EXPECTED:
        problems.append(f"{total} arrivals, not {EXPECTED}")
    if not total:
        problems = ["nothing arrived"]
    span = f" in {arrived.times[-1] - arrived.times[0]:.1f} s" if arrived.times else ""
    return "WRONG: " + "; ".join(problems) if problems else f"{total} arrived{span}, {cart} of them POST"


def _call(command: list[str], folder: Path, **environ: str) -> tuple[int, str]:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environ}, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _found(name: str, *places: Path) -> str | None:
    return shutil.which(name) or next((str(place) for place in places if place.exists()), None)


def _ended(by: str, code: int, output: str) -> tuple[str, str | None]:
    return by, None if code == 0 else f"WRONG: exit {code}: {output[-300:]}"


def _locust(folder: Path, script: Path, _: str) -> tuple[str, str | None]:
    tool = _found("locust", folder / "locust/bin/locust")
    if tool is None:
        return "not there", "left out"
    return _ended("locust", *_call([tool, "--headless", "--locustfile", str(script)], folder))


def _artillery(folder: Path, script: Path, _: str) -> tuple[str, str | None]:
    tool = _found("artillery", folder / "artillery/node_modules/.bin/artillery")
    if tool is None:
        return "not there", "left out"
    return _ended("artillery", *_call([tool, "run", str(script)], folder, ARTILLERY_DISABLE_TELEMETRY="true"))


def _k6(folder: Path, script: Path, _: str) -> tuple[str, str | None]:
    tool = _found("k6")
    if tool:
        return _ended("k6", *_call([tool, "run", "--quiet", str(script)], folder))
    node = _found("node")
    if node is None:
        return "not there", "left out"
    stand_ins = folder / "stand-ins"
    for name, text in {"k6": _STAND_IN, "k6-http": "export default { request() {} };\n"}.items():
        (stand_ins / name).mkdir(parents=True, exist_ok=True)
        (stand_ins / name / "index.mjs").write_text(text)
    plain = script.read_text().replace("'k6/http'", "'./k6-http/index.mjs'").replace("'k6'", "'./k6/index.mjs'")
    (stand_ins / "plan.mjs").write_text(plain)
    check = "import('./plan.mjs').then((plan) => { plan.default(); console.log(JSON.stringify(plan.options)); })"
    return _ended("node with stand-ins", *_call([node, "-e", check], stand_ins))


_STAND_IN = "export function sleep() {}\n"


def _gatling(folder: Path, script: Path, _: str) -> tuple[str, str | None]:
    if _found("javac") is None:
        return "not there", "left out"
    parser = folder / "Parse.java"
    parser.write_text(_PARSER)
    return _ended("javac's parser", *_call(["java", str(parser), str(script)], folder))


_PARSER = """
import com.sun.source.util.JavacTask;
import java.io.File;
import java.util.List;
import javax.tools.*;

public class Parse {
  public static void main(String[] files) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    StandardJavaFileManager manager = compiler.getStandardFileManager(found, null, null);
    Iterable<? extends JavaFileObject> units = manager.getJavaFileObjects(files);
    ((JavacTask) compiler.getTask(null, manager, found, null, null, units)).parse();
    found.getDiagnostics().forEach(System.err::println);
    System.exit(found.getDiagnostics().isEmpty() ? 0 : 1);
  }
}
"""


def _jmeter(folder: Path, script: Path, model: str) -> tuple[str, str | None]:
    jars = folder / "jmeter/usr/share/jmeter"
    tool = _found("jmeter")
    if tool is None and not jars.exists():
        return "not there", "left out"
    if model == "open" and (tool is None or _too_old(tool)):
        return "not there", "left out: an Open Model Thread Group needs JMeter 5.5"
    launcher = folder / "Run.java"
    launcher.write_text(_LAUNCHER)
    command = [tool] if tool else ["java", "-cp", _class_path(folder), f"-Djmeter.home={jars}", str(launcher)]
    return _ended("jmeter", *_call([*command, "-n", "-t", str(script), "-l", str(folder / "jmeter.jtl")], folder))


#: Debian's JMeter is older than its XStream, which refuses by default to read the classes of a test plan.
_LAUNCHER = """
import java.lang.reflect.*;

public class Run {
  public static void main(String[] args) throws Exception {
    String home = System.getProperty("jmeter.home");
    Class<?> utils = Class.forName("org.apache.jmeter.util.JMeterUtils");
    utils.getMethod("loadJMeterProperties", String.class).invoke(null, home + "/bin/jmeter.properties");
    utils.getMethod("setJMeterHome", String.class).invoke(null, home);
    utils.getMethod("initLogging").invoke(null);
    Class<?> stream = Class.forName("com.thoughtworks.xstream.XStream");
    for (Field field : Class.forName("org.apache.jmeter.save.SaveService").getDeclaredFields()) {
      field.setAccessible(true);
      Object value = Modifier.isStatic(field.getModifiers()) ? field.get(null) : null;
      if (stream.isInstance(value)) {
        String[] ours = {"org.apache.**"};
        stream.getMethod("allowTypesByWildcard", String[].class).invoke(value, (Object) ours);
      }
    }
    Class.forName("org.apache.jmeter.NewDriver").getMethod("main", String[].class).invoke(null, (Object) args);
  }
}
"""

EXECUTED = ("locust", "artillery", "k6", "jmeter")
FILES = {"gatling": "LoadTest.java"}
RUNS: dict[str, Callable[[Path, Path, str], tuple[str, str | None]]] = {
    "k6": _k6, "jmeter": _jmeter, "locust": _locust, "artillery": _artillery, "gatling": _gatling,
}  # fmt: skip


def _too_old(jmeter: str) -> bool:
    """Whether this is a JMeter before 5.5."""
    _, output = _call([jmeter, "--version"], Path(tempfile.gettempdir()))
    found = [word.split(".") for word in output.split() if word.count(".") in (1, 2) and word[0].isdigit()]
    return not any((int(major), int(minor)) >= (5, 5) for major, minor, *_ in found if (major + minor).isdigit())


def _class_path(folder: Path) -> str:
    return ":".join(str(path) for path in sorted((folder / "jmeter/usr/share").glob("j*/**/*.jar")) if path.exists())


_UNPACK = """
mkdir -p "$0/debs/partial" "$0/jmeter" &&
apt-get --yes --download-only --no-install-recommends -o Dir::Cache::archives="$0/debs" -o Debug::NoLocking=1 \\
  install jmeter jmeter-http &&
for deb in "$0"/debs/*.deb; do dpkg --extract "$deb" "$0/jmeter"; done
"""


def _install(folder: Path) -> None:
    """Installs each tool by its own package manager, in a folder of its own; reports and leaves out what fails."""
    steps = {
        "locust": [
            [sys.executable, "-m", "venv", str(folder / "locust")],
            [str(folder / "locust/bin/python"), "-m", "pip", "install", "--quiet", "locust"],
        ],
        # its browser is for tests in a browser
        "artillery": [["npm", "install", "--prefix", str(folder / "artillery"), "--ignore-scripts", "artillery"]],
        "jmeter": [["sh", "-c", _UNPACK, str(folder)]],
    }
    for tool, commands in steps.items():
        if not all(map(_done, commands)):
            print(f"{tool} could not be installed", file=sys.stderr)


def _done(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


if __name__ == "__main__":
    sys.exit(main())
