// The conversation, a hundred messages at a time, and what a search finds in it.

import { byId, clock, counted, element, replace } from "./elements.js";
import { get } from "./requests.js";
import { whole } from "./waiting.js";

const PAGE = 100;

export class Conversation {
  #quest;
  #chooseTurn;
  #before = null; // the number after the last message shown; null follows the newest
  #turn = null;
  #last = 0;
  #messages = [];
  #found = null; // the hits of a search, which are shown instead

  constructor(quest, chooseTurn) {
    this.#quest = quest;
    this.#chooseTurn = chooseTurn;
    byId("older").addEventListener("click", () => this.#go(this.#messages[0].seq));
    byId("newer").addEventListener("click", () => this.#go(this.#end() + PAGE + 1));
    byId("newest").addEventListener("click", () => this.#go(null));
    byId("search").addEventListener("submit", (event) => { event.preventDefault(); this.#search(); });
    byId("words").addEventListener("search", () => { if (!byId("words").value) this.#go(this.#before); });
  }

  reset() {
    Object.assign(byId("words"), { value: "" });
    this.#before = this.#turn = this.#found = null;
    this.#messages = [];
    replace(byId("messages"));
  }

  ofTurn(turn) {
    this.#turn = turn;
    this.#go(null);
  }

  // Looks for new messages, unless the reader is at older ones or at the hits of a search.
  async refresh() {
    if (this.#found || this.#before !== null || this.#quest() === null) return;
    const quest = this.#quest();
    const query = this.#turn ? { quest, turn: this.#turn } : { quest };
    const part = await get("messages", query);
    if (quest !== this.#quest() || this.#found || this.#before !== null) return;
    const old = new Set(this.#messages.map((message) => message.seq));
    const changed = JSON.stringify(part.messages) !== JSON.stringify(this.#messages);
    this.#last = part.last;
    if (changed) this.#show(part.messages, old.size ? old : null);
  }

  #end() {
    return this.#messages.length ? this.#messages[this.#messages.length - 1].seq : 0;
  }

  async #go(before) {
    this.#found = null;
    const quest = this.#quest();
    const query = { quest };
    if (before !== null && before <= this.#last) query.before = before;
    if (this.#turn) query.turn = this.#turn;
    try {
      const part = await get("messages", query);
      this.#before = query.before ?? null;
      this.#last = part.last;
      this.#show(part.messages, null);
    } catch (error) {
      byId("shown").textContent = error.message;
    }
  }

  #show(messages, old) {
    const room = byId("messages");
    const follows = this.#before === null;
    const atEnd = room.scrollTop + room.clientHeight >= room.scrollHeight - 40;
    this.#messages = messages;
    const nodes = messages.map((message) => this.#message(message, old !== null && !old.has(message.seq)));
    replace(room, nodes.length ? nodes : element("p", { class: "empty" }, "No messages."));
    if (follows && (old === null || atEnd)) room.scrollTop = room.scrollHeight;
    else if (!follows) room.scrollTop = 0;
    const first = messages.length ? messages[0].seq : 0;
    byId("older").disabled = messages.length < PAGE || first <= 1;
    byId("newer").disabled = byId("newest").disabled = follows;
    const of = this.#turn ? `, of turn ${this.#turn} only` : "";
    byId("shown").textContent = messages.length
      ? `messages ${first.toLocaleString()} to ${this.#end().toLocaleString()} of ${this.#last.toLocaleString()}${of}` : "";
  }

  #message(message, fresh) {
    const text = element("p", { class: "text" }, message.text);
    return element("article", { class: `message ${message.kind.split(",")[0]}${fresh ? " fresh" : ""}`,
      id: `message-${message.seq}`, "aria-label": `message ${message.seq}` }, this.#title(message), text,
      message.length > message.text.length ? whole(this.#quest(), message, text) : null);
  }

  #title(message) {
    const { seq, kind, from, to, turn, at } = message;
    return element("header", {}, element("span", {}, String(seq)),
      element("strong", {}, to ? `${from} to ${to}` : from), element("span", {}, kind),
      turn ? element("button", { type: "button", class: "link", "data-key": `message-turn-${seq}`,
        on: { click: () => this.#chooseTurn(turn) } }, `turn ${turn}`) : null,
      element("time", { datetime: new Date(at * 1000).toISOString() }, clock(at)));
  }

  async #search() {
    const words = byId("words").value;
    if (!words.trim()) { this.#go(null); return; }
    try {
      const found = await get("search", { quest: this.#quest(), words });
      this.#found = found.messages;
      const nodes = found.messages.map((hit) => element("article", { class: "message" }, this.#title(hit),
        element("p", { class: "text" }, ...marked(hit.text, words)),
        element("button", { type: "button", class: "link", on: { click: () => this.#open(hit.seq) } },
          `Show message ${hit.seq} in the conversation`)));
      replace(byId("messages"), nodes.length ? nodes : element("p", { class: "empty" }, "No message has these words."));
      byId("messages").scrollTop = 0;
      byId("older").disabled = byId("newer").disabled = true;
      byId("newest").disabled = false;
      byId("shown").textContent = `${counted(found.messages.length, "message")} found`
        + (found.left_out ? `, and ${counted(found.left_out, "older message")}` : "");
    } catch (error) {
      byId("shown").textContent = error.message;
    }
  }

  async #open(seq) {
    this.#turn = null;
    await this.#go(seq + PAGE / 2);
    const node = byId(`message-${seq}`);
    node?.setAttribute("tabindex", "-1");
    node?.classList.add("fresh");
    node?.scrollIntoView({ block: "center" });
    node?.focus({ preventScroll: true });
  }
}

function marked(text, words) {
  const escaped = words.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.split(new RegExp(`(${escaped.join("|")})`, "giu"))
    .map((piece, index) => (index % 2 ? element("mark", {}, piece) : piece));
}
