// The types between the phone's core and the page: made from those of Rust by
// scripts/page-types, not edited.

/** How to get to the instrument; texts that may be empty. Phones show this block first. */
export type Access = {
  /** Подъезд, as the client said it. */
  entrance: string;
  /** Этаж, as the client said it. */
  floor: string;
  /** Код домофона. */
  intercom: string;
  /** Free remark: «собака; звонить за час». */
  note: string;
};

/**
 * Types of the answers to the page's questions, by name of the question. No value of this struct exists: it
 * gives each answer the same type in Rust and on the page.
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
  /** Open offers, by deadline. */
  offers: Array<OfferOnPhone>;
  /** Everything about one order; `null` for an unknown order. */
  order: OrderView | null;
  /** The other metrologists. */
  colleagues: Array<Colleague>;
  /** Colleagues with their last places, the nearest first. */
  colleaguesNearby: Colleagues;
  /** Way to an order from the phone's last place; `null` while either place is unknown. */
  eta: EtaFromHere | null;
  /** The texts of the codes of an order that is being transferred. */
  transferCodes: Array<string>;
  /** Progress of reading a colleague's screen. */
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
  /** Doubts about the texts of an instrument that are being typed. */
  identityHints: Array<Hint>;
  /** δ of what is being typed; nothing while it makes no sense. */
  rowError: RowError | null;
};

/** Bytes, which JSON has none of. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Reaction of a client to the call before the visit. */
export type CallResult = "confirmed" | "moved" | "refused" | "no_answer";

/**
 * An order as the office knows it. Cards are compared and attested as CBOR bytes
 * (`docs/protocol.md`).
 */
export type Card = {
  /** UUIDv7; the document of the order has the same id. */
  id: OrderId;
  /** Number used in speech and on papers: «1001». */
  number: string;
  /** Version, one more with each change; the office returns the version it saw (`If-Match`). */
  version: number;
  /** Issuer whose name, accreditation and series of numbers stand on the papers. */
  entity: EntityId;
  /** District of the city; metrologists are offered the orders of their districts. */
  district: string;
  /** Zone of the address; legal dates are counted in this zone. */
  zone: Zone;
  /** Agreed calendar day, in `Self::zone`. */
  date: LegalDate;
  /** Agreed time of day, in `Self::zone`. */
  window: Window;
  /** Kind of work as the office words it: «поверка». */
  kind: string;
  /** Colour of the order in lists; see `Urgency`. */
  urgency: Urgency;
  /** Name of the client; empty in the mode without names. */
  client: string;
  /** Telephones of the client in canonical form, `+79271102107`. */
  phones: Array<Phone>;
  /** Town, street, house and flat in one line. */
  address: string;
  /** Way to the instrument: entrance, floor, intercom, remark. */
  access: Access;
  /** Agreed price, kopecks; the sum due on a sheet unless a metrologist writes another. */
  price_kop: number;
  /** Instruments named by the client; at most `CARD_INSTRUMENTS_MAX`. */
  instruments: Array<ExpectedInstrument>;
  /** Whether the client asked for a paper certificate: приказ № 2510 has it on request only. */
  certificate: boolean;
  /** Origin of the order: `office`, `import`, site, telephone. */
  source: string;
  /** Place of the building, where the office or an earlier visit recorded one. */
  place: Place | null;
};

/** Checks before measuring; a failed one makes the instrument unfit without a measurement. */
export type Check = "visual" | "operation" | "tightness";

/** Result of one check, written by the metrologist. */
export type CheckResult = {
  /** `false` makes the instrument unfit. */
  passed: boolean;
  /** Reason of a failure; the verdict quotes it in brackets. */
  reason: string;
};

/** Another metrologist of the firm, as phones know one. */
export type Colleague = {
  /** UUIDv7 of the colleague's account. */
  id: PersonId;
  /** Фамилия, имя, отчество, as the office wrote them. */
  name: string;
  /** Telephone as the office wrote it, unparsed. */
  phone: string;
};

/** A colleague with the last known place. */
export type ColleagueNearby = {
  /** Place, if the colleague shares one. */
  place: Place | null;
  /** Age of the place, seconds. */
  age_s: number | null;
  /** Way from the last place of this phone. */
  eta: EtaFromHere | null;
  /** UUIDv7 of the colleague's account. */
  id: PersonId;
  /** Фамилия, имя, отчество, as the office wrote them. */
  name: string;
  /** Telephone as the office wrote it, unparsed. */
  phone: string;
};

/** Colleagues, the nearest first. */
export type Colleagues = {
  /** Every colleague, those without a known place last. */
  all: Array<ColleagueNearby>;
  /** Age of the server's answer, seconds; `None` before the first. */
  age_s: number | null;
};

/** Decisions that a phone may ask for. Numbers are final; new ones get new numbers. */
export type CommandKind =
  | {
      command: "offer_delivered";
      /** Offer that is durable on the phone now. */
      offer: OfferId;
    }
  | {
      command: "offer_seen";
      /** Offer that was shown to the person. */
      offer: OfferId;
    }
  | {
      command: "answer_offer";
      /** Offer that must still be open on the phone. */
      offer: OfferId;
      /** `true` accepts, `false` declines for good. */
      accept: boolean;
      /** Reason of a refusal; may be empty. */
      reason: string;
      /** Colleague to be asked next, whatever the colleague's district; only with a refusal. */
      forward: PersonId | null;
    }
  | {
      command: "spoil_number";
      /** Lease that the number belongs to. */
      lease: LeaseId;
      /** Number within the lease, unprinted. */
      number: number;
      /** Reason in Russian, kept with the gap in the series. */
      reason: string;
    }
  | {
      command: "help";
      /** Order that the help is needed with. */
      order: OrderId | null;
      /** Free text of the person. */
      text: string;
    }
  | {
      command: "keep_settings";
      /** JSON object of the app, at most `SETTINGS_BYTES_MAX` bytes. */
      settings: string;
    }
  | {
      command: "accept_transfer";
      /** Statement signed by the giver's phone. */
      transfer: Transfer;
    }
  | {
      command: "transfer_confirmed";
      /** Order that the giver held. */
      order: OrderId;
      /** Receiver named in the signed `Transfer`. */
      to: PersonId;
    }
  | {
      command: "transfer_cancelled";
      /** Order that stays with its giver. */
      order: OrderId;
      /** Visit named in the cancelled `Transfer`. */
      visit: VisitId;
    };

/** Conditions of a verification; allowed ranges are in `docs/domain.md`, Conditions. */
export type Conditions = {
  /** Temperature of the air, °С. */
  air_c: Reading | null;
  /** Relative humidity of the air, %. */
  humidity_percent: Reading | null;
  /** Atmospheric pressure, kPa. */
  pressure_kpa: Reading | null;
  /** Temperature of the water, °С; not needed after a failed check. */
  water_c: Reading | null;
  /** Source of the values above. */
  source: Source | null;
};

/** How much a stated time can be trusted. */
export type Confidence = "confirmed" | "unconfirmed";

/** An enrolled phone, the owner of one Ed25519 key. */
export type DeviceId = string;

/** One edit of a document. CBOR numbers are final; new edits get new numbers. */
export type Edit =
  | {
      edit: "open_visit";
      /** Id of the new visit. */
      visit: VisitId;
      /** Ids of the expected instruments; may be empty. */
      instruments: Array<InstrumentId>;
    }
  | {
      edit: "add_instrument";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Fresh UUIDv7, never one of the card. */
      instrument: InstrumentId;
    }
  | {
      edit: "mark";
      /** Visit to write into; one of the writer's own. */
      visit: VisitId;
      /** Leaving, arrival or departure. */
      moment: VisitMoment;
      /** Evidence of the time, in place of earlier evidence. */
      at: TimeEvidence;
    }
  | {
      edit: "identify";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument to write into, opened in that visit before. */
      instrument: InstrumentId;
      /** Fields to write; empty texts and `None` are skipped. */
      identity: Partial<Identity>;
    }
  | {
      edit: "set_conditions";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument to write into, opened in that visit before. */
      instrument: InstrumentId;
      /** Start or end of the work. */
      phase: Phase;
      /** Fields to write; `None` is skipped. */
      conditions: Partial<Conditions>;
    }
  | {
      edit: "set_check";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument to write into, opened in that visit before. */
      instrument: InstrumentId;
      /** Visual, operation or tightness. */
      check: Check;
      /** Whether the check passed, and the reason if not. */
      result: CheckResult;
    }
  | {
      edit: "measure";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument to write into, opened in that visit before. */
      instrument: InstrumentId;
      /** Fresh UUIDv7 of the row. */
      measurement: MeasurementId;
      /** Readings of one pour at one point. */
      row: Measurement;
    }
  | {
      edit: "use_means";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument to write into, opened in that visit before. */
      instrument: InstrumentId;
      /** Every means in use, not only the new ones. */
      means: Array<MeansId>;
    }
  | {
      edit: "skip_instrument";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument to pass over, opened in that visit before. */
      instrument: InstrumentId;
      /** Reason in words; printed on the sheet. */
      reason: string;
    }
  | {
      edit: "pay";
      /** Visit to write into; one of the writer's own. */
      visit: VisitId;
      /** Fields to write, kopecks; `None` is skipped. */
      money: Partial<Money>;
    }
  | {
      edit: "finish";
      /** Visit to write into; one of the writer's own. */
      visit: VisitId;
      /** Outcome in place of an earlier one. */
      outcome: VisitOutcome;
      /** Remark, in place of an earlier one; may be empty. */
      comment: string;
    }
  | {
      edit: "add_note";
      /** Fresh UUIDv7 of the remark. */
      note: NoteId;
      /** Text of at most 4,096 bytes. */
      text: string;
      /** Evidence of the time of writing. */
      at: TimeEvidence;
    }
  | {
      edit: "set_label";
      /** Folded text of the label. */
      label: LabelKey;
      /** `true` puts the label on. */
      on: boolean;
    }
  | {
      edit: "add_seal";
      /** Fresh UUIDv7 of the sheet, bound into the signature. */
      seal: SealId;
      /** Signed record (`Seal`, CBOR); must be of the writer's own visit. */
      record: Array<number>;
      /** Drawn signature, CBOR; empty after a refusal. */
      strokes: Array<number>;
    }
  | {
      edit: "add_photo";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument on the photo, opened in that visit before. */
      instrument: InstrumentId;
      /** SHA-256 of the photo's bytes, 64 lower-case hexadecimal digits. */
      sha256: string;
      /** Kind of the photo, one that `is_photo_kind` accepts. */
      kind: string;
      /** Time and place, written once for each photo. */
      taken: Taken | null;
    }
  | {
      edit: "call";
      /** Visit to write into; one of the writer's own. */
      visit: VisitId;
      /** Reaction of the client and the newly agreed time. */
      call: VisitCall;
    }
  | {
      edit: "rate";
      /** Visit to write into; one of the writer's own. */
      visit: VisitId;
      /** 1–10; other values are clamped. */
      rating: number;
    }
  | {
      edit: "resume";
      /** Visit to write into; one of the writer's own. */
      visit: VisitId;
    }
  | {
      edit: "remove_photo";
      /** Visit with the instrument; one of the writer's own. */
      visit: VisitId;
      /** Instrument that names the photo. */
      instrument: InstrumentId;
      /** SHA-256 of the photo's bytes, 64 lower-case hexadecimal digits. */
      sha256: string;
    };

/** A legal entity that issues papers under its accreditation. */
export type EntityId = string;

/** Estimated way from the phone's last place. */
export type EtaFromHere = {
  /** Age of the phone's own place, seconds. */
  age_s: number;
  /** Straight line, metres. */
  metres: number;
  /** Estimate, whole minutes rounded up, at least one. */
  minutes: number;
  /** Whether the minutes are a walk's: the way is at most 1 km of street. */
  on_foot: boolean;
};

/** An instrument named by the client; the visit records what is really installed. */
export type ExpectedInstrument = {
  /** Id under which the visit writes the instrument. */
  id: InstrumentId;
  /** Number in the state register, `NNNNN-YY`; empty when unknown. */
  type_number: string;
  /** Modification as the client or the office spelled it; empty when unknown. */
  modification: string;
  /** Serial number as text: leading zeros and letters are kept. */
  serial_number: string;
  /** Year of make, where known. */
  year: number | null;
  /** Cold or hot water, where known; decides the interval of verification. */
  water: Water | null;
  /** Mounting, where known; decides the metrological class. */
  position: Position | null;
  /** What an earlier visit of the firm read off this meter; filled in by the server. */
  last_reading: LastReading | null;
};

/** A question that people in the field ask, and the firm's answer. */
export type Faq = {
  /** Question as the office wrote it. */
  question: string;
  /** Answer as the office wrote it. */
  answer: string;
};

/** A flow that every type states, m³/h. */
export type FlowBase = "q_min" | "q_t" | "q_nom";

/** An answer given on this phone. */
export type GivenAnswer = {
  /** `true` accepts, `false` declines for good. */
  accept: boolean;
  /** Evidence of the time of the answer, sent to the server as well. */
  at: TimeEvidence;
  /** Short name of the colleague to be asked next. */
  to: string | null;
};

/** A doubt about one text of an instrument. */
export type Hint = {
  /** Field of the text. */
  field: IdentityField;
  /** Text as it stands. */
  text: string;
  /** Text that was probably meant; empty where only the instrument itself can tell. */
  right: string;
  /** Positions of the wrong signs among the characters of the text, from 0. */
  wrong: Array<number>;
  /** Russian sentence for whoever types. */
  words: string;
};

/** Identity of an instrument, written by the metrologist or copied from the card and marked so. */
export type Identity = {
  /** Number in the state register, `NNNNN-YY`. */
  type_number: string;
  /** Modification; the type is found by number and modification, letter by letter. */
  modification: string;
  /** Serial number as text: leading zeros and letters are kept. */
  serial_number: string;
  /** Year of make, 1900–2199. */
  year: number | null;
  /** Cold or hot water; decides the interval of verification. */
  water: Water | null;
  /** Mounting; decides the metrological class. */
  position: Position | null;
  /** Source of the values above. */
  source: Source | null;
};

/** A text of an instrument's identity. */
export type IdentityField = "type_number" | "modification" | "serial_number";

/** An instrument found at the address, and the work on it. */
export type Instrument = {
  /** Type, serial number and mounting of the instrument. */
  identity: Identity;
  /** Conditions before the first and after the last pour. */
  conditions: { [key in Phase]?: Conditions };
  /** Checks before measuring; a check without an entry was not made. */
  checks: { [key in Check]?: CheckResult };
  /** All rows of readings by id, corrected ones included. */
  measurements: { [key in MeasurementId]: Measurement };
  /** Means of verification marked as used. */
  means: Array<MeansId>;
  /**
   * Kinds of photos (`serial`, `reading`, `door`, `before:POINT`, `after:POINT`) by SHA-256, 64 hex
   * digits.
   */
  photos: { [key in string]: string };
  /** Reason for passing the instrument over; with a reason nothing else is asked for. */
  not_verified: NotVerified | null;
  /** Paths of fields that hold two different concurrent values; a sheet needs one value each. */
  contested: Array<string>;
  /** Rows excluded by the office, after two readings of one point. */
  set_aside: Array<MeasurementId>;
  /** Time and place of photos, by the keys of `Self::photos`. */
  taken: { [key in string]: Taken };
  /** SHA-256 of photos that were taken out. */
  removed_photos: Array<string>;
};

/** One instrument at the address of an order. */
export type InstrumentId = string;

/**
 * One approved type in one modification. The key is (`type_number`, `modification`): one family of
 * meters has several numbers by year, each with its own method and limits.
 */
export type InstrumentType = {
  /** The number in the state register, `NNNNN-YY`. */
  type_number: string;
  /** Modification, compared letter by letter with the register's spelling. */
  modification: string;
  /** Nominal diameter, mm. */
  dn_mm: number;
  /** Title of the method, the key into the methods of the reference data. */
  method: string;
  /** Qmin for class B, m³/h. */
  q_min_b: Reading;
  /** Qmin for class A, m³/h. */
  q_min_a: Reading;
  /** Qп (transitional) for class B, m³/h. */
  q_t_b: Reading;
  /** Qп (transitional) for class A, m³/h. */
  q_t_a: Reading;
  /** Nominal flow Qnom, m³/h. */
  q_nom: Reading;
  /** Greatest flow Qmax, m³/h. */
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

/** A command or batch that waits for a receipt; a batch's id is derived from its hash. */
export type ItemId = string;

/** A set of means that one person takes along. */
export type KitId = string;

/** The folded text of a label: equal texts are one label. */
export type LabelKey = string;

/** A part that a visit lacks, and the instrument where a screen can put it right. */
export type Lack = {
  /** Stable code, `Lacking::code`. */
  code: string;
  /** Russian sentence, shown as it is. */
  words: string;
  /** Instrument that lacks the part; `None` for the visit as a whole. */
  instrument: InstrumentId | null;
};

/** Last reading of a meter at an earlier verification. */
export type LastReading = {
  /** Legal day of that verification. */
  date: LegalDate;
  /** Dial after the last pour, m³. */
  dial: Reading;
};

/** A block of consecutive paper numbers given to one installation. */
export type LeaseId = string;

/** A calendar date without a zone; `YYYY-MM-DD` on the wire and in JSON. */
export type LegalDate = string;

/** A standard or other means of verification, with the names of the Fund's file. */
export type Means = {
  /** UUIDv7 made by the server; documents name the means by it. */
  id: MeansId;
  /** Element of the Fund's file that carries the means. */
  kind: MeansKind;
  /** Title for people: «Установка поверочная УПСЖ-3П». */
  title: string;
  /** Register number for `mieta` and `uve`, type number for `mis`. */
  number: string;
  /** Serial number; required for `mis`. */
  serial_number: string;
  /** First day of validity, included: the day of the means' own verification. */
  valid_from: LegalDate;
  /** Last day of validity, included. */
  valid_until: LegalDate;
  /**
   * Person who carries the means; `None` offers the means to everybody. Of a means in a kit the person who has
   * the kit.
   */
  held_by: PersonId | null;
  /** What the office says that the means measures; `None` leaves it to the title, see `Means::roles`. */
  given_roles: Array<MeansRole> | null;
  /** Rank, class or error as papers print it: «3-й разряд», «±0,3 °С». */
  accuracy: string | null;
  /** Number of the means' own certificate of verification, or of the record in the Fund. */
  certificate: string | null;
  /** Kit in which the means is carried. */
  kit: KitId | null;
};

/** A standard or other measuring means used at verifications. */
export type MeansId = string;

/** Kinds of means in the Fund's schema that this product uses. */
export type MeansKind = "mieta" | "mis" | "uve";

/** What a means measures at a verification. */
export type MeansRole = "rig" | "thermohygrometer" | "barometer" | "water_thermometer" | "stopwatch";

/** One row: the readings of one pour at one point. Written once; a correction is a new row. */
export type Measurement = {
  /** Name of the point in any spelling, see `super::point_key`. */
  point: string;
  /** Flow through the meter, m³/h. */
  flow: Reading;
  /** Dial of the meter before the pour, m³. */
  start: Reading;
  /** Dial of the meter after the pour, m³. */
  end: Reading;
  /** Volume by the standard, m³: read from the rig, never computed from flow and time. */
  reference: Reading;
  /** Duration of the pour, s. */
  duration_s: Reading | null;
  /** Source of all values of the row. */
  source: Source;
  /** Id of the row that this row corrects. */
  replaces: MeasurementId | null;
};

/** One row of readings; never reused, since a correction is a new row that names the old one. */
export type MeasurementId = string;

/** Points to be measured. A method is data that a metrologist of the firm approves before use. */
export type Method = {
  /** Title as the type names it and as the Fund's file carries it. */
  title: string;
  /** Grows with each change; a seal records the version used. */
  version: number;
  /** Points in the order of measuring, which is the order of rows on papers. */
  points: Array<PointSpec>;
  /** Name of the approving metrologist; a method with `None` must not be used. */
  approved_by: string | null;
  /** Whether a row beyond its limit makes the instrument unfit although points are missing. */
  stop_on_fail: boolean;
  /** What becomes of a flow or a condition outside of the method's bounds. */
  outside: Outside;
};

/** Money of a visit, kopecks. */
export type Money = {
  /** Sum due; without one the sheet takes the price of the card. */
  due_kop: number | null;
  /** Sum received; a sheet of a visit that was done needs one. */
  received_kop: number | null;
  /** Way of payment, where said. */
  method: PayMethod | null;
  /** Reason for a difference between the two sums. */
  reason: string;
};

/** Reason for which an instrument at the address was not verified. */
export type NotVerified = {
  /** Free text; an empty one takes the entry back. */
  reason: string;
};

/** A remark on an order, written once. */
export type Note = {
  /** The remark, at most 4,096 bytes. */
  text: string;
  /** Time of writing, where the phone gave evidence. */
  at: TimeEvidence | null;
};

/** A remark in an order document. */
export type NoteId = string;

/** Clocks of a phone at one moment, read by its shell and passed to the machine as `now`. */
export type Now = {
  /** Wall clock, which the owner of the phone can set to anything. */
  wall: Timestamp;
  /** Milliseconds of a monotonic clock with an arbitrary start. */
  mono_ms: number;
  /** Identifies a boot or page load; values of `mono_ms` compare only within one. */
  boot: number;
};

/** End of an offer for the person who had it. */
export type OfferEnd = "accepted" | "declined" | "expired" | "superseded";

/** One order shown to one person for a limited time. */
export type OfferId = string;

/** An offer as this phone knows it. */
export type OfferOnPhone = {
  /** Id that answers and events name. */
  offer: OfferId;
  /** Order behind the offer; its card may not be here yet. */
  order: OrderId;
  /** Visit of this person, writable once the offer is accepted. */
  visit: VisitId;
  /** Deadline of the app; afterwards the telephone rings. */
  app_until: Timestamp;
  /** Answer given on this phone, sent or not. */
  answer: GivenAnswer | null;
  /** End of the offer by the server; absent while open there. */
  end: OfferEnd | null;
  /** Time of the end, by the server. */
  ended_at: Timestamp | null;
  /** Name of the person who has the order, if another person has it. */
  taken_by: string | null;
};

/** An order document as read, in one value. */
export type Order = {
  /** Visits by id; each belongs to one person. */
  visits: { [key in VisitId]: Visit };
  /** Remarks by id; never changed once written. */
  notes: { [key in NoteId]: Note };
  /** Labels that are switched on, folded. */
  labels: Array<LabelKey>;
  /** Signed sheets by id: record and strokes as undecoded bytes. */
  seals: { [key in SealId]: SealParts };
};

/** An order and its document share one id. */
export type OrderId = string;

/** One line of the day's list. */
export type OrderLine = {
  /** Card as the office last sent it. */
  card: Card;
  /** Offer of this order that the line shows, open or closed. */
  offer: OfferOnPhone | null;
  /** Russian sentence about the offer; empty without an offer. */
  words: string;
  /** Visits of this person, the oldest first. */
  visits: Array<VisitId>;
  /** Reason for which the person holds the order no more. */
  lost: string | null;
  /** Reason for which the office has not accepted the signed sheet. */
  sheet_held: string | null;
  /** Name of the colleague during a transfer, while its codes may be shown again. */
  transferring_to: string | null;
  /** Whether the document holds a signed sheet. */
  sealed: boolean;
  /** Ending of this person's last visit, once it is written. */
  outcome: VisitOutcome | null;
  /** Last moment of that visit that is written: on the way, arrived, departed. */
  moment: VisitMoment | null;
  /** Sums received at this person's visits. */
  received: Array<Received>;
  /** State of the person's work on the order. */
  safety: Safety;
};

/** Everything a screen shows of one order. */
export type OrderView = {
  /** Document as read; empty if it cannot be opened. */
  document: Order;
  /** Last visit of this person, the one that edits go to. */
  visit: VisitId | null;
  /** View that would be signed now, with errors, limits and verdicts but without numbers. */
  preview: SealedView | null;
  /** Parts missing for a signature; an unwritten outcome counts as done. */
  lacking: Array<Lack>;
  /** Doubts that warn only: serial number, point, Russian sentence. */
  doubts: Array<[string, string, string]>;
  /** View of the latest signed sheet of the visit. */
  sealed_view: SealedView | null;
  /** Signer of that sheet, or the reason of a refusal. */
  signer: Signer | null;
  /** Address of the client's page, once a sheet is signed. */
  link: string | null;
  /** Instruments that the visit found, as `Card::found` counts them. */
  found: Array<InstrumentId>;
  /** Instruments of them that were added beyond the card and are blank: a wrong press. */
  blank: Array<InstrumentId>;
  /** Issuer's number in the register of accredited persons; empty before the reference data came. */
  accreditation: string;
  /** Card as the office last sent it. */
  card: Card;
  /** Offer of this order that the line shows, open or closed. */
  offer: OfferOnPhone | null;
  /** Russian sentence about the offer; empty without an offer. */
  words: string;
  /** Visits of this person, the oldest first. */
  visits: Array<VisitId>;
  /** Reason for which the person holds the order no more. */
  lost: string | null;
  /** Reason for which the office has not accepted the signed sheet. */
  sheet_held: string | null;
  /** Name of the colleague during a transfer, while its codes may be shown again. */
  transferring_to: string | null;
  /** Whether the document holds a signed sheet. */
  sealed: boolean;
  /** Ending of this person's last visit, once it is written. */
  outcome: VisitOutcome | null;
  /** Last moment of that visit that is written: on the way, arrived, departed. */
  moment: VisitMoment | null;
  /** Sums received at this person's visits. */
  received: Array<Received>;
  /** State of the person's work on the order. */
  safety: Safety;
};

/** What becomes of a flow outside of its point's tolerance, or of a condition outside of the allowed ones. */
export type Outside = "block" | "warn";

/** Effects of the machine, to be carried out in order. */
export type PageEffect =
  | {
      effect: "commit";
      /** A row without a value is removed. */
      writes: Array<StoredRow>;
    }
  | { effect: "sign"; bytes: Bytes }
  | { effect: "send"; bytes: Bytes }
  | { effect: "wake_in"; ms: number }
  | { effect: "changed" }
  | {
      effect: "refused";
      /** Stable code of `docs/errors.md`. */
      code: string;
      /** Sentence for the person, Russian. */
      message: string;
    };

/** Inputs from the page; ids are made by the page and never reused. */
export type PageInput =
  | { input: "edit"; order: OrderId; edits: Array<Edit> }
  | { input: "command"; id: ItemId; kind: CommandKind }
  | {
      input: "seal";
      order: OrderId;
      visit: VisitId;
      seal: SealId;
      signer: Signer;
      /** The drawn signature; empty after a refusal. */
      strokes: Strokes;
      /** The client's four digits, where the client typed them. */
      code: string | null;
    }
  | {
      input: "photo";
      order: OrderId;
      visit: VisitId;
      /** Of which instrument. */
      instrument: InstrumentId;
      /** SHA-256 of its bytes, 64 hexadecimal digits. */
      sha256: string;
      bytes: number;
      /** `serial`, `reading`, `before:Qмин`, `after:Qмин`. */
      kind: string;
      /** Place of the shot, if the phone knew it and the person shares places. */
      place: Place | null;
    }
  | {
      input: "uploaded";
      /** SHA-256 of the photo, 64 hexadecimal digits. */
      sha256: string;
    }
  | {
      input: "begin_transfer";
      order: OrderId;
      to: PersonId;
      /** Id of the colleague's visit. */
      visit: VisitId;
    }
  | {
      input: "end_transfer";
      id: ItemId;
      order: OrderId;
      /** Whether the colleague's phone confirmed. */
      confirmed: boolean;
    }
  | { input: "scan"; id: ItemId; text: string }
  | {
      input: "report_location";
      place: Place | null;
      /** The order at which the person has just arrived. */
      order: OrderId | null;
      /** Whether colleagues and office may see the place. */
      share: boolean;
    }
  | { input: "refresh_colleagues" }
  | { input: "log_out" }
  | { input: "log_in" }
  | { input: "sync_due" }
  | { input: "no_answer" };

/** Way of payment; numbers 0–3 in the signed view. */
export type PayMethod = "cash" | "card" | "transfer" | "invoice";

/** A person with an account: metrologist, clerk or administrator. */
export type PersonId = string;

/** Start or end of the work on an instrument; each has its own conditions. */
export type Phase = "start" | "end";

/** A Russian telephone number: `+7` and ten digits. */
export type Phone = string;

/** A place stated by a phone: evidence, since a phone can be made to say anything. */
export type Place = {
  /** Latitude, millionths of a degree (WGS 84); at most 90 degrees either side. */
  lat_e6: number;
  /** Longitude, millionths of a degree (WGS 84); at most 180 degrees either side. */
  lon_e6: number;
  /** Radius of uncertainty stated by the phone, metres; 0 where unknown. */
  accuracy_m: number;
};

/** One flow of a method, its tolerance and number of rows. */
export type PointSpec = {
  /** Name on paper and in files: `Qмин`. */
  name: string;
  /** Flow of the type that `Self::factor` multiplies. */
  base: FlowBase;
  /** Multiple of the base flow: 1.1 for 1,1·Qп. */
  factor: Reading;
  /**
   * Allowed deviation downwards, % of the set flow. `None`: down to Qп, the most that a flat may
   * give.
   */
  below_percent: Reading | null;
  /** Allowed deviation upwards, % of the set flow. `None`: up to Qmax. */
  above_percent: Reading | null;
  /** Least number of rows; with fewer the instrument is not finished. */
  repeats: number;
  /** Usual pour, seconds; the start value of the phone's stopwatch. */
  pour_s: number;
};

/** Mounting of the meter; decides the metrological class (`docs/domain.md`, Limits). */
export type Position = "horizontal" | "vertical";

/** A decimal value as read or computed; trailing zeros count: `143.2510` has four decimals. */
export type Reading = string;

/** Sum received at one visit. */
export type Received = {
  /** Way of payment. */
  method: PayMethod;
  /** Sum, kopecks. */
  kop: number;
};

/** Error of a typed row, in percent, with a decimal comma. */
export type RowError = {
  /** δ, %, with a comma. */
  error: string;
  /** The limit, ± %, with a comma. */
  limit: string;
  within: boolean;
};

/** How safe a person's work on an order is, in the words of the screen. */
export type Safety = "on_phone" | "sent" | "accepted" | "trouble";

/** Progress of reading a colleague's codes. */
export type Scanned = {
  /** Number of codes read. */
  got: number;
  /** Number of codes needed; 0 before the first code and after the last. */
  of: number;
  /** Order opened by the last code, until another code is read. */
  order: OrderId | null;
};

/** A signed sheet of a visit. */
export type SealId = string;

/** The two byte strings under `seals/{seal}`. */
export type SealParts = Record<string, never>;

/** One check that was made. */
export type SealedCheck = {
  /** Visual, operation or tightness. */
  check: Check;
  /** Whether the check passed, and the reason if not. */
  result: CheckResult;
};

/** One instrument as the client read it; texts of the document, numbers of the reference data. */
export type SealedInstrument = {
  /** Id under which the document holds the instrument. */
  id: InstrumentId;
  /** Number in the state register, `NNNNN-YY`. */
  type_number: string;
  /** Modification as written at the visit. */
  modification: string;
  /** Serial number as text, as written at the visit. */
  serial_number: string;
  /** Year of make, where written. */
  year: number | null;
  /** Cold or hot water, where written. */
  water: Water | null;
  /** Mounting, where written; decides the class. */
  position: Position | null;
  /** Title of the type's method; empty without a known type. */
  method: string;
  /** Version of the method used; 0 without one. */
  method_version: number;
  /** Verdict, derived from checks and rows. */
  result: SealedResult;
  /** Reasons of an unfit instrument, or what an unfinished one lacks; Russian sentences. */
  reasons: Array<string>;
  /** Last day on which a fit instrument counts as verified; absent for any other. */
  valid_until: LegalDate | null;
  /** Checks that were made, in the order of the protocol. */
  checks: Array<SealedCheck>;
  /** Conditions at the start, where written. */
  start: Conditions | null;
  /** Conditions at the end, where written. */
  end: Conditions | null;
  /** Rows that count, in the order of the method's points, then by id. */
  rows: Array<SealedRow>;
  /** Means used, in the order of the reference data. */
  means: Array<SealedMeans>;
  /** Printed number of the protocol; fit and unfit instruments have one. */
  protocol_number: string | null;
  /** Printed number of the certificate; fit instruments have one if the card asks for it. */
  certificate_number: string | null;
  /** Printed number of the notice; unfit instruments have one. */
  notice_number: string | null;
  /** Nominal diameter, mm; this and the flows below are absent without a known type. */
  dn_mm: number | null;
  /** Qmin of the class, m³/h; absent without a position. */
  q_min: Reading | null;
  /** Qп of the class, m³/h; absent without a position. */
  q_t: Reading | null;
  /** Qnom of the type, m³/h. */
  q_nom: Reading | null;
  /** Qmax of the type, m³/h. */
  q_max: Reading | null;
};

/** A means of verification as papers and the Fund's file name it. */
export type SealedMeans = {
  /** Element of the Fund's file. */
  kind: MeansKind;
  /** Title as papers print it. */
  title: string;
  /** Register number, or type number for `mis`. */
  number: string;
  /** Serial number; may be empty except for `mis`. */
  serial_number: string;
  /** Last day of validity, included. */
  valid_until: LegalDate;
  /** What the office says that the means measures; absent where the title says it. */
  given_roles: Array<MeansRole> | null;
  /** Rank, class or error, where the office gave it. */
  accuracy: string | null;
  /** Number of the means' own certificate, where the office gave it. */
  certificate: string | null;
};

/** Verdict in a signed sheet; numbers 0–2 are final. */
export type SealedResult = "fit" | "unfit" | "not_finished";

/** A row with the values computed from it. */
export type SealedRow = {
  /** Id of the row in the document. */
  measurement: MeasurementId;
  /** Name of the point as written in the row. */
  point: string;
  /** Flow, m³/h. */
  flow: Reading;
  /** Dial of the meter before the pour, m³. */
  start: Reading;
  /** Dial of the meter after the pour, m³. */
  end: Reading;
  /** Volume by the meter, m³: end − start, with the decimals of the longer of the two. */
  volume: Reading;
  /** Volume by the standard, m³. */
  reference: Reading;
  /** Duration of the pour, s, where written. */
  duration_s: Reading | null;
  /** δ, %, rounded half away from zero to one decimal (МИ 1592-2015). */
  error_percent: Reading;
  /** Limit of the type at this flow, ± %. */
  limit_percent: Reading;
  /** Whether |δ| as printed is at most the limit. */
  within: boolean;
  /** Source of the readings, 0–5. */
  source: Source;
};

/**
 * View of one visit for the client to read and sign. How each field is computed:
 * `docs/protocol.md`, 12.
 */
export type SealedView = {
  /** Always 1 so far. */
  version: number;
  /** Order that the visit belongs to. */
  order: OrderId;
  /** Visit whose work the sheet lists. */
  visit: VisitId;
  /** Number used in speech: «1001». */
  order_number: string;
  /** Issuer named by the card. */
  entity: EntityId;
  /** Full name of the issuer. */
  entity_name: string;
  /** Metrologist who made the visit. */
  performer: PersonId;
  /** Full name of the metrologist. */
  performer_name: string;
  /** Name of the client; empty where the card has none. */
  client: string;
  /** Address in one line, as on the card. */
  address: string;
  /** Legal date of the verification, the day of signing in `Self::zone`. */
  date: LegalDate;
  /** Zone of the card, in which the date is counted. */
  zone: Zone;
  /** Version of the table of zones, `ZONE_TABLE_VERSION`. */
  zone_table: number;
  /** Instruments of the visit, by id ascending. */
  instruments: Array<SealedInstrument>;
  /** Lines of the bill; one so far. */
  works: Array<Work>;
  /** Sum due, kopecks: written at the visit, else the card's price. */
  due_kop: number;
  /** Sum received, kopecks; absent where a sheet of paper names none. */
  received_kop: number | null;
  /** Way of payment, where said. */
  pay_method: PayMethod | null;
};

/** Outcome of asking the client to sign. */
export type Signer =
  | {
      signer: "signed";
      /** Name of the signer, at most `SIGNER_CHARS_MAX` characters. */
      name: string;
      /** Relation to the client: «собственник», «представитель». */
      relation: string;
    }
  | {
      signer: "refused";
      /** Reason, at most `REFUSAL_CHARS_MAX` characters. */
      reason: string;
    }
  | {
      signer: "paper";
      /**
       * Name in the signature, at most `SIGNER_CHARS_MAX` characters; empty where the paper
       * names nobody.
       */
      name: string;
      /**
       * Reason on the paper why nobody signed, at most `REFUSAL_CHARS_MAX` characters; empty
       * where the paper gives none.
       */
      refusal: string;
    };

/** Source of a value; without one nothing counts as measured. Numbers 0–5 in signed records. */
export type Source = "typed" | "photo" | "rig" | "sensor" | "copied" | "paper";

/** State of the phone as a whole. */
export type Status = {
  /** Number of items without a receipt: «не отправлено N». */
  unsent: number;
  /** Number of photos that the server lacks, as far as known. */
  photos_left: number;
  /** Items that were refused or are in quarantine. */
  troubles: Array<Trouble>;
  /** Server time of the last contact; absent before the first. */
  last_contact: Timestamp | null;
  /** Whether a request is under way. */
  syncing: boolean;
  /** Unused numbers of all leases, by code of the kind of paper. */
  numbers_left: Array<[string, number]>;
  /** Orders whose documents cannot be opened, excluded ones included. */
  unreadable: Array<OrderId>;
  /** Version of the reference data; 0 before the first. */
  reference: number;
  /** Whether documents are being compared with the server's. */
  reconciling: boolean;
  /** Number of comparisons that ended with differing digests; the owner should be told. */
  unlike: number;
  /** Whether the person logged out. */
  locked: boolean;
  /**
   * Whether the server was silent for `CONTACT_DAYS` days: views stay empty until the next
   * answer, unsent work stays.
   */
  stale: boolean;
  /** Whether the office took the access away. */
  revoked: boolean;
  /** Settings of the app as a JSON object; empty until any were set. */
  settings: string;
  /**
   * Whether the newest location report shares a place; an app whose owner does not share
   * withdraws it.
   */
  shares_place: boolean;
};

/** A row of the phone's store: table, key, value. A commit names a row that goes by `null`. */
export type StoredRow = [string, Bytes, Bytes | null];

/** One point of a stroke, encoded as an array of four. */
export type StrokePoint = {
  /** Distance from the left edge of the pad. */
  x: number;
  /** Distance from the top edge of the pad. */
  y: number;
  /** Milliseconds since the first point of the signature. */
  t_ms: number;
  /** Pressure, 0–1000; 0 where the screen does not report any. */
  pressure: number;
};

/** A drawn signature: strokes of points on a pad. */
export type Strokes = {
  /** Width of the pad; points use the same units. */
  width: number;
  /** Height of the pad; points use the same units. */
  height: number;
  /** Strokes in the order of drawing; at most `STROKE_POINTS_MAX` points in all. */
  strokes: Array<Array<StrokePoint>>;
};

/** Time and place of a photo. Image files carry neither. */
export type Taken = {
  /** Time at which the photo was taken. */
  at: TimeEvidence;
  /** Place of the phone; absent without a fix or without the person's consent. */
  place: Place | null;
};

/** A phone's statement of the time of an event: evidence, never a ground for expiry. */
export type TimeEvidence = {
  /**
   * Best estimate of the true instant: never earlier than the last server time that the phone
   * heard.
   */
  at: Timestamp;
  /** Whether the server's clock or the phone's wall clock is behind `Self::at`. */
  confidence: Confidence;
  /** Wall clock of the phone at the event. */
  wall: Timestamp;
  /** Milliseconds since the last contact with the server; absent without a contact in this boot. */
  since_contact_ms: number | null;
};

/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = number;

/** Statement that an order goes to one colleague, signed by the giver's phone. */
export type Transfer = {
  /** Order that goes from giver to receiver. */
  order: OrderId;
  /** Visit under which the giver holds the order. */
  from: VisitId;
  /** Person who gives the order away. */
  giver: PersonId;
  /** Phone of the giver, whose key signs. */
  device: DeviceId;
  /** Person who receives the order. */
  to: PersonId;
  /** Fresh UUIDv7 of the receiver's visit. */
  visit: VisitId;
  /** Time by the giver's phone; the server honours a transfer for three days. */
  at: TimeEvidence;
  /** Ed25519 signature over `Transfer::signed_bytes`, 64 bytes. */
  signature: Array<number>;
};

/** An item that was refused or is in quarantine. */
export type Trouble = {
  /** Order of the item, if it concerns one. */
  order: OrderId | null;
} & (
  | { status: "saved" }
  | {
      status: "refused";
      /** Stable code of a receipt (`docs/protocol.md`, 15). */
      code: string;
      /** Reason in Russian, shown as it is. */
      message: string;
    }
  | {
      status: "quarantined";
      /** Reason in Russian, shown as it is. */
      message: string;
      /** Stable code of a receipt (`docs/protocol.md`, 15). */
      code: string;
    }
  | {
      status: "accepted";
      /** Place of the item in the stream. */
      seq: number;
    }
);

/** A row while it is typed. */
export type TypedRow = {
  /** `NNNNN-YY`. */
  type_number: string;
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

/** A photo that the shell should upload. */
export type Upload = {
  /** SHA-256 of the bytes, hexadecimal in JSON; names the upload. */
  sha256: string;
  /** Order that the photo belongs to. */
  order: OrderId;
  /** Size of the photo, bytes. */
  bytes: number;
};

/** How soon an order is wanted, and the colour of its mark: yellow, green or red. */
export type Urgency = "planned" | "paid" | "emergency";

/** One person's trip to the order. */
export type Visit = {
  /** Times of leaving, arriving and departing, as far as written. */
  times: { [key in VisitMoment]?: TimeEvidence };
  /** Telephone call to the client before the visit. */
  call: VisitCall | null;
  /** Instruments by id: the expected ones and any found at the address. */
  instruments: { [key in InstrumentId]: Instrument };
  /** Sums due and received, kopecks. */
  money: Money;
  /** Ending of the visit; absent while the visit goes on. */
  outcome: VisitOutcome | null;
  /** Free remark to the outcome. */
  comment: string;
  /**
   * Rating by the client, 1–10; absent unless given. The metrologist's app does not show the
   * rating.
   */
  rating: number | null;
};

/** Result of the call to the client before the visit. */
export type VisitCall = {
  /** Reaction of the client to the agreed time. */
  result: CallResult;
  /** Newly agreed day, if one was named. */
  date: LegalDate | null;
  /** Newly agreed time of day, if one was named. */
  window: Window | null;
  /** Free remark to the call. */
  comment: string;
  /** Evidence of the time of the call. */
  at: TimeEvidence;
};

/**
 * One person's trip to one order. Made by the server with the offer, or by the receiver of a
 * transfer.
 */
export type VisitId = string;

/** Moments of a visit that are written with their time. */
export type VisitMoment = "on_the_way" | "arrived" | "departed";

/** Ending of a visit; decides the state of the order on the server. */
export type VisitOutcome = "done" | "no_access" | "refused" | "wrong_address" | "postponed";

/** Water in the meter; decides the interval of verification and the allowed temperature. */
export type Water = "cold" | "hot";

/** The agreed time of day, in minutes since midnight at the address. */
export type Window = {
  /** Earliest minute of arrival; `Self::parse` yields 0–1438. */
  from_min: number;
  /** Latest minute of arrival; `Self::parse` yields more than `from_min`, at most 1439. */
  to_min: number;
};

/** One line of the bill. */
export type Work = {
  /** Name of the work: «Поверка приборов учёта воды: 2». */
  name: string;
  /** Sum of the line, kopecks; the sum due. */
  sum_kop: number;
};

/** An IANA zone of Russia, one row of the built-in table; anything else does not parse. */
export type Zone = string;
