// Times as the page writes them. Numbers and order come from the browser's own Intl data, so no text is kept
// here.

const DAY_MILLIS = 86_400_000;

/** "14:05" today, "11月24日 14:05" otherwise, in the page's language. */
export function shortTime(millis: number, nowMillis: number, locale: string): string {
  const sameDay = new Date(millis).toDateString() === new Date(nowMillis).toDateString();
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (!sameDay) {
    return new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", ...clock }).format(millis);
  }
  const today = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "day");
  return `${today} ${new Intl.DateTimeFormat(locale, clock).format(millis)}`;
}

export function isOlderThanDays(millis: number, days: number, nowMillis: number): boolean {
  return nowMillis - millis > days * DAY_MILLIS;
}
