// The cards of what waits for a person: questions and obstacles to answer, answers to review.

import { counted, element, since } from "./elements.js";
import { act, get } from "./requests.js";

const cards = new Map();

const TITLES = {
  clarification: "asks about", blocked: "is blocked in", review: "waits for a review of",
};

// A card that is still shown stays the same element, with the text that somebody is typing into it.
export function waitingCards(room, quest, readOnly, changed) {
  const wanted = quest.waiting.map((item) => [`${quest.quest}-${item.turn}-${item.kind}-${item.seq}`, item]);
  for (const key of cards.keys()) if (!wanted.some(([one]) => one === key)) cards.delete(key);
  for (const [key, item] of wanted) if (!cards.has(key)) cards.set(key, card(quest.quest, item, readOnly, changed));
  const shown = wanted.map(([key]) => cards.get(key));
  for (const child of [...room.children]) if (!shown.includes(child)) child.remove();
  shown.forEach((one, index) => { if (room.children[index] !== one) room.insertBefore(one, room.children[index] ?? null); });
  if (!shown.length) room.append(element("p", { class: "soft" }, "Nothing waits for a person."));
}

function card(quest, item, readOnly, changed) {
  const text = element("p", { class: "text", tabindex: "0" }, item.text);
  const by = item.reviewer ? ` by ${item.reviewer}` : "";
  return element("article", { class: "card" },
    element("h4", {}, `${item.agent} ${TITLES[item.kind]} turn ${item.turn}${by}, `, since(item.at), " ago"), text,
    item.length > item.text.length ? whole(quest, item, text) : null,
    readOnly ? null : item.kind === "review" ? review(quest, item, changed) : reply(quest, item, changed));
}

export function whole(quest, { seq, length }, text) {
  const button = element("button", { type: "button", class: "link", on: { click: async () => {
    text.textContent = (await get("message", { quest, seq })).text;
    button.remove();
  } } }, `Show all of its ${counted(length, "character")}`);
  return button;
}

function form(label, buttons, send) {
  const area = element("textarea", { rows: 2, "aria-label": label, placeholder: label });
  const node = element("form", { on: { submit: (event) => { event.preventDefault(); send(area, node, event.submitter); } } },
    area, element("div", { class: "bar" }, ...buttons, element("p", { class: "said", role: "status" })));
  return node;
}

function reply(quest, item, changed) {
  return form(`Your reply to ${item.agent}`, [element("button", { class: "main" }, "Reply")], async (area, node) => {
    await act("message", { quest, to: item.agent, answers: item.turn, msg: area.value }, node);
    changed();
  });
}

function review(quest, item, changed) {
  const buttons = [
    element("button", { class: "main", value: "accept" }, "Accept"),
    element("button", { value: "change" }, "Send back"),
  ];
  return form("What to change, or a note with the acceptance", buttons, async (area, node, pressed) => {
    const note = area.value.trim() ? { msg: area.value } : {};
    const verdict = pressed?.value === "change" ? { change: area.value } : { accept: true, ...note };
    await act("review", { quest, turn: item.turn, ...verdict }, node);
    changed();
  });
}
