// A list of rows of which one is chosen, by mouse or arrow keys (ARIA Authoring Practices, listbox).
// Texts enter as textContent only. What lives on between reruns is kept per mounted list.

const PAUSE_MS = 200; // while arrow keys run down the list, nothing is chosen yet
const lists = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let list = lists.get(parentElement);
  if (!list) {
    list = new Rows(parentElement);
    lists.set(parentElement, list);
  }
  list.update(data, (id) => setTriggerValue("row", id));
  return () => {
    clearTimeout(list.timer);
    document.removeEventListener("keydown", list.digit);
    lists.delete(parentElement);
  };
}

class Rows {
  constructor(root) {
    this.list = root.querySelector("ul");
    this.empty = root.querySelector(".empty");
    this.list.onkeydown = (event) => this.pressed(event);
    this.digit = (event) => this.typed(event);
    document.addEventListener("keydown", this.digit);
    this.shown = null;
    this.selected = null;
  }

  update(data, choose) {
    this.choose = choose;
    this.digits = data.digits;
    this.list.setAttribute("aria-label", data.label);
    this.list.style.maxHeight = data.height;
    this.list.hidden = data.rows.length === 0;
    this.empty.textContent = data.rows.length === 0 ? data.empty : "";
    const rows = JSON.stringify(data.rows);
    if (rows !== this.shown) {
      this.shown = rows;
      this.list.replaceChildren(...data.rows.map((row) => this.row(row)));
    }
    const moved = data.selected !== this.selected;
    clearTimeout(this.timer);
    this.mark(data.selected, moved);
  }

  row({ id, badge, fill, ink, look, title, tag, tone, detail }) {
    const row = document.createElement("li");
    row.id = `row-${id}`;
    row.dataset.id = id;
    row.setAttribute("role", "option");
    row.onclick = () => this.take(id);
    const number = part("badge", badge);
    number.classList.add(look);
    if (fill) number.style.background = fill;
    if (ink) number.style.color = ink;
    const head = part("head", "");
    head.append(part("title", title));
    if (tag) head.append(part(`tag ${tone}`, tag));
    const words = part("words", "");
    words.append(head, part("detail", detail));
    if (badge) row.append(number);
    row.append(words);
    return row;
  }

  mark(id, follow) {
    this.selected = id;
    for (const row of this.list.children) {
      const chosen = row.dataset.id === id;
      row.setAttribute("aria-selected", String(chosen));
      if (!chosen) continue;
      this.list.setAttribute("aria-activedescendant", row.id);
      if (follow) this.show(row);
    }
  }

  // Scrolls the list alone, never the page around it.
  show(row) {
    if (row.offsetTop < this.list.scrollTop) this.list.scrollTop = row.offsetTop;
    const over = row.offsetTop + row.offsetHeight - this.list.clientHeight;
    if (over > this.list.scrollTop) this.list.scrollTop = over;
  }

  take(id) {
    clearTimeout(this.timer);
    this.mark(id, true);
    this.choose(id);
  }

  // The numbers are where they are on every layout, so a digit names a row from anywhere.
  typed(event) {
    if (!this.digits || event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) return;
    const row = this.list.children[Number(event.key) - 1];
    if (row) this.take(row.dataset.id);
  }

  pressed(event) {
    if (this.digits && event.key === "Enter") return;
    const rows = [...this.list.children];
    const now = rows.findIndex((row) => row.dataset.id === this.selected);
    const last = rows.length - 1;
    const goal = {
      ArrowDown: Math.min(now + 1, last), ArrowUp: Math.max(now - 1, 0), Home: 0, End: last,
      Enter: now,
    }[event.key];
    if (goal === undefined || goal < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const id = rows[goal].dataset.id;
    this.mark(id, true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.choose(id), event.key === "Enter" ? 0 : PAUSE_MS);
  }
}

function isTyping(event) {
  const [target] = event.composedPath();
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function part(kind, text) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = text;
  return element;
}
