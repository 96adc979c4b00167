// A voice note of a minute at most, for hands in gloves. The report's form takes it from the event.
import { part, say, textsOf } from "../page";

const SECONDS_MAX = 60;
/** Speech needs no more; a minute is some 180 KB. */
const BITS_PER_SECOND = 24_000;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

class Voice {
  private recorder: MediaRecorder | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private url: string | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly type: string,
  ) {
    this.button("record", () => void this.record());
    this.button("stop", () => this.recorder?.stop());
    this.button("discard", () => this.hand(null));
    this.show("record");
  }

  private button(role: string, on: () => void): void {
    part(this.root, role)?.addEventListener("click", on);
  }

  private show(...roles: string[]): void {
    for (const role of ["record", "stop", "play", "discard"]) {
      const element = part(this.root, role);
      if (element !== null) element.hidden = !roles.includes(role);
    }
  }

  private note(text: string): void {
    say(part(this.root, "voice-note"), text);
  }

  private async record(): Promise<void> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch {
      return this.note(textsOf(this.root)("denied"));
    }
    const pieces: Blob[] = [];
    const recorder = new MediaRecorder(stream, { mimeType: this.type, audioBitsPerSecond: BITS_PER_SECOND });
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    recorder.addEventListener(
      "stop",
      () => {
        for (const track of stream.getTracks()) track.stop();
        clearInterval(this.timer);
        this.note("");
        this.hand(new Blob(pieces, { type: this.type }));
      },
      { once: true },
    );
    this.recorder = recorder;
    recorder.start(1000);
    this.show("stop");
    part(this.root, "stop")?.focus();
    this.count(recorder);
  }

  private count(recorder: MediaRecorder): void {
    const start = Date.now();
    const tick = () => {
      const seconds = Math.floor((Date.now() - start) / 1000);
      this.note(textsOf(this.root)("recording", { seconds }));
      if (seconds >= SECONDS_MAX && recorder.state === "recording") recorder.stop();
    };
    this.timer = setInterval(tick, 250);
    tick();
  }

  private hand(blob: Blob | null): void {
    if (this.url !== null) URL.revokeObjectURL(this.url);
    const voice = blob === null || blob.size === 0 ? null : blob;
    this.url = voice === null ? null : URL.createObjectURL(voice);
    const play = part<HTMLAudioElement>(this.root, "play");
    if (play !== null && this.url !== null) play.src = this.url;
    if (voice === null) this.show("record");
    else this.show("play", "discard");
    this.root.dispatchEvent(new CustomEvent("qige:voice", { bubbles: true, detail: voice }));
  }
}

export function attach(root: HTMLElement): void {
  if (typeof MediaRecorder !== "function" || navigator.mediaDevices === undefined) return;
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
  if (type !== undefined) new Voice(root, type);
}
