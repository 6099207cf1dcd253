// Light or dark as the system says. Loaded in <head> before the first paint, so nothing flashes.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function follow(): void {
  document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
}

follow();
dark.addEventListener("change", follow);
