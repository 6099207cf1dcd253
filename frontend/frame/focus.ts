// What had the focus may be gone when a part of the page is exchanged, as the last page's way to the next
// one is: the keyboard goes on where the part begins, not where the page does.
export function keepFocus(part: string): void {
  let within: string | undefined;
  document.body.addEventListener("htmx:beforeSwap", () => {
    within = document.activeElement?.closest(part)?.id;
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!within || document.activeElement !== document.body) return;
    document.getElementById(within)?.querySelector<HTMLElement>("[data-list-count]")?.focus();
  });
}
