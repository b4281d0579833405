// Addresses as people type them: «г. Саратов, ул. Огородная, д. 5, кв. 3».

/** What stands for a town, a region or an index before the street; streets, houses and flats are none of them. */
// eslint-disable-next-line vyezd/words -- signs of the places that addresses begin with
const TOWN =
  /^(\d{6}|(г|гор|город|пос|посёлок|п|пгт|рп|с|село|дер|деревня|ст|станица|х|хутор)(\.\s*|\s+)\S.*|.*\s(обл|область|край|р-н|район|респ|республика)\.?|(респ|республика)\.?\s.*|Россия|РФ)$/i;

/** The street and the house, which are looked for, and the town before them, which many orders have in common. */
export function addressParts(address: string): { street: string; town: string } {
  const parts = address
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const from = parts.findIndex((part) => !TOWN.test(part));
  if (from <= 0) return { street: address.trim(), town: "" };
  return { street: parts.slice(from).join(", "), town: parts.slice(0, from).join(", ") };
}
