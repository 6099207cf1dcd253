// Lists where there is script: what is empty stays out of addresses, menus close, a failure is told.
// Fetching the list alone is htmx's (`components/table.html`); without script its links are pages.

import { keepFocus } from "../frame/focus";

const LIST = "[data-list]";

// A menu closes when something else is pressed, and on Escape, which leads back to its button.
function close(except: Node | null): void {
  document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]").forEach((menu) => {
    if (!except || !menu.contains(except)) menu.open = false;
  });
}

function listen(): void {
  // An address says only what is asked for.
  document.body.addEventListener("htmx:configRequest", (event) => {
    const asked = (event as CustomEvent).detail as { verb: string; parameters: Record<string, unknown> };
    if (asked.verb !== "get") return;
    for (const name of Object.keys(asked.parameters)) {
      if (asked.parameters[name] === "") delete asked.parameters[name];
    }
  });

  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(kind, (event) => {
      const list = (event.target as HTMLElement).closest(LIST);
      const told = list?.querySelector<HTMLElement>("[data-list-failed]");
      if (told) told.hidden = false;
    });
  }

  keepFocus(LIST);

  // Whoever does not see the list change is told how many rows there are now.
  document.body.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll<HTMLElement>("[data-list-told]").forEach((told) => {
      const list = document.getElementById(`list-${told.dataset.listTold ?? ""}`);
      told.textContent = list?.querySelector("[data-list-count]")?.textContent ?? "";
    });
  });

  document.addEventListener("click", (event) => close(event.target as Node));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = (event.target as HTMLElement).closest<HTMLDetailsElement>("details[data-menu][open]");
    menu?.querySelector("summary")?.focus();
    close(null);
  });
}

// A page with two lists names this script twice.
if (!document.documentElement.dataset.lists) {
  document.documentElement.dataset.lists = "on";
  listen();
}
