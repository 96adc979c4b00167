// A device's token. A stranger's is given to anyone who asks; a person's only to a page on which they are
// signed in.
import type { Device } from "./model";
import { noteDevice, renew } from "./records";
import { ask, json, LaterError, type Line, postJson, type Session, SignInError } from "./wire";

function request(device: Device, session: Session | null): RequestInit {
  const init = postJson({ device: device.device });
  if (device.owner === "") return { ...init, credentials: "omit" };
  if (session === null || session.owner !== device.owner || session.csrf === "") throw new SignInError();
  const headers = new Headers(init.headers);
  headers.set("x-csrf-token", session.csrf);
  return { ...init, headers, credentials: "same-origin" };
}

/** Gets a token for the device. When its id belongs to somebody else, a new device takes its place. */
export async function register(db: IDBDatabase, line: Line, device: Device, tries = 2): Promise<Device> {
  const answer = await ask(line, "/me/device", request(device, line.session()));
  if (answer.status === 200 || answer.status === 201) {
    const { token } = json<{ token: unknown }>(answer);
    if (typeof token !== "string" || token === "") throw new LaterError();
    return noteDevice(db, device, { token, signIn: false });
  }
  if (answer.status === 409 && tries > 1) {
    return register(db, line, await renew(db, device.owner, line.now()), tries - 1);
  }
  const signedOut = answer.status === 401 || answer.status === 403;
  if (signedOut && device.owner !== "") throw new SignInError();
  throw new LaterError();
}
