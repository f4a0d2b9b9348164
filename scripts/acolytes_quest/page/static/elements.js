// Elements from texts. Every text becomes a text node: nothing here, or in the other files, makes HTML of a text.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export const element = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
export const drawing = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);
export const byId = (id) => document.getElementById(id);

// Replaces what a node holds, and keeps the keyboard where it was: a control with the same data-key gets the focus.
export function replace(node, ...children) {
  const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const { scrollTop, scrollLeft } = node;
  node.replaceChildren(...children.flat());
  if (key) node.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  Object.assign(node, { scrollTop, scrollLeft });
}

export function age(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

// The clock of the board may differ from that of this machine: ages are counted by the board's.
let ahead = 0;
export const setClock = (now) => { ahead = now - Date.now() / 1000; };
export const now = () => Date.now() / 1000 + ahead;

export const since = (at) => element("span", { "data-since": at }, age(now() - at));
export function tick() {
  for (const node of document.querySelectorAll("[data-since]")) {
    const text = age(now() - Number(node.dataset.since));
    if (node.textContent !== text) node.textContent = text;
  }
}

export const clock = (at) =>
  new Date(at * 1000).toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
export const counted = (number, what) => `${number.toLocaleString()} ${what}${number === 1 ? "" : "s"}`;
export const STATES = {
  blocked: "blocked", queued: "queued", leased: "taken", done: "done", dead: "dead", cancelled: "cancelled",
};
export const dot = (state, text) => element("span", { class: `dot ${state}` }, text || STATES[state] || state);
