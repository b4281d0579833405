// The portrait of the phone's person: the client sees it when he signs, without a network too.
import type { DeviceApi } from "./deviceApi";
import { type Identity, requestDone, writeDurably } from "./store";
import { decrypt, encrypt } from "./vault";

const KEY = "portrait";

interface Kept {
  tag: string;
  sealed: Uint8Array<ArrayBuffer>;
}

async function kept(db: IDBDatabase): Promise<Kept | undefined> {
  return (await requestDone(db.transaction("identity").objectStore("identity").get(KEY))) as Kept | undefined;
}

/** Takes the office's portrait, where it is another than the one that is kept. */
export async function renewPortrait(db: IDBDatabase, identity: Identity, api: DeviceApi): Promise<void> {
  const fresh = await api.portrait((await kept(db))?.tag ?? "");
  if (fresh === "same") return;
  if (fresh === "gone") return writeDurably(db, "identity", (rows) => void rows.delete(KEY));
  const sealed = await encrypt(identity.dataKey, KEY, fresh.picture);
  await writeDurably(db, "identity", (rows) => void rows.put({ tag: fresh.tag, sealed }, KEY));
}

export async function loadPortrait(db: IDBDatabase, identity: Identity): Promise<Blob | null> {
  const row = await kept(db);
  return row ? new Blob([await decrypt(identity.dataKey, KEY, row.sealed)], { type: "image/jpeg" }) : null;
}
