/** A map that the person opens, with a mark on it. */
export function mapLink({ lat_e6, lon_e6 }: { lat_e6: number; lon_e6: number }): string {
  return `https://yandex.ru/maps/?pt=${lon_e6 / 1e6},${lat_e6 / 1e6}&z=17&l=map`;
}

/** A route in the navigator to an address or to coordinates. */
export function routeLink(goal: string): string {
  return `https://yandex.ru/maps/?mode=routes&rtext=~${encodeURIComponent(goal)}`;
}
