// Photos between the camera and the server: kept durably, named in the document, sent after everything else.
import type { WebPhone } from "../generated/core";
import type { PageInput } from "./coreTypes";
import type { DeviceApi } from "./deviceApi";
import { answerOf } from "./machine";
import type { PhotoOf } from "./protocol";
import { type Identity, hex, loadPhoto, requestDone, savePhoto } from "./store";
import { shrinkPhoto } from "../../shared/shrinkPhoto";
import { upload } from "./upload";

/** What the photos need of the shell; its store and its machine may be opened anew in between. */
interface Owner {
  readonly db: IDBDatabase;
  readonly identity: Identity;
  readonly machine: WebPhone;
  readonly api: DeviceApi;
  handle(input: PageInput): Promise<void>;
}

/** Digits of a dial are read at this size. */
const PHOTO_SIZE = { side: 1280, bytes: 250 * 1024 };

export class Photos {
  private sending = false;
  /** Photos whose bytes are kept and whose names are not in the document yet. */
  private unnamed = new Set<string>();

  constructor(private owner: Owner) {}

  async take(of: PhotoOf, file: Blob): Promise<void> {
    const bytes = await (await shrinkPhoto(file, PHOTO_SIZE)).arrayBuffer();
    const sha256 = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    this.unnamed.add(sha256);
    try {
      await savePhoto(this.owner.db, this.owner.identity.dataKey, sha256, bytes);
      await this.owner.handle({ input: "photo", ...of, sha256, bytes: bytes.byteLength });
    } finally {
      this.unnamed.delete(sha256);
    }
  }

  load(sha256: string): Promise<Blob | null> {
    return loadPhoto(this.owner.db, this.owner.identity.dataKey, sha256);
  }

  /** One after another, as far as the network goes; what is up stays up. */
  async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const { api, machine } = this.owner;
    try {
      for (const wanted of answerOf(machine, "uploads")) {
        const photo = await this.load(wanted.sha256);
        if (!photo) continue;
        // One that the server does not take keeps no other from going.
        const sent = await upload((path, init) => api.fetch(path, init), wanted, photo);
        if (sent) await this.owner.handle({ input: "uploaded", sha256: wanted.sha256 });
      }
      await this.deleteUnnamed();
    } catch {
      // The next answer of the server tries again.
    } finally {
      this.sending = false;
    }
  }

  /** Bytes that no document names any more; one that is being taken is about to be named. */
  private async deleteUnnamed(): Promise<void> {
    const photos = this.owner.db.transaction("photos", "readwrite").objectStore("photos");
    const names = await requestDone(photos.getAllKeys());
    const named = new Set(answerOf(this.owner.machine, "photosKept"));
    for (const name of names) {
      if (!named.has(String(name)) && !this.unnamed.has(String(name))) photos.delete(name);
    }
  }
}
