// Passkeys: forms that ask the browser for one and send what it gives. A form is marked with
// data-passkey: "create" or "get"; what is asked for is in the page (data-options names the element)
// or at an address (data-options-from). Without script the forms stay hidden: there are other ways.

type Json = Record<string, unknown>;

function toBytes(text: string): ArrayBuffer {
  const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}

function toText(bytes: ArrayBuffer | null): string | null {
  if (bytes === null) return null;
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function described(list: unknown): PublicKeyCredentialDescriptor[] {
  const each = (list ?? []) as { id: string; type: "public-key" }[];
  return each.map((one) => ({ ...one, id: toBytes(one.id) }));
}

async function create(options: Json): Promise<Json> {
  const asked = options.publicKey as Json;
  const user = asked.user as Json;
  const made = (await navigator.credentials.create({
    publicKey: {
      ...(asked as unknown as PublicKeyCredentialCreationOptions),
      challenge: toBytes(asked.challenge as string),
      user: { ...(user as unknown as PublicKeyCredentialUserEntity), id: toBytes(user.id as string) },
      excludeCredentials: described(asked.excludeCredentials),
      // One that says by itself whose it is, and asks its owner for a finger or a number.
      authenticatorSelection: {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
    },
  };
}

async function get(options: Json): Promise<Json> {
  const asked = options.publicKey as Json;
  const given = (await navigator.credentials.get({
    publicKey: {
      ...(asked as unknown as PublicKeyCredentialRequestOptions),
      challenge: toBytes(asked.challenge as string),
      allowCredentials: described(asked.allowCredentials),
    },
  })) as PublicKeyCredential;
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    ...common(given),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: toText(response.userHandle),
    },
  };
}

function common(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(form: HTMLFormElement): Promise<Json> {
  const address = form.dataset.optionsFrom;
  if (address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return ((await answer.json()) as { request_options: Json }).request_options;
  }
  const element = document.getElementById(form.dataset.options ?? "");
  const page = JSON.parse(element?.textContent ?? "{}") as Record<string, Json>;
  return page.creation_options ?? page.request_options;
}

function takePasskey(form: HTMLFormElement): void {
  const credential = form.querySelector<HTMLInputElement>("input[name=credential]");
  const problem = form.querySelector<HTMLElement>("[data-passkey-problem]");
  if (!credential || !problem) return;
  const button = form.querySelector<HTMLButtonElement>("button");
  if (button) button.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.hidden = true;
    const ask = form.dataset.passkey === "create" ? create : get;
    optionsOf(form)
      .then(ask)
      .then((made) => {
        credential.value = JSON.stringify(made);
        form.submit();
      })
      // Cancelled, timed out, or none is there: the browser does not say which.
      .catch(() => (problem.hidden = false));
  });
}

if (window.PublicKeyCredential) {
  document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(takePasskey);
}
