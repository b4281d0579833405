// What lies in the browser's store is encrypted (AES-GCM) under a key that WebCrypto keeps and never gives
// out, and bound to its place: a value moved to another name does not open. It protects what is copied out of
// the store; whoever has the whole profile of the browser has the key with it (the README says so).

const IV_BYTES = 12;

export function newDataKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const of = (place: string, iv: Uint8Array<ArrayBuffer>) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(place),
});

export async function seal(
  key: CryptoKey,
  place: string,
  value: BufferSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const hidden = await crypto.subtle.encrypt(of(place, iv), key, value);
  const sealed = new Uint8Array(IV_BYTES + hidden.byteLength);
  sealed.set(iv);
  sealed.set(new Uint8Array(hidden), IV_BYTES);
  return sealed;
}

/** Throws where the value is not what was sealed in this place. */
export async function unseal(
  key: CryptoKey,
  place: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await crypto.subtle.decrypt(of(place, sealed.subarray(0, IV_BYTES)), key, sealed.subarray(IV_BYTES)),
  );
}
