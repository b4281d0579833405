// The address behind `#` is the state of the office's page.

/** Goes to an address; `inPlace` writes over the present one, so that «back» passes over it. */
export function goTo(hash: string, inPlace = false): void {
  if (inPlace) location.replace(hash);
  else location.hash = hash;
}

let listHash = "#/orders";

/** Remembers the list with its filters, for the way back from an order. */
export function rememberList(hash: string): void {
  listHash = hash;
}

export function lastList(): string {
  return listHash;
}
