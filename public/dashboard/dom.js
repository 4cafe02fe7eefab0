// The document. Whatever comes from the API becomes text, never markup.

/**
 * @template {Element} [E=HTMLElement]
 * @param {string} selector @param {ParentNode} [root]
 * @returns {E}
 */
export function find(selector, root = document) {
  const found = root.querySelector(selector);
  if (found === null) throw new Error(`The page has no ${selector}`);
  return /** @type {E} */ (found);
}

/**
 * An element. Children that are texts are shown as they are.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Readonly<Record<string, string>>} attributes @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @param {string} tag @param {Readonly<Record<string, string | number>>} attributes @param {(Node | string)[]} children */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Words for a screen reader alone. @param {string} text */
export const unseen = (text) => element("span", { class: "unseen" }, text);

/** Sets a text where it is another: what stays the same is not read out again. @param {Element} target @param {string} text */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * A button inside of a list that is drawn anew: `data-action` says what it does, and keeps the focus through a redraw.
 * @param {string} action @param {string} label @param {string} about which of the list's items
 */
export const actionButton = (action, label, about) =>
  element(
    "button",
    { type: "button", "data-action": action, "data-about": about },
    label,
    unseen(` ${about}`),
  );

/** Draws a list anew without taking the focus from whoever stands in it. @param {Element} list @param {Node[]} items */
export function redraw(list, items) {
  const focused = document.activeElement;
  const stood = focused instanceof HTMLElement && list.contains(focused) ? focused.dataset : null;
  list.replaceChildren(...items);
  if (stood === null) return;
  const again = Array.from(list.querySelectorAll("button")).find(
    ({ dataset }) => dataset["action"] === stood["action"] && dataset["about"] === stood["about"],
  );
  again?.focus();
}

/**
 * Hears the buttons of a list, those too that are drawn later.
 * @param {Element} list @param {(action: string, about: string) => void} act
 */
export function onAction(list, act) {
  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-action]") : null;
    if (!(button instanceof HTMLElement)) return;
    act(button.dataset["action"] ?? "", button.dataset["about"] ?? "");
  });
}
