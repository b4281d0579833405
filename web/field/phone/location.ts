// Where the phone is: found out when a button is pressed or a photo taken, never followed, and never waited for
// long. A person who refuses the permission is not asked for it again.
import { ignoreReported } from "../../shared/errors";
import type { Phone } from "./phone";
import type { Settings } from "./settings";
import type { PageInput, Place } from "./coreTypes";

/** Nothing waits longer for a location. */
const WAIT_MS = 3_000;
/** An older one than this is found out anew. */
const FRESH_MS = 60_000;
/** A location that no button asked for is reported at most this often. */
const REPORT_INTERVAL_MS = 10 * 60_000;

let lastReportAt = 0;

function currentLocation(): Promise<Place | null> {
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
      { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: WAIT_MS },
    );
  });
}

/** Whether the browser answers without asking the person. */
async function permissionGranted(): Promise<boolean> {
  const found = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return found?.state === "granted";
}

/** What the machine is told; `order`: the phone has just arrived at its address. */
type LocationReport = Omit<Extract<PageInput, { input: "report_location" }>, "input">;

async function report(phone: Phone, found: LocationReport): Promise<void> {
  await phone.handle({ input: "report_location", ...found });
}

async function reportPlace(phone: Phone, place: Place, share: boolean, arrivedAt: string | null = null) {
  lastReportAt = Date.now();
  await report(phone, { place, order: arrivedAt, share });
}

/** After a button was pressed; colleagues see it if the person shares. Whether a location was found. */
export async function reportLocation(
  phone: Phone,
  { share }: Settings,
  arrivedAt: string | null = null,
): Promise<boolean> {
  if (!share && !(await permissionGranted())) return false;
  const place = await currentLocation();
  if (place) await reportPlace(phone, place, share, arrivedAt);
  return place !== null;
}

/** For an estimate of the way, which nobody but this phone sees; not often. */
export async function refreshLocation(phone: Phone): Promise<void> {
  if (Date.now() - lastReportAt < REPORT_INTERVAL_MS || !(await permissionGranted())) return;
  const place = await currentLocation();
  if (place) await reportPlace(phone, place, false);
}

/** A photo keeps where it was taken; the same location is reported if the last report is old. */
export async function locationForPhoto(phone: Phone, { share }: Settings): Promise<Place | null> {
  const place = await currentLocation();
  const due = Date.now() - lastReportAt >= REPORT_INTERVAL_MS;
  if (place && due) await reportPlace(phone, place, share).catch(ignoreReported);
  return place;
}

/** The server forgets at once what was shared. */
export async function stopSharing(phone: Phone): Promise<void> {
  await report(phone, { place: null, order: null, share: false });
}

/** Asks the server where the colleagues are; the answer comes with the next exchange. */
export async function refreshColleagues(phone: Phone): Promise<void> {
  await phone.handle({ input: "refresh_colleagues" });
}
