// Forms that take files: a box that a file may be dropped on and that says which one is chosen. One
// too large or of the wrong kind is told before it is sent. Without script the same forms work, and
// the server tells.
const MEGABYTE = 1024 * 1024;

function problemOf(form: HTMLFormElement, input: HTMLInputElement, file: File): string {
  const endings = input.accept.split(",");
  if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
    return (form.dataset.wrongEnding ?? "").replace("{endings}", endings.join(form.dataset.listedBy));
  }
  const limit = Number(form.dataset.limit ?? Infinity);
  return file.size > limit ? (form.dataset.tooLarge ?? "") : "";
}

function size(file: File): string {
  const large = file.size >= MEGABYTE;
  const number = large ? file.size / MEGABYTE : Math.max(1, Math.round(file.size / 1024));
  return large ? `${number.toFixed(1)} MB` : `${number} KB`;
}

function enhance(form: HTMLFormElement, box: HTMLElement): void {
  const input = box.querySelector<HTMLInputElement>("input[type=file]");
  const button = box.querySelector<HTMLElement>("[data-dropzone-button]");
  const chosen = box.querySelector<HTMLElement>("[data-dropzone-chosen]");
  const problem = box.parentElement?.querySelector<HTMLElement>("[data-dropzone-problem]");
  if (!input || !button || !chosen || !problem) return;
  const invitation = chosen.textContent ?? "";
  box.classList.add("is-enhanced");
  button.hidden = chosen.hidden = false;

  const tell = (): void => {
    const file = input.files?.[0];
    const text = file ? problemOf(form, input, file) : "";
    chosen.textContent = file ? `${file.name}（${size(file)}）` : invitation;
    problem.textContent = text;
    problem.hidden = text === "";
    input.setCustomValidity(text);
    if (file) box.classList.toggle("is-wrong", text !== "");
    box.classList.remove("is-over");
  };
  input.addEventListener("change", tell);
  input.addEventListener("dragenter", () => box.classList.add("is-over"));
  for (const kind of ["dragleave", "drop"]) {
    input.addEventListener(kind, () => box.classList.remove("is-over"));
  }
  tell(); // after "back", the browser has kept what was chosen
}

// Sends the form and shows how far it is; it can be broken off. Where the answer names another page,
// the browser goes there; a form that was not accepted comes back in place of the one that was sent.
function send(form: HTMLFormElement, ended: () => void): void {
  form.querySelector(".upload-progress")?.remove();
  const box = document.createElement("div");
  box.className = "upload-progress";
  const bar = document.createElement("progress");
  bar.className = "progress";
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", form.dataset.uploading ?? "");
  const said = document.createElement("span");
  const problem = document.createElement("p");
  problem.className = "field-error";
  problem.setAttribute("role", "alert");
  problem.textContent = form.dataset.failed ?? "";
  problem.hidden = true;
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "btn btn-sm";
  stop.textContent = form.dataset.stop ?? "";
  box.append(bar, said, stop, problem);
  form.append(box);

  const request = new XMLHttpRequest();
  const failed = (): void => {
    stop.hidden = true;
    problem.hidden = false;
    ended();
  };
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  stop.addEventListener("click", () => request.abort());
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.floor((event.loaded * 100) / event.total);
    said.textContent = `${bar.value}%`;
  });
  // All of it has left here; the server still puts it away.
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    stop.hidden = true;
    said.textContent = form.dataset.keeping ?? "";
  });
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("HX-Redirect");
    if (next) {
      window.location.assign(next);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const content = page.getElementById("content");
    const here = document.getElementById("content");
    if (content && here) {
      here.replaceWith(content);
      begin();
      content.querySelector<HTMLElement>("[role=alert]")?.focus();
    } else {
      failed();
    }
  });
  request.addEventListener("error", failed);
  request.addEventListener("abort", () => {
    box.remove();
    ended();
  });
  request.send(new FormData(form));
}

function begin(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
    form.querySelectorAll<HTMLElement>("[data-dropzone]").forEach((box) => enhance(form, box));
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    const words = button?.textContent ?? "";
    form.addEventListener("submit", (event) => {
      if (!button) return;
      const wrong = form.querySelector("[data-dropzone-problem]:not([hidden])");
      if (wrong) {
        event.preventDefault();
        wrong.parentElement?.querySelector<HTMLElement>("input[type=file]")?.focus();
        return;
      }
      button.disabled = true;
      button.textContent = form.dataset.uploading ?? words;
      event.preventDefault();
      send(form, () => {
        button.disabled = false;
        button.textContent = words;
      });
    });
    // Back from the next page, the browser may show this one as it was left.
    window.addEventListener("pageshow", () => {
      if (!button) return;
      button.disabled = false;
      button.textContent = words;
    });
  }
}

begin();
