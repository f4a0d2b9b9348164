// The two drawings: the timeline of the turns, and their dependencies in layers.

import { STATES, age, clock, drawing, element, now } from "./elements.js";

const ROW = 20;
const LIVE_STEPS = { claimed: "work", queued: "wait", expired: "wait", released: "wait", orphaned: "wait" };
const MOST_LANES = 300;
const MOST_NODES = 300;

const empty = (text) => element("p", { class: "empty" }, text);

// The periods of a turn: waiting in the queue, or at work, each with its begin and end.
function periods(turn) {
  const found = [];
  for (const [index, [kind, at]] of turn.steps.entries()) {
    const how = LIVE_STEPS[kind];
    if (how) found.push({ how, turn, from: at, to: turn.steps[index + 1]?.[1] ?? now() });
  }
  return found;
}

// Lanes for one member: a period goes into the first lane that is free.
function lanes(list) {
  const ends = [];
  for (const period of [...list].sort((one, other) => one.from - other.from || one.turn.turn - other.turn.turn)) {
    let lane = ends.findIndex((end) => end <= period.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = period.to;
    period.lane = lane;
  }
  return ends.length;
}

export function timeline(quest, span, width, choose) {
  const end = now();
  const all = quest.turns.flatMap(periods).filter((period) => !span || period.to >= end - span);
  if (!all.length) return empty("No turn has been queued in this time.");
  const start = span ? end - span : Math.min(...all.map((period) => period.from));
  const last = Math.max(...all.map((period) => period.to), start + 1);
  const LABEL = width < 500 ? 90 : 120;
  const room = Math.max(200, width - LABEL - 16);
  const x = (at) => LABEL + Math.max(0, (at - start) / (last - start)) * room;
  const parts = [];
  let y = 24;
  let drawn = 0;
  for (const { agent } of quest.members) {
    const own = all.filter((period) => period.turn.agent === agent);
    if (!own.length || drawn > MOST_LANES) continue;
    const rows = Math.min(lanes(own), MOST_LANES);
    drawn += rows;
    parts.push(drawing("text", { x: 8, y: y + 14 }, agent.length * 7 > LABEL ? `${agent.slice(0, Math.floor(LABEL / 7) - 1)}…` : agent));
    for (const { how, turn, from, to, lane } of own) {
      if (lane >= rows) continue;
      const left = x(from);
      const wide = Math.max(2, x(to) - left);
      const title = `Turn ${turn.turn}, ${how === "work" ? "at work" : "in the queue"} for ${age(to - from)}`;
      parts.push(drawing("g", { class: "pick", on: { click: () => choose(turn.turn) } },
        drawing("title", {}, title),
        drawing("rect", { class: `${how === "work" ? turn.state : "queued"} ${how}`, x: left, y: y + lane * ROW + 2,
          width: wide, height: ROW - 5, rx: 2 })));
    }
    y += rows * ROW + 6;
    parts.push(drawing("line", { class: "rule", x1: 8, x2: LABEL + room, y1: y - 3, y2: y - 3 }));
  }
  const marks = room > 500 ? 4 : 2;
  for (let mark = 0; mark <= marks; mark += 1) {
    const at = start + ((last - start) * mark) / marks;
    const anchor = mark === 0 ? "start" : mark === marks ? "end" : "middle";
    parts.unshift(drawing("line", { class: "rule", x1: x(at), x2: x(at), y1: 20, y2: y }),
      drawing("text", { class: "faint", x: x(at), y: 14, "text-anchor": anchor },
        last - start > 86400 ? clock(at) : new Date(at * 1000).toLocaleTimeString()));
  }
  const label = `Timeline of ${all.length} periods. The table of turns has the same turns.`;
  return drawing("svg", { role: "img", "aria-label": label, width: LABEL + room + 12, height: y + 6 }, parts);
}

// The layer of a turn is one more than the highest layer of those it waits for.
function layered(turns, before) {
  const layer = new Map();
  const visit = (number, path) => {
    if (layer.has(number)) return layer.get(number);
    if (path.has(number)) return 0;
    path.add(number);
    const above = before.get(number).map((other) => visit(other, path) + 1);
    path.delete(number);
    layer.set(number, Math.max(0, ...above));
    return layer.get(number);
  };
  for (const turn of turns) visit(turn.turn, new Set());
  const layers = [];
  for (const turn of turns) (layers[layer.get(turn.turn)] ||= []).push(turn.turn);
  return layers;
}

// Puts each turn near the mean place of those it waits for, so that fewer lines cross.
function ordered(layers, before) {
  const place = new Map();
  return layers.map((numbers) => {
    const mean = (number) => {
      const places = before.get(number).map((other) => place.get(other) ?? 0);
      return places.length ? places.reduce((sum, one) => sum + one, 0) / places.length : number / 1e6;
    };
    const means = new Map(numbers.map((number) => [number, mean(number)]));
    const sorted = [...numbers].sort((one, other) => means.get(one) - means.get(other) || one - other);
    sorted.forEach((number, index) => place.set(number, index));
    return sorted;
  });
}

export function dependencies(quest, choose) {
  const known = new Map(quest.turns.map((turn) => [turn.turn, turn]));
  const linked = new Set();
  for (const turn of quest.turns) {
    for (const other of [...turn.after, turn.about]) {
      if (known.has(other)) linked.add(turn.turn).add(other);
    }
  }
  if (!linked.size) return empty("No turn waits for another.");
  const turns = quest.turns.filter((turn) => linked.has(turn.turn)).slice(-MOST_NODES);
  const drawnTurns = new Set(turns.map((turn) => turn.turn));
  const edges = [];
  const before = new Map(turns.map((turn) => [turn.turn, []]));
  for (const turn of turns) {
    for (const other of new Set([...turn.after, turn.about])) {
      if (!drawnTurns.has(other)) continue;
      before.get(turn.turn).push(other);
      edges.push([other, turn.turn, !turn.after.includes(other)]);
    }
  }
  const layers = ordered(layered(turns, before), before);
  const [WIDE, HIGH, GAP_X, GAP_Y] = [132, 40, 52, 12];
  const tallest = Math.max(...layers.map((layer) => layer.length));
  const at = new Map();
  layers.forEach((layer, column) => layer.forEach((number, row) => {
    at.set(number, [10 + column * (WIDE + GAP_X), 10 + ((tallest - layer.length) / 2 + row) * (HIGH + GAP_Y)]);
  }));
  const lines = edges.map(([from, to, about]) => {
    const [x1, y1] = [at.get(from)[0] + WIDE, at.get(from)[1] + HIGH / 2];
    const [x2, y2] = [at.get(to)[0] - 6, at.get(to)[1] + HIGH / 2];
    const bend = Math.max(24, Math.abs(x2 - x1) / 2);
    return drawing("path", { class: about ? "edge about" : "edge", "marker-end": "url(#head)",
      d: `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
  });
  const nodes = turns.map((turn) => {
    const [x, y] = at.get(turn.turn);
    const name = turn.agent.length > 15 ? `${turn.agent.slice(0, 14)}…` : turn.agent;
    return drawing("g", { class: "pick", on: { click: () => choose(turn.turn) } },
      drawing("title", {}, `Turn ${turn.turn} for ${turn.agent}: ${turn.task}`),
      drawing("rect", { class: `node ${turn.state}`, x, y, width: WIDE, height: HIGH, rx: 6 }),
      drawing("text", { x: x + 9, y: y + 17 }, `${turn.turn} ${name}`),
      drawing("text", { class: "faint", x: x + 9, y: y + 32 },
        `${turn.kind === "review" ? "review, " : ""}${STATES[turn.state]}`));
  });
  const head = drawing("marker", { id: "head", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7,
    orient: "auto" }, drawing("path", { class: "head", d: "M0 0 L8 4 L0 8 z" }));
  return drawing("svg", { role: "img", "aria-label": `${counted(turns.length)}. The table of turns has the same, in "After".`,
    width: layers.length * (WIDE + GAP_X) - GAP_X + 20, height: tallest * (HIGH + GAP_Y) + 10 },
    drawing("defs", {}, head), lines, nodes);
}

const counted = (number) => `Dependencies of ${number} turns, from left to right`;
