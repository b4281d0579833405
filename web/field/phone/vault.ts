// Encryption of the browser's store (AES-GCM) under a key that WebCrypto never gives out. A value is bound to its
// place: moved to another name it does not decrypt. This protects what is copied out of the store; whoever has the
// whole profile of the browser has the key with it (the README says so).

const IV_BYTES = 12;

export function newDataKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const parameters = (place: string, iv: Uint8Array<ArrayBuffer>) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(place),
});

export async function encrypt(
  key: CryptoKey,
  place: string,
  value: BufferSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const hidden = await crypto.subtle.encrypt(parameters(place, iv), key, value);
  const sealed = new Uint8Array(IV_BYTES + hidden.byteLength);
  sealed.set(iv);
  sealed.set(new Uint8Array(hidden), IV_BYTES);
  return sealed;
}

/** Throws where the value is not what was encrypted for this place. */
export async function decrypt(
  key: CryptoKey,
  place: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await crypto.subtle.decrypt(
      parameters(place, sealed.subarray(0, IV_BYTES)),
      key,
      sealed.subarray(IV_BYTES),
    ),
  );
}
