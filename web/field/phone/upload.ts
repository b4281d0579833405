// Sends a photo by tus 1.0. The server names an upload by phone, order and photo, so it is resumed after any
// interruption on either side.
import type { Upload } from "./coreTypes";

const TUS = { "tus-resumable": "1.0.0" };
/** The status by which tus says that a part came damaged. */
const CHECKSUM_MISMATCH = 460;
const PART_FIRST = 64 * 1024;
const PART_MAX = 1024 * 1024;
/** After so many checksums that did not fit the photo is left for the next exchange. */
const RETRIES_MAX = 2;

type Wanted = Pick<Upload, "sha256" | "order">;
type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** Whether the server has it now; throws without a network. */
export async function upload(fetch: Fetch, wanted: Wanted, photo: Blob): Promise<boolean> {
  for (let retries = 0; ; retries++) {
    const status = await uploadOnce(fetch, wanted, photo);
    if (status < 300) return true;
    if (status !== CHECKSUM_MISMATCH || retries >= RETRIES_MAX) return false;
  }
}

async function uploadOnce(fetch: Fetch, wanted: Wanted, photo: Blob): Promise<number> {
  const metadata = `sha256 ${btoa(wanted.sha256)},order ${btoa(wanted.order)}`;
  const created = await fetch("/v1/uploads", {
    method: "POST",
    headers: { ...TUS, "upload-length": String(photo.size), "upload-metadata": metadata },
  });
  const location = created.headers.get("location");
  if (!created.ok || !location) return created.status;
  let at = Number(created.headers.get("upload-offset") ?? 0);
  for (let part = PART_FIRST; at < photo.size; part = Math.min(part * 2, PART_MAX)) {
    const body = await photo.slice(at, at + part).arrayBuffer();
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    const sent = await fetch(location, {
      method: "PATCH",
      headers: {
        ...TUS,
        "content-type": "application/offset+octet-stream",
        "upload-offset": String(at),
        "upload-checksum": `sha256 ${btoa(String.fromCharCode(...sum))}`,
      },
      body,
    });
    if (!sent.ok) return sent.status;
    at = Number(sent.headers.get("upload-offset") ?? at + body.byteLength);
  }
  return 204;
}
