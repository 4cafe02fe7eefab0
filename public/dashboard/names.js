// The names a person looks at, remembered by this browser. Names alone: nothing of what they stand for.

const STORE = "sedge.names";

/**
 * Puts back what was chosen last, and hears of changes.
 * @param {HTMLInputElement | HTMLSelectElement} input with a name of its own among all of them
 * @param {() => void} onChange
 */
export function remember(input, onChange) {
  const { name } = input;
  const known = load()[name];
  if (known !== undefined) input.value = known;
  // A select takes no value that it does not have.
  if (input.value === "") input.value = input.dataset["default"] ?? "";
  input.addEventListener("change", () => {
    input.value = input.value.trim() || (input.dataset["default"] ?? "");
    save({ ...load(), [name]: input.value });
    onChange();
  });
  // Enter chooses; there is nothing to send.
  input.form?.addEventListener("submit", (event) => event.preventDefault());
}

/** @returns {Record<string, string>} */
function load() {
  try {
    const stored = JSON.parse(localStorage.getItem(STORE) ?? "{}");
    const pairs = Object.entries(stored).filter(([, value]) => typeof value === "string" && value !== "");
    return Object.fromEntries(pairs);
  } catch {
    return {};
  }
}

/** @param {Record<string, string>} names */
function save(names) {
  try {
    localStorage.setItem(STORE, JSON.stringify(names));
  } catch {
    // A browser that keeps nothing for us: the names hold until the page is left.
  }
}
