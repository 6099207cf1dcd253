// Forms that take files: drop one on its box; a file too large or of the wrong kind is told at once.
// Without script the same forms work, and the server tells.
function endingIsRight(input: HTMLInputElement, file: File): boolean {
  const endings = input.accept.split(",");
  return endings.some((ending) => file.name.toLowerCase().endsWith(ending));
}

function problemOf(form: HTMLFormElement, input: HTMLInputElement): string {
  const file = input.files?.[0];
  if (!file) return "";
  if (!endingIsRight(input, file)) return form.dataset.wrongEnding ?? "";
  return file.size > Number(form.dataset.limit) ? (form.dataset.tooLarge ?? "") : "";
}

function watch(form: HTMLFormElement, box: HTMLElement): void {
  const input = box.querySelector<HTMLInputElement>("input[type=file]");
  const hint = box.querySelector<HTMLElement>("[data-dropzone-hint]");
  const problem = box.querySelector<HTMLElement>("[data-dropzone-problem]");
  if (!input || !hint || !problem) return;
  hint.hidden = false;

  input.addEventListener("change", () => {
    const text = problemOf(form, input);
    problem.textContent = text;
    problem.hidden = text === "";
    input.setCustomValidity(text);
  });
  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.add("is-over");
    });
  }
  box.addEventListener("dragleave", () => box.classList.remove("is-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("is-over");
    const files = event.dataTransfer?.files;
    if (files?.length) {
      input.files = files;
      input.dispatchEvent(new Event("change"));
    }
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
  form.querySelectorAll<HTMLElement>("[data-dropzone]").forEach((box) => watch(form, box));
  form.addEventListener("submit", () => {
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (!button) return;
    button.disabled = true;
    button.textContent = form.dataset.uploading ?? "";
  });
  // Back from the next page, the browser shows this one as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}
