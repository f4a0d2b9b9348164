// The page: it looks at the board whenever the server says that something has changed, and shows what differs.

import { STATES, age, byId, clock, counted, dot, element, now, replace, setClock, since, tick } from "./elements.js";
import { dependencies, timeline } from "./graphs.js";
import { Conversation } from "./conversation.js";
import { act, get } from "./requests.js";
import { waitingCards } from "./waiting.js";

const chosen = { quest: null, turn: null };
let board = null;
const drawn = new Map();

// Shows a part again only when its data differ.
function part(name, data, show) {
  const text = JSON.stringify(data);
  if (drawn.get(name) === text) return;
  drawn.set(name, text);
  show();
}

const talk = new Conversation(() => chosen.quest, chooseTurn);

function showProblem(line) {
  byId("problem").hidden = !line;
  if (byId("problem").textContent !== line) byId("problem").textContent = line;
}

let looking = null;
let again = false;
// One look at a time; changes during a look are one more look.
function look() {
  if (looking) { again = true; return looking; }
  looking = lookOnce().finally(() => {
    looking = null;
    if (again) { again = false; setTimeout(look, 100); }
  });
  return looking;
}

async function lookOnce() {
  try {
    const found = await get("board", chosen.quest === null ? {} : { quest: chosen.quest });
    showProblem("");
    setClock(found.now);
    board = found;
    if (found.quest && chosen.quest === null) chosen.quest = found.quest.quest;
    show();
    await talk.refresh();
  } catch (error) {
    showProblem(error.message);
  }
}

function chooseQuest(number) {
  Object.assign(chosen, { quest: number, turn: null });
  history.replaceState(null, "", `#quest-${number}`);
  talk.reset();
  look();
}

function chooseTurn(number) {
  chosen.turn = chosen.turn === number ? null : number;
  drawn.delete("turns");
  show();
  talk.ofTurn(chosen.turn);
}

function show() {
  part("quests", [board.quests, chosen.quest], showQuests);
  const { quest } = board;
  byId("columns").hidden = !quest;
  if (!quest) {
    byId("quest-title").textContent = "The board has no quests";
    return;
  }
  const line = board.quests.find((one) => one.quest === quest.quest);
  const calls = board.quests.reduce((sum, one) => sum + one.questions + one.reviews, 0);
  document.title = `${calls ? `(${calls}) ` : ""}Quest ${quest.quest}`;
  part("about", [quest.mission, quest.summary, line], () => showAbout(quest, line));
  part("members", [quest.members, quest.turns], () => showMembers(quest));
  part("turns", [quest.turns, quest.left_out], () => showTurns(quest));
  part("reserved", board.reservations, showReserved);
  part("graph", quest.turns, () => replace(byId("graph"), dependencies(quest, chooseTurn)));
  part("waiting", [quest.quest, quest.waiting, board.read_only], () =>
    waitingCards(byId("waiting"), quest, board.read_only, look));
  part("recipients", [quest.quest, quest.members.map(({ agent }) => agent), line.status, board.notes], () => showRecipients(quest, line));
  showTimeline();
}

function showTimeline() {
  const room = byId("timeline");
  replace(room, timeline(board.quest, Number(byId("span").value), room.clientWidth, chooseTurn));
}

function showQuests() {
  const rows = board.quests.map((quest) => {
    const calls = [
      quest.questions ? counted(quest.questions, "question") : "",
      quest.reviews ? counted(quest.reviews, "review") : "",
    ].filter(Boolean).join(", ");
    const live = ["leased", "queued", "blocked"].filter((state) => quest.turns[state])
      .map((state) => `${quest.turns[state]} ${STATES[state]}`).join(", ");
    return element("li", {}, element("button", { type: "button", "data-key": `quest-${quest.quest}`,
      "aria-current": quest.quest === chosen.quest ? "true" : null, on: { click: () => chooseQuest(quest.quest) } },
      element("strong", {}, `Quest ${quest.quest}`), `${quest.place} ${quest.status}`,
      element("span", { class: "mission" }, quest.mission),
      element("small", {}, [live, quest.unread ? `${quest.unread} unread` : ""].filter(Boolean).join("; ")),
      calls ? element("small", { class: "call" }, `${calls} waiting`) : null));
  });
  replace(byId("quests"), rows);
  const current = byId("quests").querySelector("[aria-current]")?.parentElement;
  if (current) byId("quests").scrollLeft = current.offsetLeft - byId("quests").offsetLeft; // in a narrow window
  byId("more-quests").textContent = board.left_out ? `and ${counted(board.left_out, "older quest")}` : "";
}

function showAbout(quest, line) {
  byId("quest-title").textContent = `Quest ${quest.quest}${line.place}, ${line.status}`;
  byId("mission").textContent = quest.mission;
  byId("summary").hidden = !quest.summary;
  byId("summary").textContent = quest.summary;
  const fact = (name, value) => element("div", {}, element("dt", {}, name), element("dd", {}, value));
  replace(byId("facts"),
    ...Object.keys(STATES).filter((state) => line.turns[state])
      .map((state) => fact(dot(state), line.turns[state].toLocaleString())),
    fact("unread by the leader", line.unread.toLocaleString()),
    ...(line.phase ? [fact("phase", line.phase)] : []),
    fact("mode", line.mode), fact("leader", line.leader),
    fact(line.finished ? "ended" : "age", line.finished ? clock(line.finished) : since(line.created)));
}

const lastStep = (turn) => turn.steps.length ? turn.steps[turn.steps.length - 1][1] : null;
const none = (columns, text) => element("tr", {}, element("td", { class: "none", colspan: columns }, text));

function showMembers(quest) {
  const rows = quest.members.map(({ agent, role, heard }) => {
    const own = quest.turns.filter((turn) => turn.agent === agent);
    const held = own.filter((turn) => turn.state === "leased");
    const queued = own.filter((turn) => turn.state === "queued").length;
    const does = held.length
      ? held.flatMap((turn) => [turnLink(turn), turn.lease_left <= 0 ? " (lease has ended) " : " "])
      : [role === "leader" ? "leads" : queued ? `${counted(queued, "turn")} in the queue` : "nothing"];
    const begin = held.length ? Math.min(...held.map(lastStep)) : null;
    return element("tr", {}, element("th", { scope: "row" }, agent), element("td", { class: "does" }, does),
      element("td", { class: "age" }, begin ? since(begin) : ""),
      element("td", { class: "age" }, heard ? [since(heard), " ago"] : "none yet"));
  });
  replace(byId("members"), rows);
}

const turnLink = (turn) => element("button", { type: "button", class: "link", "data-key": `turn-${turn.turn}`,
  "aria-pressed": String(chosen.turn === turn.turn), on: { click: () => chooseTurn(turn.turn) } }, `turn ${turn.turn}`);

const verdicts = {
  pending: "waits for a verdict", accepted: "accepted", changed: "sent back", dropped: "ended without a verdict",
};

const questions = new Set(["clarification", "blocked"]); // an answer that needs the leader: not the colour of done

function showTurns(quest) {
  const live = new Set(["leased", "queued", "blocked"]);
  const sorted = [...quest.turns].sort((one, other) =>
    live.has(other.state) - live.has(one.state) || other.turn - one.turn);
  const rows = sorted.map((turn) => {
    const notes = [
      turn.kind === "review" ? `review of turn ${turn.about}` : turn.about ? `again for turn ${turn.about}` : "",
      turn.verdict ? verdicts[turn.verdict] : "",
      turn.attempt > 1 ? `attempt ${turn.attempt}` : "",
      turn.files.length ? counted(turn.files.length, "file") : "",
    ].filter(Boolean).join(", ");
    const answer = turn.answer && turn.answer !== "completed" ? turn.answer : null;
    const begin = lastStep(turn);
    return element("tr", { class: chosen.turn === turn.turn ? "chosen" : null },
      element("th", { scope: "row" }, turnLink(turn)), element("td", {}, turn.agent),
      element("td", { class: "state" }, dot(questions.has(answer) ? "queued" : turn.state, answer)),
      element("td", { class: "age" }, begin && live.has(turn.state) ? since(begin) : begin ? [since(begin), " ago"] : ""),
      element("td", {}, turn.after.join(", ")),
      element("td", { class: "task", title: turn.files.join("\n") || null }, element("span", {}, turn.task),
        notes ? element("small", {}, notes) : null));
  });
  replace(byId("turns"), rows.length ? rows : none(6, "no turn yet"));
  byId("more-turns").textContent = quest.left_out ? `and ${counted(quest.left_out, "older turn")}` : "";
}

function showReserved() {
  const rows = board.reservations.map((row) => element("tr", {},
    element("th", { scope: "row" }, row.path), element("td", {}, row.agent),
    element("td", {}, `${row.turn}${row.shared ? ", shared" : ""}`), element("td", {}, String(row.quest))));
  replace(byId("reserved"), rows.length ? rows : none(4, "no path is reserved"));
}

function showRecipients(quest, line) {
  const over = !["open", "reviewing"].includes(line.status);
  byId("write").hidden = !board.notes || over;
  const before = byId("recipient").value;
  // a leader without a session cannot be told from the person who writes here
  const reached = quest.members.filter(({ role }) => role !== "leader" || quest.leader_has_session);
  replace(byId("recipient"), ...reached.map(({ agent, role }) =>
    element("option", { value: agent, selected: agent === before }, role === "leader" ? `${agent}, the leader` : agent)));
}

byId("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const options = { quest: chosen.quest, to: byId("recipient").value, msg: byId("note").value };
  if (await act("note", options, byId("write"))) byId("note").value = "";
  look();
});
byId("span").addEventListener("change", showTimeline);
new ResizeObserver(() => { if (board?.quest) showTimeline(); }).observe(byId("work"));

function connect() {
  const events = new EventSource("api/events");
  const say = (text, lost) => {
    byId("connection").textContent = text;
    byId("connection").classList.toggle("lost", lost);
  };
  events.addEventListener("open", () => say("live", false));
  events.addEventListener("error", () => say("the server has ended or cannot be reached; trying again", true));
  events.addEventListener("message", look);
}

const fromAddress = /^#quest-([1-9][0-9]{0,17})$/.exec(location.hash);
if (fromAddress) chosen.quest = Number(fromAddress[1]);
setInterval(tick, 1000);
look();
connect();
