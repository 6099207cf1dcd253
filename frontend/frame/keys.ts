// Keys that do something anywhere: `/` to search, `?` for the list, `g` and a letter to go
// somewhere. Each is one press without Ctrl or Alt, and so can be turned off (WCAG 2.1.4).
const WAIT = 1500;
let going = 0; // until when a letter after `g` is waited for

function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element?.closest("input, textarea, select, [contenteditable], dialog"));
}

function go(letter: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(
    `#navigation a[data-key="${CSS.escape(letter)}"]`,
  );
  link?.click();
  return link !== null;
}

// The list lies at an address of its own; where the browser can, it is shown over the page.
async function list(): Promise<void> {
  const link = document.querySelector<HTMLAnchorElement>("a[data-keys-list]");
  if (!link) return;
  const dialog = document.createElement("dialog");
  if (!dialog.showModal) {
    link.click();
    return;
  }
  const answer = await fetch(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("keys");
  if (!found || document.querySelector("dialog[open]")) return;
  dialog.className = "keys-dialog";
  const title = document.createElement("h2");
  title.textContent = link.textContent;
  title.id = "keys-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn";
  close.textContent = link.dataset.close ?? "";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, ...found.childNodes, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function press(event: KeyboardEvent): void {
  const off = document.documentElement.dataset.keys === "off";
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) return;
  if (event.timeStamp < going && /^[a-z]$/.test(event.key)) {
    going = 0;
    if (go(event.key)) event.preventDefault();
    return;
  }
  going = 0;
  if (event.key === "g") {
    going = event.timeStamp + WAIT;
  } else if (event.key === "/") {
    const field = document.querySelector<HTMLInputElement>("[data-search]");
    if (field?.offsetParent) {
      event.preventDefault();
      field.focus();
    }
  } else if (event.key === "?") {
    event.preventDefault();
    void list();
  }
}

document.addEventListener("keydown", press);
