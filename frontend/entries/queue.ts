// A queue by keyboard: j opens the next one, k the one before. Both can be turned off, as every key of
// one letter (WCAG 2.1.4); without script the entries are links.

import { keepFocus } from "../frame/focus";

function step(queue: HTMLElement, by: number): void {
  const items = [...queue.querySelectorAll<HTMLAnchorElement>(".queue-item")];
  const now = items.findIndex((item) => item.hasAttribute("aria-current"));
  const next = items[now < 0 ? 0 : now + by];
  next?.focus();
  next?.click();
}

// The one that is open can be seen in a long list, without the page moving.
function reveal(): void {
  document.querySelectorAll<HTMLElement>(".queue-item[aria-current]").forEach((item) => {
    const list = item.closest<HTMLElement>(".queue-items");
    if (list) list.scrollTop += item.getBoundingClientRect().top - list.getBoundingClientRect().top - 120;
  });
}

if (!document.documentElement.dataset.queue) {
  document.documentElement.dataset.queue = "on";
  listenToQueue();
}

function listenToQueue(): void {
  reveal();
  keepFocus("[data-queue]");
  document.body.addEventListener("htmx:afterSettle", reveal);
  document.addEventListener("keydown", (event) => {
    const queue = document.querySelector<HTMLElement>("[data-queue]");
    const off = document.documentElement.dataset.keys === "off";
    if (!queue || off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, select, [contenteditable], dialog")) return;
    if (event.key !== "j" && event.key !== "k") return;
    event.preventDefault();
    step(queue, event.key === "j" ? 1 : -1);
  });
}
