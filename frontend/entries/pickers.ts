// Selects that are found by typing: a name, its pinyin or a code (`data-found-by`, `data-code`). The
// select stays in the form, unseen, and has the value; without script it is the field itself.
// Keys and roles are those of a combobox with a listbox (WAI-ARIA Authoring Practices).

const SHOWN = 60;

interface Choice {
  option: HTMLOptionElement;
  name: string;
  words: string;
}

function rank(choice: Choice, typed: string): number {
  const code = choice.option.dataset.code ?? "";
  if (typed === "") return 1;
  if (choice.name.startsWith(typed) || code.startsWith(typed)) return 3;
  if (choice.words.split(" ").some((word) => word.startsWith(typed))) return 2;
  return choice.name.includes(typed) || choice.words.includes(typed) ? 1 : 0;
}

class Picker {
  private readonly many: boolean;
  private readonly input = document.createElement("input");
  private readonly list = document.createElement("ul");
  private readonly chosen = document.createElement("ul");
  private readonly choices: Choice[];
  private active = -1;

  constructor(private readonly select: HTMLSelectElement) {
    this.many = select.multiple;
    this.choices = [...select.options]
      .filter((option) => option.value !== "")
      .map((option) => ({
        option,
        name: option.text.toLowerCase(),
        words: option.dataset.foundBy ?? "",
      }));
    this.build();
    this.tell();
  }

  private build(): void {
    const { select, input, list } = this;
    const box = document.createElement("div");
    box.className = "picker";
    const id = select.id;
    // In a list that was fetched anew, the new field has been given the focus that the old one had.
    const focused = document.activeElement === select;
    select.id = `${id}-value`;
    select.hidden = true;
    input.id = id;
    list.id = `${id}-list`;
    input.type = "text";
    input.autocomplete = "off";
    input.className = `${this.many ? "form-control" : "form-select"}${select.classList.contains("is-invalid") ? " is-invalid" : ""}`;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      const value = select.getAttribute(name);
      if (value) input.setAttribute(name, value);
    }
    input.required = select.required && !this.many;
    select.required = false;
    input.placeholder = select.dataset.hint ?? "";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    list.className = "picker-list";
    list.setAttribute("role", "listbox");
    const label = select.labels?.[0] ?? document.querySelector(`label[for="${CSS.escape(id)}"]`);
    list.setAttribute("aria-label", label?.textContent ?? "");
    list.hidden = true;
    this.chosen.className = "picker-chosen";
    select.before(box);
    box.append(select, ...(this.many ? [this.chosen] : []), input, list);

    if (focused) input.focus();
    input.addEventListener("input", () => this.open());
    input.addEventListener("click", () => this.open());
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.leave());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps focus
    list.addEventListener("click", (event) => {
      const item = (event.target as HTMLElement).closest<HTMLElement>("[data-place]");
      if (item) this.take(Number(item.dataset.place));
    });
  }

  private found(): Choice[] {
    const typed = this.input.value.trim().toLowerCase();
    const now = this.many ? "" : (this.select.selectedOptions[0]?.text.toLowerCase() ?? "");
    const wanted = typed === now ? "" : typed;
    return this.choices
      .filter((choice) => !(this.many && choice.option.selected))
      .map((choice) => ({ choice, rank: rank(choice, wanted) }))
      .filter((one) => one.rank > 0)
      .sort((one, other) => other.rank - one.rank)
      .slice(0, SHOWN)
      .map((one) => one.choice);
  }

  private open(): void {
    this.active = -1;
    const items = this.found().map((choice, place) => {
      const item = document.createElement("li");
      item.id = `${this.list.id}-${place}`;
      item.className = "picker-option";
      item.dataset.place = String(this.choices.indexOf(choice));
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(choice.option.selected));
      item.append(choice.option.text);
      if (choice.option.dataset.code) {
        const code = document.createElement("small");
        code.textContent = choice.option.dataset.code;
        item.append(code);
      }
      return item;
    });
    if (!items.length) {
      const none = document.createElement("li");
      none.className = "picker-none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = this.select.dataset.none ?? "—";
      items.push(none);
    }
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.input.removeAttribute("aria-activedescendant");
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
      this.tell();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.open();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !this.list.hidden) {
      const items = this.list.querySelectorAll<HTMLElement>("[data-place]");
      const item = items[this.active] ?? (this.input.value.trim() && items[0]);
      if (item) {
        event.preventDefault();
        this.take(Number(item.dataset.place));
      }
    }
  }

  private move(by: number): void {
    const items = [...this.list.querySelectorAll<HTMLElement>("[data-place]")];
    if (!items.length) return;
    items[this.active]?.classList.remove("is-active");
    this.active = (this.active + by + items.length) % items.length;
    const item = items[this.active];
    item.classList.add("is-active");
    item.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", item.id);
  }

  private take(place: number): void {
    const { option } = this.choices[place];
    if (this.many) option.selected = true;
    else this.select.value = option.value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.tell();
    this.close();
  }

  // Words that name nothing are taken back; no words at all choose nothing.
  private leave(): void {
    this.close();
    if (!this.many && this.input.value.trim() === "") this.select.value = "";
    this.tell();
  }

  private tell(): void {
    if (!this.many) {
      const chosen = this.select.selectedOptions[0];
      this.input.value = chosen && chosen.value ? chosen.text : "";
      return;
    }
    this.input.value = "";
    const chips = [...this.select.selectedOptions].map((option) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chip";
      button.append(option.text);
      const mark = document.createElement("span");
      mark.textContent = "×";
      mark.setAttribute("aria-hidden", "true");
      button.append(mark);
      button.setAttribute("aria-label", `${this.select.dataset.drop ?? ""}${option.text}`);
      button.addEventListener("click", () => {
        option.selected = false;
        this.tell();
        this.input.focus();
        this.close();
      });
      item.append(button);
      return item;
    });
    this.chosen.replaceChildren(...chips);
  }
}

function enhanceAll(): void {
  document.querySelectorAll<HTMLSelectElement>("select[data-picker]:not([hidden])").forEach((one) => {
    new Picker(one);
  });
}

enhanceAll();
// A list that was fetched anew brings its fields anew. A page may name this script more than once.
if (!document.documentElement.dataset.pickers) {
  document.documentElement.dataset.pickers = "on";
  document.body.addEventListener("htmx:afterSettle", enhanceAll);
}
