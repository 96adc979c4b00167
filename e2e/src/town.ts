// What the demonstration said of itself when it was ready.

/** Somebody of the demonstration. */
export interface SignIn {
  role: string;
  name: string;
  /** What goes into the account field. */
  phone: string;
  password: string;
  /** The page that this role begins on. */
  start: string;
  /** The unit that this person works for. */
  unit?: string | null;
}

/** The demonstration. */
export interface Town {
  url: string;
  /** A point inside a grid (WGS-84, degrees). */
  place: { lng: number; lat: number };
  sign_ins: SignIn[];
}

/** The demonstration that this run looks at. */
export const town: Town = JSON.parse(process.env["QIGE_E2E"] ?? "null") ?? missing();

/** Where pictures and traces go. */
export const OUT = process.env["QIGE_E2E_OUT"] ?? "out";

/** The n-th person with a role, from 0. */
export function person(role: string, n = 0): SignIn {
  const found = town.sign_ins.filter((one) => one.role === role)[n];
  if (found === undefined) throw new Error(`the demonstration names no ${role} number ${n + 1}`);
  return found;
}

function missing(): never {
  throw new Error("QIGE_E2E is not set: start the specs by `npm test` or `cargo xtask test browser`");
}
