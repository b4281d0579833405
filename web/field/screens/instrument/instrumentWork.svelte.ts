// What is typed of one instrument and not written yet, and the edits that write it. Every keystroke is kept: a
// killed tab comes back to the same field.
import { untrack } from "svelte";
import { ignoreOffline } from "../../../shared/errors";
import { decimalPlain, decimalTyped } from "../../../shared/numbers";
import { dialBefore, setFlow, slipWords } from "../../lib/points";
import { type Stage, stagesOf } from "../../lib/stages";
import { deleteDraft, loadDraft, saveDraft } from "../../phone/drafts";
import type {
  Check,
  Conditions,
  Edit,
  ExpectedInstrument,
  Identity,
  Instrument,
  InstrumentType,
  Method,
  Phase,
  PointSpec,
  Position,
  RowError,
  SealedInstrument,
  TypedRow,
  Water,
} from "../../phone/coreTypes";
import type { Phone } from "../../phone/phone";
import * as w from "words/field/instrument";

/** What is typed of an instrument's identity. */
export type TypedIdentity = Record<Exclude<keyof Identity, "source" | "water" | "position">, string> & {
  water: Water | "";
  position: Position | "";
};
/** What is typed of the conditions. */
export type TypedConditions = Record<Exclude<keyof Conditions, "source">, string>;
/** What is typed of one measurement. */
export type TypedMeasurement = Omit<TypedRow, "type_number" | "modification" | "position"> & {
  duration_s: string;
};
/** What is said of a measurement that is being typed. */
export interface Said {
  text: string;
  tone: "good" | "bad" | "warn";
}

/** What a visit gives to the work on one of its instruments. */
export interface WorkProps {
  phone: Phone;
  visitId: string;
  id: string;
  instrument: Instrument;
  expected: ExpectedInstrument | undefined;
  result: SealedInstrument | undefined;
  edit: (edits: Edit[]) => Promise<boolean>;
}

const CONDITIONS = ["air_c", "humidity_percent", "pressure_kpa", "water_c"] as const;
const CHECKS: Check[] = ["visual", "operation", "tightness"];

export class InstrumentWork {
  identity: TypedIdentity = $state() as TypedIdentity;
  conditions: TypedConditions = $state() as TypedConditions;
  typed: Record<string, TypedMeasurement> = $state({});
  results: Record<string, RowError | null> = $state({});
  /** Nothing while it is looked up. */
  method: Method | null | undefined = $state.raw();
  types: InstrumentType[] = $state.raw([]);
  readonly points: PointSpec[] = $derived.by(() => this.method?.points ?? []);
  readonly stages: Stage[] = $derived.by(() =>
    stagesOf(this.props.instrument, this.points, this.props.result?.rows ?? []),
  );
  /** The type that gives the points their flows. */
  private readonly kind = $derived.by(
    () => this.types.find((of) => of.modification === this.identity.modification) ?? this.types[0],
  );
  private readonly knownIdentity: TypedIdentity;
  private readonly writtenConditions: TypedConditions;

  constructor(private readonly props: WorkProps) {
    const { expected, instrument } = props;
    const written = Object.entries(instrument.identity).filter(([, value]) => value);
    const known: Partial<Identity> = { ...expected, ...Object.fromEntries(written) };
    this.knownIdentity = {
      type_number: known.type_number ?? "",
      modification: known.modification ?? "",
      serial_number: known.serial_number ?? "",
      year: known.year ? String(known.year) : "",
      water: known.water ?? "",
      position: known.position ?? "",
    };
    this.identity = loadDraft(this.draft("identity"), this.knownIdentity);
    this.writtenConditions = typedConditions(instrument.conditions.start);
    this.conditions = loadDraft(this.draft("conditions"), this.writtenConditions);
    this.watch();
  }

  private get place() {
    return { visit: this.props.visitId, instrument: this.props.id };
  }

  draft(what: string): string {
    return `${this.props.visitId}/${this.props.id}/${what}`;
  }

  private watch() {
    const { phone } = this.props;
    $effect.pre(() => {
      for (const point of this.points)
        this.typed[point.name] ??= loadDraft(this.draft(point.name), this.empty(point));
    });
    $effect(() => {
      for (const [point, row] of Object.entries(this.typed)) saveDraft(this.draft(point), row);
      this.keepTyped("conditions", this.conditions, this.writtenConditions);
      this.keepTyped("identity", this.identity, this.knownIdentity);
    });
    // The worker answers in the order in which it was asked: the last answer is of what is on the screen.
    $effect(() => {
      void phone
        .method(this.identity.type_number, this.identity.modification)
        .then((found) => (this.method = found), ignoreOffline);
    });
    $effect(() => {
      void phone.findTypes(this.identity.type_number).then((found) => (this.types = found), ignoreOffline);
    });
    $effect(() => {
      const { type_number, modification, position } = this.identity;
      for (const [point, row] of Object.entries(this.typed)) {
        void phone
          .rowError({ ...row, type_number, modification, position })
          .then((result) => (this.results[point] = result), ignoreOffline);
      }
    });
    // The set flow comes with the type, which may be found later than the method.
    $effect(() => {
      const flows = this.points.map((point) => [point.name, this.flow(point)] as const);
      untrack(() => {
        for (const [name, flow] of flows) {
          const row = this.typed[name];
          if (row && !row.flow && !row.start && !row.end) row.flow = flow;
        }
      });
    });
  }

  /** Keeps what differs from what was known: a card that the office corrects is not hidden by a draft. */
  private keepTyped(what: string, typed: Record<string, string>, before: Record<string, string>) {
    if (Object.keys(typed).some((key) => typed[key] !== before[key])) saveDraft(this.draft(what), typed);
    else deleteDraft(this.draft(what));
  }

  private empty(point: PointSpec): TypedMeasurement {
    return { flow: this.flow(point), start: "", end: "", reference: "", duration_s: "" };
  }

  private flow(point: PointSpec): string {
    return setFlow(this.kind, this.identity.position, point);
  }

  /** Where the dial stood after the last row that is written before a point. */
  dialBefore(point: PointSpec): string {
    const before = this.points.slice(0, this.points.indexOf(point)).map(({ name }) => name);
    return dialBefore(this.props.instrument, before);
  }

  /** δ of what is being typed at a point. */
  said(point: string): Said | null {
    const [row, live] = [this.typed[point], this.results[point]];
    const slip = row ? slipWords(row, live?.error) : "";
    if (slip) return { text: slip, tone: "warn" };
    if (!live) return null;
    return { text: w.errorAndLimit(live.error, live.limit), tone: live.within ? "good" : "bad" };
  }

  /** Whether a row at a point can be written. */
  isWhole(point: string): boolean {
    const row = this.typed[point];
    return Boolean(row?.flow && row.start && row.end && row.reference);
  }

  /** Whether it would be written without a look: whole, judged, and no slip. */
  isSure(point: string): boolean {
    return this.isWhole(point) && Boolean(this.results[point]) && this.said(point)?.tone !== "warn";
  }

  async identify(): Promise<boolean> {
    const { expected, edit } = this.props;
    const { identity } = this;
    const copied =
      expected?.serial_number === identity.serial_number && expected.type_number === identity.type_number;
    const ok = await edit([
      {
        edit: "identify",
        ...this.place,
        identity: {
          ...identity,
          year: identity.year ? Number(identity.year) : null,
          water: identity.water || null,
          position: identity.position || null,
          source: copied ? "copied" : "typed",
        },
      },
    ]);
    if (ok) deleteDraft(this.draft("identity"));
    return ok;
  }

  /** Whether the conditions that stand in the fields are those written at the start. */
  get areConditionsSaved(): boolean {
    const written = typedConditions(this.props.instrument.conditions.start);
    return CONDITIONS.every((key) => written[key] === this.conditions[key].trim());
  }

  get areConditionsWhole(): boolean {
    return CONDITIONS.every((key) => this.conditions[key].trim());
  }

  async saveConditions(phase: Phase): Promise<boolean> {
    const values = Object.fromEntries(
      CONDITIONS.filter((key) => this.conditions[key].trim()).map((key) => [
        key,
        decimalPlain(this.conditions[key]),
      ]),
    );
    return this.props.edit([
      { edit: "set_conditions", ...this.place, phase, conditions: { ...values, source: "typed" } },
    ]);
  }

  async saveChecks(checks: Partial<Record<Check, boolean>>): Promise<void> {
    const named = CHECKS.filter((name) => checks[name] !== undefined);
    await this.props.edit(
      named.map((check) => ({
        edit: "set_check",
        ...this.place,
        check,
        result: { passed: checks[check] === true, reason: "" },
      })),
    );
  }

  async allWell(): Promise<void> {
    await this.saveChecks({ visual: true, operation: true, tightness: true });
  }

  async useMeans(means: string[]): Promise<boolean> {
    return this.props.edit([{ edit: "use_means", ...this.place, means }]);
  }

  async skip(reason: string): Promise<void> {
    await this.props.edit([{ edit: "skip_instrument", ...this.place, reason }]);
  }

  /** The room and the means are those of the instrument before; what was measured there is not copied. */
  async inherit(previous: Instrument): Promise<void> {
    const start = previous.conditions.start;
    const { air_c = null, humidity_percent = null, pressure_kpa = null } = start ?? {};
    const conditions = { air_c, humidity_percent, pressure_kpa, source: "copied" as const };
    const ok = await this.props.edit([
      { edit: "set_conditions", ...this.place, phase: "start", conditions },
      { edit: "use_means", ...this.place, means: previous.means },
    ]);
    if (ok)
      for (const key of ["air_c", "humidity_percent", "pressure_kpa"] as const)
        this.conditions[key] = decimalTyped(start?.[key] ?? "");
  }

  /** Writes what is typed at a point; a correction takes the place of an earlier row. */
  async measure(point: PointSpec, replaces: string | null): Promise<boolean> {
    const row = this.typed[point.name];
    if (!row) return false;
    const ok = await this.props.edit([
      {
        edit: "measure",
        ...this.place,
        measurement: await this.props.phone.freshId(),
        row: {
          point: point.name,
          flow: decimalPlain(row.flow),
          start: decimalPlain(row.start),
          end: decimalPlain(row.end),
          reference: decimalPlain(row.reference),
          duration_s: row.duration_s.trim() ? decimalPlain(row.duration_s) : null,
          source: "typed",
          replaces,
        },
      },
    ]);
    if (ok) {
      this.typed[point.name] = this.empty(point);
      deleteDraft(this.draft(point.name));
    }
    return ok;
  }

  async removePhoto(sha256: string): Promise<boolean> {
    return this.props.edit([{ edit: "remove_photo", ...this.place, sha256 }]);
  }
}

function typedConditions(of: Conditions | undefined): TypedConditions {
  const shown = (key: keyof TypedConditions) => decimalTyped(of?.[key] ?? "");
  return {
    air_c: shown("air_c"),
    humidity_percent: shown("humidity_percent"),
    pressure_kpa: shown("pressure_kpa"),
    water_c: shown("water_c"),
  };
}
