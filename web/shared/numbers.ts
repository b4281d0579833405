// Sums and decimals as people read and type them. Decimals stay texts: nothing is computed here.

/** `1 250,50 ₽`. */
export function rubles(kop: number): string {
  return new Intl.NumberFormat("ru-RU", { style: "currency", currency: "RUB" }).format(kop / 100);
}

/** `1250,50`, as the field of a sum is filled in beforehand. */
export function rublesTyped(kop: number): string {
  return (kop / 100).toFixed(2).replace(".", ",");
}

/** The kopecks of a typed sum; null where it is no sum of rubles. */
export function kopecks(text: string): number | null {
  const plain = decimalPlain(text);
  if (!/^\d+(\.\d{1,2})?$/.test(plain)) return null;
  const [whole, part = ""] = plain.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0"));
}

/** A decimal of the core as it is typed: with a comma. */
export function decimalTyped(text: string): string {
  return text.replace(".", ",");
}

/** A decimal of the core as it is read: with a comma and a minus as wide as a plus. */
export function decimalShown(text: string): string {
  return decimalTyped(text).replace("-", "−");
}

/** A typed decimal as the core takes it. */
export function decimalPlain(text: string): string {
  return text.trim().replace(",", ".");
}
