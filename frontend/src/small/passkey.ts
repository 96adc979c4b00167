// A form that a passkey fills in: the server says what is to be signed, the device signs, the form is sent.
// Without script, HTTPS or a device that can, the other ways in are still there.
import { part, say, textsOf } from "../page";
import { within } from "../page/request";

const ASK_SECONDS = 12;

type Fields = Readonly<Record<string, ArrayBuffer>>;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What browsers older than 2025 need done for them: bytes in the place of their text. */
interface Wish {
  challenge: string;
  user?: { id: string };
  excludeCredentials?: { id: string }[];
}

async function made(wish: Wish): Promise<Fields> {
  const publicKey = {
    ...wish,
    challenge: bytes(wish.challenge),
    user: { ...wish.user, id: bytes(wish.user?.id ?? "") },
    excludeCredentials: (wish.excludeCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) })),
  } as unknown as PublicKeyCredentialCreationOptions;
  const found = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAttestationResponse;
  return { client_data: answer.clientDataJSON, attestation: answer.attestationObject };
}

async function signed(wish: Wish): Promise<Fields> {
  const publicKey = { ...wish, challenge: bytes(wish.challenge) } as PublicKeyCredentialRequestOptions;
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAssertionResponse;
  return {
    handle: found.rawId,
    client_data: answer.clientDataJSON,
    authenticator: answer.authenticatorData,
    signature: answer.signature,
  };
}

/** What is to be signed, or the sentence that says why not. */
async function ask(form: HTMLFormElement): Promise<Wish | string> {
  const password = form.querySelector<HTMLInputElement>('input[name="password"]')?.value;
  const limit = within(ASK_SECONDS);
  try {
    const answer = await fetch(form.dataset["ask"] ?? "", {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        "x-csrf-token": document.body.dataset["csrf"] ?? "",
      },
      body: JSON.stringify(password === undefined ? {} : { password }),
      signal: limit.signal,
    });
    const said = (await answer.json()) as Wish & { detail?: string };
    return answer.ok ? said : (said.detail ?? "");
  } finally {
    limit.clear();
  }
}

// A passkey is made for a name (W3C Web Authentication, 5.1.2): browsers make none for an address in figures.
const IN_FIGURES = /^(\d+\.\d+\.\d+\.\d+|\[.*\])$/;

export function attach(root: HTMLElement): void {
  const able = part(root, "able");
  if (!(root instanceof HTMLFormElement) || able === null) return;
  if (typeof PublicKeyCredential === "undefined" || !isSecureContext || IN_FIGURES.test(location.hostname)) return;
  const [note, unable, texts] = [part(root, "note"), part(root, "unable"), textsOf(root)];
  able.hidden = false;
  if (unable !== null) unable.hidden = true;
  const run = async () => {
    say(note, "");
    const wish = await ask(root);
    if (typeof wish === "string") return say(note, wish || texts("failed"));
    const fields = await (wish.user === undefined ? signed(wish) : made(wish));
    for (const [name, value] of Object.entries(fields)) {
      const field = root.querySelector<HTMLInputElement>(`input[name="${name}"]`);
      if (field !== null) field.value = text(value);
    }
    // The password was asked for with the question; it need not travel again.
    root.querySelector('input[name="password"]')?.removeAttribute("name");
    root.submit();
  };
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    // Closing the device's own window is a failure like any other: one may try again.
    run().catch(() => say(note, texts("failed")));
  });
}
