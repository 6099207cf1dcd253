// What every page carries: htmx for fragments, Alpine (the build that needs no eval) for parts that
// open and close, and what moves the frame.
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";
import "../frame/keys";
import "../frame/menus";
import "../frame/preferences";

// Nothing that a strict content security policy forbids, and no personal data in local storage.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
htmx.config.selfRequestsOnly = true;
// A form that was not accepted comes back with status 422 and is shown with its errors.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

// A part of the page that opens and closes: x-data="disclosure", @click="toggle", :class="state".
Alpine.data("disclosure", () => ({
  open: false,
  toggle(): void {
    this.open = !this.open;
  },
  close(): void {
    this.open = false;
  },
  get expanded(): string {
    return String(this.open);
  },
  get state(): string {
    return this.open ? "show" : "";
  },
}));

Alpine.start();
