// Addresses as people type them: «г. Саратов, ул. Огородная, д. 5, кв. 3».

/** What stands before the name of a town, and on either side of a region's. */
const TOWN = "г|гор|город|пос|посёлок|п|пгт|рп|с|село|дер|деревня|ст|станица|х|хутор";
const REGION = "обл|область|край|р-н|район|респ|республика";

/** Whether a part of an address leads to the street and is not it: an index, a region, a town. */
function leadsThere(part: string): boolean {
  return (
    /^(\d{6}|россия|рф)$/i.test(part) ||
    new RegExp(`^(${TOWN}|${REGION})(\\.\\s*|\\s+)\\S`, "i").test(part) ||
    new RegExp(`\\s(${REGION})\\.?$`, "i").test(part)
  );
}

/** The street and the house, which are looked for, and the town before them, which many orders have in common. */
export function addressParts(address: string): { street: string; town: string } {
  const parts = address
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const from = parts.findIndex((part) => !leadsThere(part));
  if (from <= 0) return { street: address.trim(), town: "" };
  return { street: parts.slice(from).join(", "), town: parts.slice(0, from).join(", ") };
}
