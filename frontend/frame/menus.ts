// What opens: the drawer with the navigation, and the menus of the top bar. All of it opens without
// script too; with it, Escape and a click elsewhere close, and the drawer tells whether it is open.
const drawer = document.getElementById("navigation");
const menuButton = document.querySelector<HTMLElement>(".topbar-menu");

function slide(open: boolean): void {
  if (!drawer || !menuButton) return;
  drawer.classList.toggle("is-open", open);
  menuButton.setAttribute("aria-expanded", String(open));
  if (open) drawer.querySelector<HTMLElement>("a")?.focus();
}

function isOpen(): boolean {
  return drawer?.classList.contains("is-open") ?? false;
}

if (drawer && menuButton) {
  menuButton.addEventListener("click", (event) => {
    event.preventDefault();
    slide(!isOpen());
  });
  document.querySelectorAll(".nav-close a, .nav-shade").forEach((way) => {
    way.addEventListener("click", (event) => {
      event.preventDefault();
      slide(false);
      menuButton.focus();
    });
  });
  // Past the last line, the keyboard leaves the drawer, which then lies over what has the focus.
  drawer.addEventListener("focusout", (event) => {
    const next = event.relatedTarget as Node | null;
    if (next && !drawer.contains(next) && next !== menuButton) slide(false);
  });
}

// A link that is told to be a button is pressed with the space bar as well.
document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (event.key === " " && target.matches("a[role=button]")) {
    event.preventDefault();
    target.click();
  }
});

const menus = [...document.querySelectorAll<HTMLDetailsElement>("details.drop")];

document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (!menu.contains(event.target as Node)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (isOpen()) {
    slide(false);
    menuButton?.focus();
  }
  for (const menu of menus.filter((one) => one.open)) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

for (const menu of menus) {
  menu.addEventListener("focusout", (event) => {
    const next = event.relatedTarget as Node | null;
    if (next && !menu.contains(next)) menu.open = false;
  });
}
