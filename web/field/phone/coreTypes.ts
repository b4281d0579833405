// The types between the phone's core and the page: made from those of Rust by
// scripts/page-types, not edited.

/** How to get to the instrument: shown first on the phone. */
export type Access = {
  /** Подъезд. */
  entrance: string;
  /** Этаж. */
  floor: string;
  /** Домофон. */
  intercom: string;
  /** «собака; звонить за час». */
  note: string;
};

/**
 * What the questions to the phone are answered with, by their names. Nobody makes one: it gives each answer
 * the same type in Rust and on the page.
 */
export type Answers = {
  /** The state of the phone. */
  status: Status;
  /** The photos that the server needs, smallest first. */
  uploads: Array<Upload>;
  /** The names of the photos whose bytes must stay on the phone. */
  photosKept: Array<string>;
  /** The orders of this phone, by day and window. */
  orders: Array<OrderLine>;
  /** The open offers, the oldest first. */
  offers: Array<OfferOnPhone>;
  /** Everything about one order; nothing where it is not here. */
  order: OrderView | null;
  /** The other metrologists. */
  colleagues: Array<Colleague>;
  /** The colleagues and where they were, the nearest first. */
  colleaguesNearby: Colleagues;
  /** The way to an order from where the phone was last; nothing while one of the two is not known. */
  eta: EtaFromHere | null;
  /** The texts of the codes of an order that is being transferred. */
  transferCodes: Array<string>;
  /** How far the reading of a colleague's screen is. */
  scanned: Scanned;
  /** The means of this person. */
  means: Array<Means>;
  /** The firm's questions and answers. */
  faq: Array<Faq>;
  /** Types that begin with a text. */
  findTypes: Array<InstrumentType>;
  /** The method of a type; nothing where either is unknown. */
  method: Method | null;
  /** Evidence for something that happens now. */
  evidence: TimeEvidence;
  /** δ of what is being typed; nothing while it makes no sense. */
  rowError: RowError | null;
};

/** Bytes, which JSON has none of. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** What the client said when he was called. */
export type CallResult = "confirmed" | "moved" | "refused" | "no_answer";

/** What the office knows of an order. */
export type Card = {
  /** The order. */
  id: OrderId;
  /** The number that people say: «1001». */
  number: string;
  /** Grows by one with each change; the office sends back the one it saw (`If-Match`). */
  version: number;
  /** Who issues the papers. Fixed from the first visit. */
  entity: EntityId;
  /** The district by which it is offered. */
  district: string;
  /** The zone of the address: legal dates are in it. */
  zone: Zone;
  /** The agreed day. */
  date: LegalDate;
  /** The agreed time of day. */
  window: Window;
  /** The kind of work: «поверка». */
  kind: string;
  /** Planned, paid or emergency. */
  urgency: Urgency;
  /** The client's name; may be empty (the mode without names). */
  client: string;
  /** Telephones. */
  phones: Array<Phone>;
  /** The address, in one line. */
  address: string;
  /** How to get in. */
  access: Access;
  /** The price agreed, kopecks. */
  price_kop: number;
  /** Instruments that the client named. */
  instruments: Array<ExpectedInstrument>;
  /** The client asked for a paper certificate (it is issued on request only). */
  certificate: boolean;
  /** Where the request came from: office, import, site, telephone. */
  source: string;
  /** Where the building is, if the office or an earlier visit to it said. */
  place: Place | null;
};

/** The checks before measuring. */
export type Check = "visual" | "operation" | "tightness";

/** The result of a check. */
export type CheckResult = {
  /** Passed. */
  passed: boolean;
  /** Why not. */
  reason: string;
};

/** Another metrologist of the firm, as his colleagues' phones know him. */
export type Colleague = {
  /** Who. */
  id: PersonId;
  /** Фамилия, имя, отчество. */
  name: string;
  /** His telephone, as the office wrote it. */
  phone: string;
};

/** A colleague and where he was. */
export type ColleagueNearby = {
  /** Where he was, if he lets it be known. */
  place: Place | null;
  /** How long ago, seconds. */
  age_s: number | null;
  /** The way to him from where this phone was last. */
  eta: EtaFromHere | null;
  /** Who. */
  id: PersonId;
  /** Фамилия, имя, отчество. */
  name: string;
  /** His telephone, as the office wrote it. */
  phone: string;
};

/** The colleagues, the nearest first. */
export type Colleagues = {
  /** Everybody. */
  all: Array<ColleagueNearby>;
  /** How long ago the server told where they are, seconds; nothing: never. */
  age_s: number | null;
};

/** What a phone may ask of the server. */
export type CommandKind =
  | {
      command: "offer_delivered";
      /** Which. */
      offer: OfferId;
    }
  | {
      command: "offer_seen";
      /** Which. */
      offer: OfferId;
    }
  | {
      command: "answer_offer";
      /** Which. */
      offer: OfferId;
      /** Accept or decline. */
      accept: boolean;
      /** Why not. */
      reason: string;
      /** Declined in favour of a colleague: he is asked next, whatever his district. */
      forward: PersonId | null;
    }
  | {
      command: "spoil_number";
      /** Of this lease. */
      lease: LeaseId;
      /** Which. */
      number: number;
      /** Why. */
      reason: string;
    }
  | {
      command: "help";
      /** With this order. */
      order: OrderId | null;
      /** In his words. */
      text: string;
    }
  | {
      command: "keep_settings";
      /** A JSON object of the app's own, at most `SETTINGS_BYTES_MAX`. */
      settings: string;
    }
  | {
      command: "accept_transfer";
      /** His signed word. */
      transfer: Transfer;
    }
  | {
      command: "transfer_confirmed";
      /** The order. */
      order: OrderId;
      /** To whom. */
      to: PersonId;
    }
  | {
      command: "transfer_cancelled";
      /** The order. */
      order: OrderId;
      /** The visit that it would have been. */
      visit: VisitId;
    };

/** Conditions of the verification. Units are in the names. */
export type Conditions = {
  /** Air, °С. */
  air_c: Reading | null;
  /** Relative humidity, %. */
  humidity_percent: Reading | null;
  /** Pressure, kPa. */
  pressure_kpa: Reading | null;
  /** Water, °С. */
  water_c: Reading | null;
  /** Where they come from. */
  source: Source | null;
};

/** How sure a phone is of a time it states. */
export type Confidence = "confirmed" | "unconfirmed";

/** An enrolled phone: the holder of one key. */
export type DeviceId = string;

/** One thing done to a document. Numbers are final; new edits get new numbers. */
export type Edit =
  | {
      edit: "open_visit";
      /** The visit. */
      visit: VisitId;
      /** The instruments. */
      instruments: Array<InstrumentId>;
    }
  | {
      edit: "add_instrument";
      /** The visit. */
      visit: VisitId;
      /** A new id. */
      instrument: InstrumentId;
    }
  | {
      edit: "mark";
      /** The visit. */
      visit: VisitId;
      /** What happened. */
      moment: VisitMoment;
      /** When. */
      at: TimeEvidence;
    }
  | {
      edit: "identify";
      /** The visit. */
      visit: VisitId;
      /** The instrument. */
      instrument: InstrumentId;
      /** The fields. */
      identity: Partial<Identity>;
    }
  | {
      edit: "set_conditions";
      /** The visit. */
      visit: VisitId;
      /** The instrument. */
      instrument: InstrumentId;
      /** Start or end. */
      phase: Phase;
      /** The fields. */
      conditions: Partial<Conditions>;
    }
  | {
      edit: "set_check";
      /** The visit. */
      visit: VisitId;
      /** The instrument. */
      instrument: InstrumentId;
      /** Which. */
      check: Check;
      /** The result. */
      result: CheckResult;
    }
  | {
      edit: "measure";
      /** The visit. */
      visit: VisitId;
      /** The instrument. */
      instrument: InstrumentId;
      /** A new id. */
      measurement: MeasurementId;
      /** The row. */
      row: Measurement;
    }
  | {
      edit: "use_means";
      /** The visit. */
      visit: VisitId;
      /** The instrument. */
      instrument: InstrumentId;
      /** The means. */
      means: Array<MeansId>;
    }
  | {
      edit: "skip_instrument";
      /** The visit. */
      visit: VisitId;
      /** The instrument. */
      instrument: InstrumentId;
      /** Why. */
      reason: string;
    }
  | {
      edit: "pay";
      /** The visit. */
      visit: VisitId;
      /** The fields. */
      money: Partial<Money>;
    }
  | {
      edit: "finish";
      /** The visit. */
      visit: VisitId;
      /** How. */
      outcome: VisitOutcome;
      /** A sentence. */
      comment: string;
    }
  | {
      edit: "add_note";
      /** A new id. */
      note: NoteId;
      /** What it says. */
      text: string;
      /** When. */
      at: TimeEvidence;
    }
  | {
      edit: "set_label";
      /** The label. */
      label: LabelKey;
      /** On or off. */
      on: boolean;
    }
  | {
      edit: "add_seal";
      /** A new id. */
      seal: SealId;
      /** The signed record, CBOR. */
      record: Array<number>;
      /** The drawn signature, CBOR; empty after a refusal. */
      strokes: Array<number>;
    }
  | {
      edit: "add_photo";
      /** The visit. */
      visit: VisitId;
      /** The instrument. */
      instrument: InstrumentId;
      /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
      sha256: string;
      /** What is on it, as `is_photo_kind` knows. */
      kind: string;
      /** When and where. */
      taken: Taken | null;
    }
  | {
      edit: "call";
      /** The visit. */
      visit: VisitId;
      /** What was said and agreed. */
      call: VisitCall;
    }
  | {
      edit: "rate";
      /** The visit. */
      visit: VisitId;
      /** 1–10. */
      rating: number;
    };

/** A legal entity that issues papers. */
export type EntityId = string;

/** The way to an order. */
export type EtaFromHere = {
  /** How old the phone's own place is by which this was found, seconds. */
  age_s: number;
  /** The straight line, metres. */
  metres: number;
  /** An estimate, whole minutes, at least one. */
  minutes: number;
  /** That is on foot. */
  on_foot: boolean;
};

/** An instrument that the client named; what is really there is written down at the visit. */
export type ExpectedInstrument = {
  /** The id under which the visit writes about it. */
  id: InstrumentId;
  /** `NNNNN-YY`, or empty when nobody knows. */
  type_number: string;
  /** The modification. */
  modification: string;
  /** The serial number: text, leading zeros and letters kept. */
  serial_number: string;
  /** The year of make. */
  year: number | null;
  /** Cold or hot. */
  water: Water | null;
  /** The mounting. */
  position: Position | null;
};

/** A question that people in the field ask, and the firm's answer. */
export type Faq = {
  /** What is asked. */
  question: string;
  /** What the firm says. */
  answer: string;
};

/** A flow that every type states. */
export type FlowBase = "q_min" | "q_t" | "q_nom";

/** An answer given on this phone. */
export type GivenAnswer = {
  /** Accept or decline. */
  accept: boolean;
  /** When. */
  at: TimeEvidence;
  /** To which colleague he passed it on, short name. */
  to: string | null;
};

/** What the instrument is. Written by the metrologist, or copied from the card and so marked. */
export type Identity = {
  /** `NNNNN-YY`. */
  type_number: string;
  /** The modification. */
  modification: string;
  /** The serial number. */
  serial_number: string;
  /** The year of make. */
  year: number | null;
  /** Cold or hot. */
  water: Water | null;
  /** The mounting. */
  position: Position | null;
  /** Where these values come from. */
  source: Source | null;
};

/** One instrument as found at the visit. */
export type Instrument = {
  /** What it is. */
  identity: Identity;
  /** Conditions at the start and at the end. */
  conditions: { [key in Phase]?: Conditions };
  /** The three checks before measuring. */
  checks: { [key in Check]?: CheckResult };
  /** Rows of readings; corrected rows are still here. */
  measurements: { [key in MeasurementId]: Measurement };
  /** With which means it was verified. */
  means: Array<MeansId>;
  /** Photos by their SHA-256 in hex. */
  photos: { [key in string]: string };
  /** Why it was not verified, where it was not. */
  not_verified: NotVerified | null;
  /** Values of one field that two hands wrote while apart; the reader shows one of them. */
  contested: Array<string>;
  /** Rows that the office does not count, after two readings of one point. */
  set_aside: Array<MeasurementId>;
  /** When and where photos were taken, by the same names. */
  taken: { [key in string]: Taken };
};

/** One instrument at one visit. */
export type InstrumentId = string;

/**
 * One approved type in one modification. The key is (`type_number`, `modification`): one family of
 * meters has several numbers by year, each with its own method and limits.
 */
export type InstrumentType = {
  /** The number in the state register, `NNNNN-YY`. */
  type_number: string;
  /** The modification as the register spells it. */
  modification: string;
  /** Nominal diameter, mm. */
  dn_mm: number;
  /** The method's title. */
  method: string;
  /** Qmin for class B, m³/h. */
  q_min_b: Reading;
  /** Qmin for class A, m³/h. */
  q_min_a: Reading;
  /** Qп (transitional) for class B, m³/h. */
  q_t_b: Reading;
  /** Qп (transitional) for class A, m³/h. */
  q_t_a: Reading;
  /** Nominal flow, m³/h. */
  q_nom: Reading;
  /** Greatest flow, m³/h. */
  q_max: Reading;
  /** Limit of the error for Q < Qп, ± %. */
  limit_below_q_t: Reading;
  /** Limit of the error for Q ≥ Qп, ± %. */
  limit_from_q_t: Reading;
  /** Interval for cold water, years. */
  interval_cold_years: number;
  /** Interval for hot water, years. */
  interval_hot_years: number;
};

/** One thing a phone sent and wants a receipt for: a command, or a batch. */
export type ItemId = string;

/** The key of a label: its folded text. Labels are a set; the same word is the same label. */
export type LabelKey = string;

/** Something that a visit lacks, and where it is put right. */
export type Lack = {
  /** The stable code. */
  code: string;
  /** In words. */
  words: string;
  /** Of which instrument. */
  instrument: InstrumentId | null;
};

/** A leased block of numbers. */
export type LeaseId = string;

/** A calendar date on the wire and in JSON: `YYYY-MM-DD`. */
export type LegalDate = string;

/** A standard or other means of verification, as the Fund's file names it. */
export type Means = {
  /** Its id. */
  id: MeansId;
  /** Which element of the Fund's file carries it. */
  kind: MeansKind;
  /** What it is, for people: «Установка поверочная УПСЖ-3П». */
  title: string;
  /** `mieta`/`npe`/`uve`: the register number; `mis`: the type number. */
  number: string;
  /** The serial number; `mis` needs it. */
  serial_number: string;
  /** First day on which it may be used. */
  valid_from: LegalDate;
  /** Last day on which it may be used. */
  valid_until: LegalDate;
  /** The person who carries it; nobody means everybody. */
  held_by: PersonId | null;
};

/** A standard or another means of verification. */
export type MeansId = string;

/** The kinds of means that the Fund's schema knows and this product uses. */
export type MeansKind = "mieta" | "mis" | "uve";

/** One row of readings. */
export type Measurement = {
  /** The point of the method. */
  point: string;
  /** The flow, m³/h. */
  flow: Reading;
  /** The dial before, m³. */
  start: Reading;
  /** The dial after, m³. */
  end: Reading;
  /** What the standard showed, m³: read from the rig, never computed. */
  reference: Reading;
  /** How long it ran, s. */
  duration_s: Reading | null;
  /** Where the values come from. */
  source: Source;
  /** The row that this one corrects. */
  replaces: MeasurementId | null;
};

/** One row of readings. Never reused: a correction is a new row that names the old one. */
export type MeasurementId = string;

/** A method: which points are measured. Data that a metrologist of the firm approves before use. */
export type Method = {
  /** The title, as the type names it and the Fund's file carries it. */
  title: string;
  /** Grows with each change; a seal keeps the version it used. */
  version: number;
  /** The points, in the order of measuring. */
  points: Array<PointSpec>;
  /** Who of the firm approved it; nobody means that it must not be used. */
  approved_by: string | null;
  /** A row out of its limit ends the measuring: unfit at once, though points are missing. */
  stop_on_fail: boolean;
};

/** What was paid at a visit, kopecks. */
export type Money = {
  /** What the client owes. */
  due_kop: number | null;
  /** What he paid. */
  received_kop: number | null;
  /** How. */
  method: PayMethod | null;
  /** Why the two differ. */
  reason: string;
};

/** Why an instrument at the address was not verified. */
export type NotVerified = {
  /** In words. */
  reason: string;
};

/** A remark. */
export type Note = {
  /** What it says. */
  text: string;
  /** When it was written. */
  at: TimeEvidence | null;
};

/** A remark on an order. */
export type NoteId = string;

/** The clocks of a phone at one moment, as its shell reads them. The argument `now` of the machine. */
export type Now = {
  /** The wall clock, which the owner may set as he likes. */
  wall: Timestamp;
  /** Milliseconds of a clock that only goes forward, since some start. */
  mono_ms: number;
  /** Names that start: another boot (or page load) makes the two `mono_ms` incomparable. */
  boot: number;
};

/** How an offer ended for the person who had it. */
export type OfferEnd = "accepted" | "declined" | "expired" | "superseded";

/** An offer of an order to one person. */
export type OfferId = string;

/** An offer as this phone knows it. */
export type OfferOnPhone = {
  /** The offer. */
  offer: OfferId;
  /** The order. */
  order: OrderId;
  /** The visit that it will be. */
  visit: VisitId;
  /** Until when the app is waited for. */
  app_until: Timestamp;
  /** The answer given here, and when. */
  answer: GivenAnswer | null;
  /** How it ended, by the server. */
  end: OfferEnd | null;
  /** When it ended. */
  ended_at: Timestamp | null;
  /** Who has the order, where that is another. */
  taken_by: string | null;
};

/** The order document, read. */
export type Order = {
  /** Visits by id. */
  visits: { [key in VisitId]: Visit };
  /** Remarks. */
  notes: { [key in NoteId]: Note };
  /** Labels that are on. */
  labels: Array<LabelKey>;
  /** Signed views: the signed record and the strokes, as bytes. */
  seals: { [key in SealId]: SealParts };
};

/** An order, and the document that belongs to it. */
export type OrderId = string;

/** A line of the day's list. */
export type OrderLine = {
  /** The card. */
  card: Card;
  /** The offer that matters, with its words. */
  offer: OfferOnPhone | null;
  /** Those words. */
  words: string;
  /** The person's visits. */
  visits: Array<VisitId>;
  /** Why it is no longer his. */
  lost: string | null;
  /** Why the office has not accepted its signed sheet. */
  sheet_held: string | null;
  /** It is being transferred: to whom; the codes may be shown again. */
  transferring_to: string | null;
  /** A signed sheet is there. */
  sealed: boolean;
  /** What was paid at his visits. */
  received: Array<Received>;
  /** How safe the work is. */
  safety: Safety;
};

/** Everything about one order. */
export type OrderView = {
  /** The document, read. */
  document: Order;
  /** The visit in work. */
  visit: VisitId | null;
  /** What the client would sign now, with errors, limits and verdicts; numbers are not taken yet. */
  preview: SealedView | null;
  /** What the visit still lacks before it can be signed. */
  lacking: Array<Lack>;
  /** What is doubtful: serial number, point and words. */
  doubts: Array<[string, string, string]>;
  /** The signed sheet. */
  sealed_view: SealedView | null;
  /** Who signed it. */
  signer: Signer | null;
  /** The client's link. */
  link: string | null;
  /** The card. */
  card: Card;
  /** The offer that matters, with its words. */
  offer: OfferOnPhone | null;
  /** Those words. */
  words: string;
  /** The person's visits. */
  visits: Array<VisitId>;
  /** Why it is no longer his. */
  lost: string | null;
  /** Why the office has not accepted its signed sheet. */
  sheet_held: string | null;
  /** It is being transferred: to whom; the codes may be shown again. */
  transferring_to: string | null;
  /** A signed sheet is there. */
  sealed: boolean;
  /** What was paid at his visits. */
  received: Array<Received>;
  /** How safe the work is. */
  safety: Safety;
};

/** What the machine wants done, to be carried out in order. */
export type PageEffect =
  | {
      effect: "commit";
      /** The rows; one without a value goes. */
      writes: Array<StoredRow>;
    }
  | {
      effect: "sign";
      /** What is signed. */
      bytes: Bytes;
    }
  | {
      effect: "send";
      /** The request. */
      bytes: Bytes;
    }
  | {
      effect: "wake_in";
      /** After so many milliseconds. */
      ms: number;
    }
  | { effect: "changed" }
  | {
      effect: "refused";
      /** The stable code. */
      code: string;
      /** Why, for the person. */
      message: string;
    };

/** What the page may ask of the machine. */
export type PageInput =
  | {
      input: "edit";
      /** The order. */
      order: OrderId;
      /** What was done. */
      edits: Array<Edit>;
    }
  | {
      input: "command";
      /** A new id. */
      id: ItemId;
      /** What is asked for. */
      kind: CommandKind;
    }
  | {
      input: "seal";
      /** The order. */
      order: OrderId;
      /** The visit. */
      visit: VisitId;
      /** A new id. */
      seal: SealId;
      /** Who. */
      signer: Signer;
      /** What he drew; empty after a refusal. */
      strokes: Strokes;
      /** The code from his SMS. */
      code: string | null;
    }
  | {
      input: "photo";
      /** The order. */
      order: OrderId;
      /** The visit. */
      visit: VisitId;
      /** Of which instrument. */
      instrument: InstrumentId;
      /** SHA-256 of its bytes, 64 hexadecimal digits. */
      sha256: string;
      /** How many bytes. */
      bytes: number;
      /** What is on it: `serial`, `reading`, `before:Qмин`, `after:Qмин`. */
      kind: string;
      /** Where it was taken, if the phone could and might say. */
      place: Place | null;
    }
  | {
      input: "uploaded";
      /** SHA-256 of the photo, 64 hexadecimal digits. */
      sha256: string;
    }
  | {
      input: "begin_transfer";
      /** The order. */
      order: OrderId;
      /** To whom. */
      to: PersonId;
      /** A new id: the visit that it will be. */
      visit: VisitId;
    }
  | {
      input: "end_transfer";
      /** A new id. */
      id: ItemId;
      /** The order. */
      order: OrderId;
      /** The colleague's phone says that it has it. */
      confirmed: boolean;
    }
  | {
      input: "scan";
      /** A new id. */
      id: ItemId;
      /** The text of the code. */
      text: string;
    }
  | {
      input: "report_location";
      /** Where. */
      place: Place | null;
      /** He has just arrived at this order. */
      order: OrderId | null;
      /** Colleagues and office may know. */
      share: boolean;
    }
  | { input: "refresh_colleagues" }
  | { input: "log_out" }
  | { input: "log_in" }
  | { input: "sync_due" }
  | { input: "no_answer" };

/** How the client paid. */
export type PayMethod = "cash" | "card" | "transfer" | "invoice";

/** A person with an account: metrologist, clerk, administrator. */
export type PersonId = string;

/** Start or end of the work on an instrument. */
export type Phase = "start" | "end";

/** A Russian telephone number: `+7` and ten digits. */
export type Phone = string;

/** Where a phone said that it was. Evidence like its time: a phone can be told anything. */
export type Place = {
  /** Latitude, millionths of a degree (WGS 84). */
  lat_e6: number;
  /** Longitude, millionths of a degree. */
  lon_e6: number;
  /** Within how many metres, by the phone's own word. */
  accuracy_m: number;
};

/** One point of a method. */
export type PointSpec = {
  /** Its name on paper and in files: `Qмин`. */
  name: string;
  /** Which flow of the type it is measured at. */
  base: FlowBase;
  /** The multiple of that flow: 1.1 for 1,1·Qп. */
  factor: Reading;
  /** How much less is allowed, % of the set flow; nothing: down to Qп (the highest flow the flat gives). */
  below_percent: Reading | null;
  /** How much more is allowed, %; nothing: up to Qmax. */
  above_percent: Reading | null;
  /** How many rows the point needs at least. */
  repeats: number;
  /** The usual pour, seconds: what the stopwatch starts with. */
  pour_s: number;
};

/** How the meter is mounted, which decides its class: B horizontal, A otherwise. */
export type Position = "horizontal" | "vertical";

/** A decimal value as it was read or computed: `143.2510` keeps its last zero. */
export type Reading = string;

/** What a client paid at a visit. */
export type Received = {
  /** How. */
  method: PayMethod;
  /** How much, kopecks. */
  kop: number;
};

/** What comes out of it. */
export type RowError = {
  /** δ, %, with a comma. */
  error: string;
  /** The limit, ± %, with a comma. */
  limit: string;
  /** Within it. */
  within: boolean;
};

/** How safe a person's work is: the three words. */
export type Safety = "on_phone" | "sent" | "accepted" | "trouble";

/** How much of a colleague's codes is here. */
export type Scanned = {
  /** So many codes. */
  got: number;
  /** Of so many; 0 before the first. */
  of: number;
  /** The order that was transferred here last, once it was read whole. */
  order: OrderId | null;
};

/** A signed view of a visit. */
export type SealId = string;

/** The two byte strings of a seal. */
export type SealParts = Record<string, never>;

/** A check with its result. */
export type SealedCheck = {
  /** Which. */
  check: Check;
  /** The result. */
  result: CheckResult;
};

/** One instrument as the client read it. */
export type SealedInstrument = {
  /** The instrument. */
  id: InstrumentId;
  /** `NNNNN-YY`. */
  type_number: string;
  /** The modification. */
  modification: string;
  /** The serial number. */
  serial_number: string;
  /** The year of make. */
  year: number | null;
  /** Cold or hot. */
  water: Water | null;
  /** The mounting. */
  position: Position | null;
  /** The method. */
  method: string;
  /** Its version. */
  method_version: number;
  /** The verdict. */
  result: SealedResult;
  /** Why it is unfit or was not verified. */
  reasons: Array<string>;
  /** The last day on which a fit instrument counts as verified. */
  valid_until: LegalDate | null;
  /** The checks. */
  checks: Array<SealedCheck>;
  /** The conditions at the start. */
  start: Conditions | null;
  /** The conditions at the end. */
  end: Conditions | null;
  /** The rows. */
  rows: Array<SealedRow>;
  /** The means. */
  means: Array<SealedMeans>;
  /** The number of the protocol. */
  protocol_number: string | null;
  /** The local number of the certificate. */
  certificate_number: string | null;
  /** The local number of the notice. */
  notice_number: string | null;
  /** Nominal diameter, mm. */
  dn_mm: number | null;
  /** Qmin of the class, m³/h. */
  q_min: Reading | null;
  /** Qп of the class, m³/h. */
  q_t: Reading | null;
  /** Qnom, m³/h. */
  q_nom: Reading | null;
  /** Qmax, m³/h. */
  q_max: Reading | null;
};

/** A means as papers and the Fund's file name it. */
export type SealedMeans = {
  /** Which element of the Fund's file. */
  kind: MeansKind;
  /** For people. */
  title: string;
  /** Its number. */
  number: string;
  /** Its serial number. */
  serial_number: string;
  /** Its last day. */
  valid_until: LegalDate;
};

/** How it ended for an instrument. */
export type SealedResult = "fit" | "unfit" | "not_finished";

/** A row with what was computed from it. */
export type SealedRow = {
  /** The row. */
  measurement: MeasurementId;
  /** The point. */
  point: string;
  /** The flow, m³/h. */
  flow: Reading;
  /** The dial before, m³. */
  start: Reading;
  /** The dial after, m³. */
  end: Reading;
  /** The volume by the meter, m³. */
  volume: Reading;
  /** The volume by the standard, m³. */
  reference: Reading;
  /** The time, s. */
  duration_s: Reading | null;
  /** δ, %. */
  error_percent: Reading;
  /** The limit, ± %. */
  limit_percent: Reading;
  /** Within it. */
  within: boolean;
  /** Where the values come from. */
  source: Source;
};

/** What the client read. */
export type SealedView = {
  /** 1. */
  version: number;
  /** The order. */
  order: OrderId;
  /** The visit. */
  visit: VisitId;
  /** The number that people say. */
  order_number: string;
  /** Who issues the papers. */
  entity: EntityId;
  /** Its name. */
  entity_name: string;
  /** Who came. */
  performer: PersonId;
  /** His name. */
  performer_name: string;
  /** The client's name, where he gave one. */
  client: string;
  /** The address. */
  address: string;
  /** The legal date of the verification. */
  date: LegalDate;
  /** The zone in which that date is counted. */
  zone: Zone;
  /** The version of the table of zones. */
  zone_table: number;
  /** The instruments, by id. */
  instruments: Array<SealedInstrument>;
  /** Works and sums. */
  works: Array<Work>;
  /** What the client owes, kopecks. */
  due_kop: number;
  /** What he paid, kopecks. */
  received_kop: number;
  /** How. */
  pay_method: PayMethod | null;
};

/** Who signed. */
export type Signer =
  | {
      signer: "signed";
      /** His name. */
      name: string;
      /** What he is to the client: «собственник», «представитель». */
      relation: string;
    }
  | {
      signer: "refused";
      /** Why. */
      reason: string;
    };

/** Where a value comes from. A value without a source is not a measured value. */
export type Source = "typed" | "photo" | "rig" | "sensor" | "copied" | "paper";

/** The state of the phone as a whole. */
export type Status = {
  /** How many items wait: «не отправлено N». */
  unsent: number;
  /** How many photos the server does not have yet. */
  photos_left: number;
  /** Items that were refused or wait for the office. */
  troubles: Array<Trouble>;
  /** The server's time at the last contact. */
  last_contact: Timestamp | null;
  /** A request is under way. */
  syncing: boolean;
  /** Numbers left, by kind code. */
  numbers_left: Array<[string, number]>;
  /** Orders whose documents cannot be opened. */
  unreadable: Array<OrderId>;
  /** The version of the reference data. */
  reference: number;
  /** The documents are being compared with the server's. */
  reconciling: boolean;
  /** Comparisons that left something different: somebody should look. */
  unlike: number;
  /** The person has logged out. */
  locked: boolean;
  /** The server was not heard for `CONTACT_DAYS` days: nothing is shown until it is; unsent work stays. */
  stale: boolean;
  /** The office took the access away. */
  revoked: boolean;
  /** How the person likes the app: a JSON object of the app's own, or nothing yet. */
  settings: string;
  /** The last word to the server is a place of his: an app in which he does not share takes it back. */
  shares_place: boolean;
};

/** A row of the phone's store: table, key, value. A commit names a row that goes by `null`. */
export type StoredRow = [string, Bytes, Bytes | null];

/** One point of a stroke. */
export type StrokePoint = {
  /** From the left. */
  x: number;
  /** From the top. */
  y: number;
  /** Milliseconds since the first point. */
  t_ms: number;
  /** Pressure, 0–1000; 0 where the screen does not tell. */
  pressure: number;
};

/** A drawn signature: strokes of points. */
export type Strokes = {
  /** Width of the pad, in its own units. */
  width: number;
  /** Height of the pad. */
  height: number;
  /** The strokes. */
  strokes: Array<Array<StrokePoint>>;
};

/** When and where a photo was taken. The photo itself carries neither. */
export type Taken = {
  /** When. */
  at: TimeEvidence;
  /** Where, if the phone could and might say. */
  place: Place | null;
};

/** A phone's statement of when something happened. Evidence, never trusted for expiry. */
export type TimeEvidence = {
  /** The best estimate of the true instant. */
  at: Timestamp;
  /** How good that estimate is. */
  confidence: Confidence;
  /** What the phone's own clock showed. */
  wall: Timestamp;
  /** Milliseconds since the last contact with the server, where there was one in this boot. */
  since_contact_ms: number | null;
};

/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = number;

/** «I hand this order over to him», signed by the giver's phone. */
export type Transfer = {
  /** The order. */
  order: OrderId;
  /** Under which visit the giver holds it. */
  from: VisitId;
  /** The giver. */
  giver: PersonId;
  /** The giver's phone. */
  device: DeviceId;
  /** Who is to have it. */
  to: PersonId;
  /** The visit that it will be; new. */
  visit: VisitId;
  /** When, by the giver's phone. */
  at: TimeEvidence;
  /** Ed25519 over `Transfer::signed_bytes`. */
  signature: Array<number>;
};

/** An item that was not taken. */
export type Trouble = {
  /** The order, where it is about one. */
  order: OrderId | null;
} & (
  | { status: "saved" }
  | {
      status: "refused";
      /** The stable code. */
      code: string;
      /** For people. */
      message: string;
    }
  | {
      status: "quarantined";
      /** For people. */
      message: string;
      /** The stable code. */
      code: string;
    }
  | {
      status: "accepted";
      /** Its place in the stream. */
      seq: number;
    }
);

/** A row while it is typed. */
export type TypedRow = {
  /** `NNNNN-YY`. */
  type_number: string;
  /** The modification. */
  modification: string;
  /** The mounting; empty while nobody has said it. */
  position: string;
  /** The flow, m³/h. */
  flow: string;
  /** The dial before, m³. */
  start: string;
  /** The dial after, m³. */
  end: string;
  /** What the standard showed, m³. */
  reference: string;
};

/** What the shell should upload. */
export type Upload = {
  /** Its name. */
  sha256: string;
  /** Of which order. */
  order: OrderId;
  /** How many bytes. */
  bytes: number;
};

/** Planned (yellow), paid (green), emergency (red). */
export type Urgency = "planned" | "paid" | "emergency";

/** One visit. */
export type Visit = {
  /** When what happened. */
  times: { [key in VisitMoment]?: TimeEvidence };
  /** The call before the visit. */
  call: VisitCall | null;
  /** Instruments by id. */
  instruments: { [key in InstrumentId]: Instrument };
  /** What was paid. */
  money: Money;
  /** How the visit ended. */
  outcome: VisitOutcome | null;
  /** A sentence to the outcome. */
  comment: string;
  /** What the client thinks of it, 1–10, where he said. The metrologist's app does not show it. */
  rating: number | null;
};

/** What the call before the visit brought. */
export type VisitCall = {
  /** What the client said. */
  result: CallResult;
  /** The day that was agreed, where one was. */
  date: LegalDate | null;
  /** The time of day that was agreed. */
  window: Window | null;
  /** A sentence. */
  comment: string;
  /** When they spoke. */
  at: TimeEvidence;
};

/** One attempt to carry out an order by one person. Minted by the ledger with the offer. */
export type VisitId = string;

/** Moments of a visit. */
export type VisitMoment = "on_the_way" | "arrived" | "departed";

/** How a visit ended. */
export type VisitOutcome = "done" | "no_access" | "refused" | "wrong_address" | "postponed";

/** What flows through the meter. */
export type Water = "cold" | "hot";

/** The agreed time of day, minutes since midnight at the place. */
export type Window = {
  /** Not before. */
  from_min: number;
  /** Not after. */
  to_min: number;
};

/** A line of the bill. */
export type Work = {
  /** What was done. */
  name: string;
  /** For how much, kopecks. */
  sum_kop: number;
};

/** One IANA zone of Russia. */
export type Zone = string;
