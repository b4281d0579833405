// The machine's views in JSON (sync-core/src/client/views.rs).

export interface GeoPoint {
  lat_e6: number;
  lon_e6: number;
  accuracy_m: number;
}

export interface Expected {
  id: string;
  type_number: string;
  modification: string;
  serial_number: string;
  year: number | null;
  water: "cold" | "hot" | null;
  position: "horizontal" | "vertical" | null;
}

export interface Card {
  id: string;
  number: string;
  district: string;
  address: string;
  client: string;
  phones: string[];
  date: string;
  window: { from_min: number; to_min: number };
  urgency: string;
  kind: string;
  price_kop: number;
  place: GeoPoint | null;
  access: { entrance: string; floor: string; intercom: string; note: string };
  instruments: Expected[];
}

export interface Offer {
  offer: string;
  order: string;
  visit: string;
  app_until: number;
}

export interface Line {
  card: Card;
  words: string;
  visits: string[];
  lost: string | null;
  sheet_held: string | null;
  transferring_to: string | null;
  sealed: boolean;
  safety: "on_phone" | "sent" | "accepted" | "trouble";
  received: { method: "cash" | "card" | "transfer" | "invoice"; kop: number }[];
}

export interface SealedRow {
  point: string;
  error_percent: string;
  limit_percent: string;
  within: boolean;
}

export interface SealedInstrument {
  id: string;
  type_number: string;
  modification: string;
  serial_number: string;
  result: "fit" | "unfit" | "not_finished";
  reasons: string[];
  valid_until: string | null;
  rows: SealedRow[];
  protocol_number: string | null;
  certificate_number: string | null;
  notice_number: string | null;
}

export interface View {
  order_number: string;
  entity_name: string;
  performer_name: string;
  address: string;
  date: string;
  instruments: SealedInstrument[];
  due_kop: number;
  received_kop: number;
}

export interface Row {
  point: string;
  flow: string;
  start: string;
  end: string;
  reference: string;
  duration_s: string | null;
  replaces: string | null;
}

export interface Instrument {
  identity: Partial<Omit<Expected, "id">>;
  means: string[];
  conditions: Record<string, Record<string, string | null>>;
  checks: Record<string, { passed: boolean; reason: string }>;
  photos: Record<string, string>;
  measurements: Record<string, Row>;
  not_verified: { reason: string } | null;
}

export interface VisitCall {
  result: "confirmed" | "moved" | "refused" | "no_answer";
  date: string | null;
  window: { from_min: number; to_min: number } | null;
  comment: string;
  at: unknown;
}

export interface Visit {
  times: Record<string, unknown>;
  call: VisitCall | null;
  instruments: Record<string, Instrument>;
  money: { received_kop: number | null };
  outcome: string | null;
}

export interface OrderView extends Line {
  document: { visits: Record<string, Visit> };
  visit: string | null;
  preview: View | null;
  lacking: Lack[];
  signer: { signer: "signed" | "refused" } | null;
  doubts: [string, string, string][];
  sealed_view: View | null;
  link: string | null;
}

export interface Lack {
  code: string;
  words: string;
  instrument: string | null;
}

export interface Status {
  unsent: number;
  photos_left: number;
  syncing: boolean;
  last_contact: number | null;
  numbers_left: [string, number][];
  troubles: { message: string }[];
  unreadable: string[];
  locked: boolean;
  stale: boolean;
  revoked: boolean;
  settings: string;
  shares_place: boolean;
  reference: number;
}

export interface Colleague {
  id: string;
  name: string;
  phone: string;
}

/** An estimate of the way; `age_s` is how old the phone's own location is. */
export interface Eta {
  metres: number;
  minutes: number;
  on_foot: boolean;
  age_s: number;
}

export interface ColleagueSeen extends Colleague {
  place: GeoPoint | null;
  age_s: number | null;
  eta: Eta | null;
}

export interface ColleaguesNearby {
  all: ColleagueSeen[];
  age_s: number | null;
}

/** How many of the codes on a colleague's screen were read. */
export interface TransferProgress {
  got: number;
  of: number;
  order: string | null;
}

export interface Method {
  title: string;
  points: { name: string; pour_s: number }[];
}

export interface Means {
  id: string;
  title: string;
  number: string;
  valid_until: string;
}
