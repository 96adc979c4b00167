// Notices that come while no page is open.
import { type PushDataLike, scope } from "./scope";

interface Notice {
  title: string;
  body: string;
  url: string;
  tag: string;
}

function read(data: PushDataLike | null): Notice | null {
  try {
    const said: unknown = data?.json();
    if (typeof said !== "object" || said === null) return null;
    const text = (name: string) => {
      const value = (said as Record<string, unknown>)[name];
      return typeof value === "string" ? value : "";
    };
    return { title: text("title"), body: text("body"), url: text("url"), tag: text("tag") };
  } catch {
    return null;
  }
}

/** A page of ours and nothing else, whoever sent it. */
export function pageOf(url: string): string {
  return url.startsWith("/") && !/^\/[/\\]/.test(url) ? url : "/notices";
}

/** Shows it. One that comes again has the same tag and takes the place of the first. */
export async function show(data: PushDataLike | null): Promise<void> {
  const notice = read(data);
  if (notice === null) return;
  const { title, body, tag } = notice;
  const url = pageOf(notice.url);
  await scope.registration.showNotification(title, { body, tag, icon: "/icon-192.png", data: { url } });
}

/** Leads to the page: in a window that is open, or in a new one. */
export async function open(notification: Notification): Promise<void> {
  notification.close();
  const said = (notification.data as { url?: unknown } | null)?.url;
  const url = new URL(typeof said === "string" ? said : "/notices", location.origin).href;
  const windows = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.url === url) ?? null;
  if (there === null) await scope.clients.openWindow(url);
  else await there.focus();
}
