// The service worker's own globals; TypeScript's libraries for pages and workers cannot be used together.

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
export interface FetchEventLike extends ExtendableEvent {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}
export interface MessageEventLike extends ExtendableEvent {
  data: { type?: unknown; locale?: unknown } | null;
}
export interface PushDataLike {
  json(): unknown;
}
export interface PushEventLike extends ExtendableEvent {
  data: PushDataLike | null;
}
export interface NotificationEventLike extends ExtendableEvent {
  notification: Notification;
}
interface WindowLike {
  url: string;
  focus(): Promise<unknown>;
}
export interface SyncEventLike extends ExtendableEvent {
  tag: string;
}

interface WorkerScope {
  addEventListener(type: "install" | "activate", on: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", on: (event: FetchEventLike) => void): void;
  addEventListener(type: "message", on: (event: MessageEventLike) => void): void;
  addEventListener(type: "sync", on: (event: SyncEventLike) => void): void;
  addEventListener(type: "push", on: (event: PushEventLike) => void): void;
  addEventListener(type: "notificationclick", on: (event: NotificationEventLike) => void): void;
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(wanted: { type: "window"; includeUncontrolled: boolean }): Promise<WindowLike[]>;
    openWindow(url: string): Promise<unknown>;
  };
  registration: ServiceWorkerRegistration;
}

export const scope = globalThis as unknown as WorkerScope;
