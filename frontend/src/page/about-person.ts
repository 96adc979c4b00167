// Words that speak of a person, noticed while somebody types. The phrases are the server's own, which takes no
// report that holds one: crates/cases/src/about_person.rs.
import { phrases } from "../../../crates/cases/data/about-person.json";

/** What the server takes for space: Unicode's White_Space, in which U+0085 is and U+FEFF is not. */
const SPACES = /(?!\ufeff)[\s\u0085]/g;

export function aboutPerson(text: string): boolean {
  const bare = text.replace(SPACES, "");
  return phrases.some((phrase) => bare.includes(phrase));
}
