// Preferences are set by forms. With script the page changes at once and stays where it is; the
// cookie comes from the server all the same. The language alone needs the page anew.
const MEDIA: Record<string, string> = {
  auto: "screen and (prefers-color-scheme: dark)",
  light: "not all",
  dark: "screen",
};

function apply(name: string, value: string): void {
  const root = document.documentElement;
  if (name === "theme") {
    const dark = document.querySelector<HTMLLinkElement>("#dark");
    if (dark) dark.media = MEDIA[value];
    const scheme = document.querySelector<HTMLMetaElement>("meta[name=color-scheme]");
    if (scheme) scheme.content = value === "auto" ? "light dark" : value;
  } else {
    root.dataset[name] = value;
  }
  document
    .querySelectorAll(`form[data-preferences] button[name="${name}"]`)
    .forEach((one) => one.setAttribute("aria-pressed", String(one.getAttribute("value") === value)));
}

async function set(form: HTMLFormElement, name: string, value: string): Promise<void> {
  const said = new FormData(form);
  said.set(name, value);
  const answer = await fetch(form.action, { method: "POST", body: said, redirect: "manual" });
  if (answer.type === "opaqueredirect") apply(name, value);
  else form.submit(); // the form has grown old: let the server say so
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const button = event.submitter as HTMLButtonElement | null;
  if (!form.matches("form[data-preferences]") || !button || button.name === "language") return;
  event.preventDefault();
  void set(form, button.name, button.value);
});
