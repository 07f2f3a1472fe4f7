// A table of spots and the legs of their way, sorted by a click on a head (ARIA Authoring
// Practices, sortable table). Texts enter as textContent only. Order lasts between reruns.

const tables = new WeakMap();
const WAY = 3; // the column of bars

export default function ({ data, parentElement, setTriggerValue }) {
  let table = tables.get(parentElement);
  if (!table) {
    table = new Timelines(parentElement);
    tables.set(parentElement, table);
  }
  table.update(data, (id) => setTriggerValue("row", id));
  return () => tables.delete(parentElement);
}

class Timelines {
  constructor(root) {
    this.frame = root.querySelector(".frame");
    this.head = root.querySelector("thead");
    this.body = root.querySelector("tbody");
    this.empty = root.querySelector(".empty");
    this.column = null; // as they come: the newest first
    this.rising = false;
    this.shown = null;
  }

  update(data, choose) {
    this.data = data;
    this.choose = choose;
    this.frame.setAttribute("aria-label", data.label);
    this.frame.hidden = data.rows.length === 0;
    this.empty.textContent = data.rows.length === 0 ? data.empty : "";
    const told = JSON.stringify([data.columns, data.rows]);
    if (told !== this.shown) {
      this.shown = told;
      this.draw();
    }
    this.mark(data.selected);
  }

  draw() {
    const heads = document.createElement("tr");
    heads.append(...this.data.columns.map((name, column) => this.title(name, column)));
    this.head.replaceChildren(heads);
    this.body.replaceChildren(...this.sorted().map((row) => this.row(row)));
  }

  title(name, column) {
    const head = document.createElement("th");
    head.scope = "col";
    head.tabIndex = 0;
    head.textContent = name;
    if (column === this.column) head.setAttribute("aria-sort", this.rising ? "ascending" : "descending");
    head.onclick = () => this.sort(column);
    head.onkeydown = (event) => pressed(event, () => this.sort(column));
    return head;
  }

  row({ id, cells, legs }) {
    const row = document.createElement("tr");
    row.dataset.id = id;
    row.tabIndex = 0;
    row.onclick = () => this.take(id);
    row.onkeydown = (event) => pressed(event, () => this.take(id));
    row.append(...cells.map((cell, column) => (column === WAY ? this.way(legs) : said(cell))));
    return row;
  }

  way(legs) {
    const cell = document.createElement("td");
    const way = document.createElement("div");
    const { longest } = this.data;
    way.className = legs.reduce((sum, [, hours]) => sum + hours, 0) > longest ? "way cut" : "way";
    let left = longest;
    for (const [name, hours, hint] of legs) {
      if (left <= 0) break;
      const leg = document.createElement("i");
      leg.className = name;
      leg.title = hint;
      leg.style.width = `${(100 * Math.min(hours, left)) / longest}%`;
      way.append(leg);
      left -= hours;
    }
    cell.append(way);
    return cell;
  }

  sort(column) {
    this.rising = column === this.column && !this.rising;
    this.column = column;
    this.draw();
    this.mark(this.data.selected);
    this.head.querySelectorAll("th")[column].focus();
  }

  sorted() {
    if (this.column === null) return this.data.rows;
    const by = (row) => row.cells[this.column].by;
    const known = this.data.rows.filter((row) => by(row) !== null);
    const unknown = this.data.rows.filter((row) => by(row) === null);
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
    const sign = this.rising ? 1 : -1;
    return [...known.sort((a, b) => sign * compare(by(a), by(b))), ...unknown];
  }

  mark(id) {
    for (const row of this.body.children) row.setAttribute("aria-selected", String(row.dataset.id === id));
  }

  take(id) {
    this.mark(id);
    this.choose(id);
  }
}

function said({ said: words, tone }) {
  const cell = document.createElement("td");
  cell.textContent = words;
  cell.title = words;
  if (tone) cell.className = tone;
  return cell;
}

function pressed(event, act) {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  act();
}
