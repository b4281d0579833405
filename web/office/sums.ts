// Sums in lists, where each letter takes room.
import { rubles } from "../shared/numbers";

/** `1 250 ₽`, with kopecks only where there are any. */
export function rublesShort(kop: number): string {
  return kop % 100 ? rubles(kop) : rubles(kop).replace(/,00/, "");
}
