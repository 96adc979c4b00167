// From the form to what is kept.
import type { Draft, FileNote } from "../outbox/model";
import { sha256Hex } from "../page/sha256";
import { uuidV7 } from "../page/uuid";
import type { ReadyPhoto } from "./photos";
import type { Place } from "./place";

export interface Filled {
  words: string;
  matter: { key: string; name: string } | null;
  place: Place | null;
  photos: readonly ReadyPhoto[];
  voice: Blob | null;
  joins: string | null;
  solved: boolean;
  madeAt: number;
}

/** Seven decimals are about a centimetre; more is noise of the drawing. */
const rounded = (degrees: number | undefined) =>
  degrees === undefined ? null : Math.round(degrees * 1e7) / 1e7;

export async function draftOf(id: string, filled: Filled): Promise<Draft> {
  const { place, matter, photos, voice } = filled;
  const note = ({ id: file, sha256, blob }: ReadyPhoto): FileNote => ({ id: file, sha256, bytes: blob.size });
  const recording =
    voice === null
      ? null
      : { id: uuidV7(Date.now()), blob: voice, preview: null, sha256: await sha256Hex(voice) };
  const files = recording === null ? photos : [...photos, recording];
  return {
    id,
    matterName: matter?.name ?? "",
    preview: photos[0]?.preview ?? null,
    body: {
      matter: matter?.key ?? null,
      words: filled.words.trim(),
      lng: rounded(place?.lng),
      lat: rounded(place?.lat),
      accuracy_metres: place?.accuracy ?? null,
      datum: "wgs84",
      made_at: new Date(filled.madeAt).toISOString(),
      photos: photos.map(note),
      ...(recording === null ? {} : { voice: note(recording) }),
      joins: filled.joins,
      solved: filled.solved,
    },
    files: files.map((file, order) => ({
      id: file.id,
      order,
      type: file.blob.type.split(";")[0] ?? "",
      sha256: file.sha256,
      bytes: file.blob.size,
      blob: file.blob,
    })),
  };
}
