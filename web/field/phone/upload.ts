// A photo's way up: tus 1.0. The upload is named by phone, order and photo on the server, so it goes on
// where it was after any interruption on either side.

const TUS = { "tus-resumable": "1.0.0" };
const PART_FIRST = 64 * 1024;
const PART_MOST = 1024 * 1024;
/** Bytes that do not fit are sent anew so often before the photo is left for later. */
const ANEW_MAX = 2;

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** Whether the server has it now; throws without a network. */
export async function upload(
  fetch: Fetch,
  wanted: { sha256: string; order: string },
  photo: Blob,
): Promise<boolean> {
  for (let anew = 0; ; anew++) {
    const status = await once(fetch, wanted, photo);
    if (status < 300) return true;
    if (status !== 460 || anew >= ANEW_MAX) return false;
  }
}

async function once(fetch: Fetch, wanted: { sha256: string; order: string }, photo: Blob): Promise<number> {
  const metadata = `sha256 ${btoa(wanted.sha256)},order ${btoa(wanted.order)}`;
  const begun = await fetch("/v1/uploads", {
    method: "POST",
    headers: { ...TUS, "upload-length": String(photo.size), "upload-metadata": metadata },
  });
  const place = begun.headers.get("location");
  if (!begun.ok || !place) return begun.status;
  let at = Number(begun.headers.get("upload-offset") ?? 0);
  for (let part = PART_FIRST; at < photo.size; part = Math.min(part * 2, PART_MOST)) {
    const body = await photo.slice(at, at + part).arrayBuffer();
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    const sent = await fetch(place, {
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
