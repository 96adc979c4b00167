// Numbers of people in free text, noticed while somebody types. The same rules as in the server, which masks them:
// crates/kernel/src/personal.rs; crates/kernel/data/personal.json holds examples for both.

export type Personal = "identity-card" | "mobile" | "plate" | "bank-card";

/** Signs of provinces that plates begin with (GA 36-2018, table A.1). */
const PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = "10X98765432";
const PLATE = new RegExp(
  `^[${PROVINCES}][A-HJ-NP-Z][·. -]?(?=[A-Z]*[0-9])([A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4,5}[学警港澳挂])(?![A-HJ-NP-Z0-9学警港澳挂])`,
);
const RUN = /^\+?([0-9](?:[ -]?[0-9])*)(X?)/;

/** Full-width letters, which Chinese keyboards produce, in their ordinary form; in upper case. */
function narrow(text: string): string {
  const plain = text.replace(/[\uFF01-\uFF5E]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0));
  return plain.replace(/\u3000/g, " ").toUpperCase();
}

function isIdentity(digits: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(digits)) return false;
  const part = (from: number, to: number): number => Number(digits.slice(from, to));
  const [year, month, day] = [part(6, 10), part(10, 12), part(12, 14)];
  if (year < 1900 || year >= 2100 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return ID_CHECKS[sum % 11] === digits[17];
}

/** The check digit of Luhn (ISO/IEC 7812-1, annex B). */
function isCard(digits: string): boolean {
  if (!/^[3-6][0-9]{15,18}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const twice = Number(digit) * 2;
    return total + (place % 2 === 0 ? Number(digit) : twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0;
}

function numberAt(rest: string): { kind: Personal; length: number } | null {
  const match = RUN.exec(rest);
  if (match === null) return null;
  const digits = (match[1] ?? "").replace(/[ -]/g, "");
  const whole = digits.length === 17 ? digits + (match[2] ?? "") : digits;
  const length = match[0].length - (whole === digits ? (match[2] ?? "").length : 0);
  if (isIdentity(whole)) return { kind: "identity-card", length };
  if (/^((00)?86)?1[3-9][0-9]{9}$/.test(digits)) return { kind: "mobile", length };
  return isCard(digits) ? { kind: "bank-card", length } : null;
}

/** What sorts of numbers a text holds, from its beginning on. */
export function personal(text: string): Personal[] {
  const letters = narrow(text);
  const found: Personal[] = [];
  let at = 0;
  while (at < letters.length) {
    const rest = letters.slice(at);
    const plate = PLATE.exec(rest);
    const begins = at === 0 || !/[A-Z0-9]/.test(letters[at - 1] ?? "");
    const number = plate === null && begins ? numberAt(rest) : null;
    if (plate !== null) found.push("plate");
    if (number !== null) found.push(number.kind);
    at += plate?.[0].length ?? number?.length ?? Math.max(1, /^[0-9]*/.exec(rest)?.[0].length ?? 1);
  }
  return found;
}
