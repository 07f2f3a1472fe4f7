// What an agent reads out: the same sentence in the caller's language, and a way to copy it.

const SAID_MS = 1600;
const quotes = new WeakMap();

export default function ({ data, parentElement }) {
  let quote = quotes.get(parentElement);
  if (!quote) {
    quote = new Sentence(parentElement, data.language);
    quotes.set(parentElement, quote);
  }
  quote.update(data);
  return () => {
    clearTimeout(quote.timer);
    quotes.delete(parentElement);
  };
}

class Sentence {
  constructor(root, language) {
    this.text = root.querySelector("blockquote");
    this.languages = root.querySelector(".languages");
    this.button = root.querySelector(".copy");
    this.button.onclick = () => this.copy();
    this.language = language;
  }

  update(data) {
    this.data = data;
    this.languages.setAttribute("aria-label", data.languageLabel);
    this.languages.replaceChildren(...Object.keys(data.sentences).map((one) => this.choice(one)));
    this.speak(this.language);
    this.say(data.copy);
  }

  choice(language) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.data.names[language];
    button.dataset.language = language;
    button.onclick = () => this.speak(language);
    return button;
  }

  speak(language) {
    this.language = language;
    this.text.textContent = this.data.sentences[language];
    this.text.lang = language;
    for (const button of this.languages.children) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.text.textContent);
      this.say(this.data.copied);
    } catch {
      // Without https the browser gives no clipboard: the text is marked, Ctrl+C copies it.
      const range = document.createRange();
      range.selectNodeContents(this.text);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      this.say(document.execCommand("copy") ? this.data.copied : this.data.marked);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(this.data.copy), SAID_MS);
  }

  say(words) {
    this.button.textContent = words;
  }
}
