// The address box: a combobox as in the ARIA Authoring Practices (list autocomplete, manual choice).
// Streamlit calls the default export at every rerun; what lives on is kept per mounted box.

const PAUSE_MS = 120;
const MIN_LETTERS = 2;
const boxes = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let box = boxes.get(parentElement);
  if (!box) {
    box = new AddressBox(parentElement, data);
    boxes.set(parentElement, box);
  }
  box.update(data, (address) => setTriggerValue("address", address));
  return () => {
    box.forget();
    boxes.delete(parentElement);
  };
}

class AddressBox {
  constructor(root, data) {
    this.label = root.querySelector("label");
    this.input = root.querySelector("input");
    this.list = root.querySelector("ul");
    this.spoken = root.querySelector(".spoken");
    this.marked = -1;
    this.value = "";
    this.input.oninput = () => this.typed();
    this.input.onkeydown = (event) => this.pressed(event);
    // Streamlit's own shortcuts (r, c) would take the letters typed here for theirs.
    this.input.onkeyup = this.input.onkeypress = (event) => event.stopPropagation();
    this.input.onfocus = () => this.input.select();
    this.input.onblur = () => this.close();
    if (data.autofocus) this.input.focus();
  }

  update(data, submit) {
    this.data = data;
    this.submit = submit;
    this.label.textContent = data.label;
    this.input.placeholder = data.placeholder;
    this.input.maxLength = data.maxLength;
    if (data.value !== this.value) {
      this.value = data.value;
      this.input.value = data.value;
      this.forget();
    }
  }

  typed() {
    this.forget();
    if (this.input.value.trim().length < MIN_LETTERS) return;
    this.timer = setTimeout(() => this.ask(this.input.value), PAUSE_MS);
  }

  async ask(text) {
    const request = new AbortController();
    this.request = request;
    let found = [];
    try {
      const answer = await fetch(this.data.url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text, limit: this.data.limit }),
        signal: request.signal,
      });
      if (answer.ok) found = (await answer.json()).suggestions;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    if (this.request === request) this.open(found);
  }

  open(found) {
    this.marked = -1;
    this.list.replaceChildren(...found.map((one, index) => this.option(one, index)));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    this.spoken.textContent = this.data.found.replace("{count}", found.length);
  }

  option({ value, level }, index) {
    const option = document.createElement("li");
    option.id = `suggestion-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const address = document.createElement("span");
    address.textContent = value;
    const precision = document.createElement("span");
    precision.className = "level";
    precision.textContent = this.data.levels[level] ?? "";
    option.append(address, precision);
    option.onmousedown = (event) => event.preventDefault(); // the input keeps the focus
    option.onclick = () => this.choose(value);
    return option;
  }

  pressed(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    const act = {
      ArrowDown: () => this.mark(1),
      ArrowUp: () => this.mark(-1),
      Enter: () => this.choose(this.markedText() ?? this.input.value),
      Escape: () => (this.list.hidden ? this.empty() : this.close()),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  mark(step) {
    const options = [...this.list.children];
    if (this.list.hidden || options.length === 0) return;
    const places = options.length + 1; // one of them is the text as typed
    this.marked = ((this.marked + 1 + step + places) % places) - 1;
    options.forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === this.marked));
    });
    const option = options[this.marked];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  markedText() {
    return this.list.children[this.marked]?.firstChild.textContent;
  }

  choose(address) {
    if (!address.trim()) return;
    this.input.value = address;
    this.forget();
    if (this.data.leaves) this.input.blur();
    else this.input.select();
    this.submit(address);
  }

  empty() {
    this.input.value = "";
    this.forget();
  }

  close() {
    this.open([]);
    this.spoken.textContent = "";
  }

  forget() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
    this.close();
  }
}
