// Where the phone is: asked when a button is pressed or a photo taken, never all the time and never waited for long.
// Nothing where the person said no.
import { ignoreReported } from "../../shared/errors";
import type { Phone } from "./phone";
import type { Settings } from "./settings";

export interface Place {
  lat_e6: number;
  lon_e6: number;
  accuracy_m: number;
}

/** Nothing waits longer for it. */
const WAIT_MS = 3_000;
/** An older position than this is asked anew. */
const OLD_MS = 60_000;
/** What is no button is said at most this often. */
const SELDOM_MS = 10 * 60_000;

export function whereNow(): Promise<Place | null> {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(null);
    setTimeout(() => resolve(null), WAIT_MS);
    const millionths = (degrees: number) => Math.round(degrees * 1e6);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({
          lat_e6: millionths(coords.latitude),
          lon_e6: millionths(coords.longitude),
          accuracy_m: Math.min(1_000_000, Math.round(coords.accuracy)),
        }),
      () => resolve(null),
      { enableHighAccuracy: true, maximumAge: OLD_MS, timeout: WAIT_MS },
    );
  });
}

/** Whether the browser answers without asking the person. */
async function allowed(): Promise<boolean> {
  const found = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return found?.state === "granted";
}

let said = 0;

/** A button was pressed: colleagues may know where, if he likes. `order`: he has just arrived there. */
export async function pressed(
  phone: Phone,
  { share }: Settings,
  order: string | null = null,
): Promise<boolean> {
  if (!share && !(await allowed())) return false;
  const place = await whereNow();
  if (place) await noted(phone, place, share, order);
  return place !== null;
}

/** A place that was found for something else, as for a photo. */
export async function noted(
  phone: Phone,
  place: Place,
  share: boolean,
  order: string | null = null,
): Promise<void> {
  said = Date.now();
  await phone.handle({ input: "here", place, order, share });
}

/** Somebody looks at a way: the phone finds out where it is, for itself alone and not often. */
export async function glance(phone: Phone): Promise<void> {
  if (Date.now() - said < SELDOM_MS || !(await allowed())) return;
  const place = await whereNow();
  if (place) await noted(phone, place, false);
}

/** The same for a photo, which asks anyway. */
export async function shot(phone: Phone, { share }: Settings): Promise<Place | null> {
  const place = await whereNow();
  if (place && Date.now() - said >= SELDOM_MS) await noted(phone, place, share).catch(ignoreReported);
  return place;
}

export async function forget(phone: Phone): Promise<void> {
  await phone.handle({ input: "here", place: null, order: null, share: false });
}

/** For a map that the person opens himself. */
export function onMap({ lat_e6, lon_e6 }: Place): string {
  const [lat, lon] = [lat_e6 / 1e6, lon_e6 / 1e6];
  return `https://yandex.ru/maps/?pt=${lon},${lat}&z=17&l=map`;
}
