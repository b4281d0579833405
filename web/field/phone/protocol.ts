// What the page and the worker say to each other. The phone itself lives in the worker: no rule, no store and no
// network in the page, and nothing that the phone computes holds up a finger on the screen.
import type { Answers, PageInput, TypedRow } from "./coreTypes";
import * as w from "words/field/phone";

export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The document library gave up on one order; everything else goes on without it. */
export const CORE_ENDED = w.orderSetAside;

/** What a photo is of; its name and its size are the worker's to find. */
export type PhotoOf = Omit<Extract<PageInput, { input: "photo" }>, "input" | "sha256" | "bytes">;

/** What the page may ask; each answer comes when its effects are durable. */
export interface Calls {
  /** The enrolled phone of this browser: its person's name; nothing where there is none. */
  open(): Promise<string | null>;
  /** Enrols with a code from the office; the person's name. */
  enrol(code: string): Promise<string>;
  handle(input: PageInput): Promise<void>;
  sync(): Promise<void>;
  /** News of one order until another is watched; an empty id ends it. */
  watch(order: string): Promise<void>;
  takePhoto(of: PhotoOf, file: Blob): Promise<void>;
  photo(sha256: string): Promise<Blob | null>;
  /** The portrait of this phone's person, where the office has set one. */
  portrait(): Promise<Blob | null>;
  /** The papers of an order's signed sheet, as the office will have them. */
  papers(order: string): Promise<Paper[]>;
  freshId(): Promise<string>;
  /** Evidence for something that happens now. */
  evidence(): Promise<Answers["evidence"]>;
  /** Doubts about the texts of an instrument that are being typed. */
  identityHints(
    type_number: string,
    modification: string,
    serial_number: string,
  ): Promise<Answers["identityHints"]>;
  rowError(row: TypedRow): Promise<Answers["rowError"]>;
  method(type_number: string, modification: string): Promise<Answers["method"]>;
  /** The server's key for pushes. */
  pushKey(): Promise<string>;
  /** Where this browser takes pushes. */
  registerPush(subscription: object): Promise<void>;
  /** The firm's questions and answers. */
  faq(): Promise<Answers["faq"]>;
  /** The other metrologists. */
  colleagues(): Promise<Answers["colleagues"]>;
  /** The other metrologists and where they were, the nearest first. */
  colleaguesNearby(): Promise<Answers["colleaguesNearby"]>;
  /** The way to an order from where this phone was last. */
  eta(order: string): Promise<Answers["eta"]>;
  /** What is shown to a colleague's camera, one code after another. */
  transferCodes(order: string): Promise<Answers["transferCodes"]>;
  /** How far the reading of a colleague's screen is. */
  scanned(): Promise<Answers["scanned"]>;
  findTypes(text: string): Promise<Answers["findTypes"]>;
}

/** A paper of a signed sheet, made on this phone. */
export interface Paper {
  kind: string;
  title: string;
  name: string;
  pdf: Blob;
}

/** What changed on the phone: only what is different from what was last sent. */
export type News = Partial<
  Pick<Answers, "orders" | "offers" | "status" | "means" | "order"> & { online: boolean }
>;

/** The same between the threads: each part as JSON text. */
export type NewsText = Partial<Record<keyof News, string>>;

export interface PageCall {
  id: number;
  call: keyof Calls;
  args: unknown[];
}

export type WorkerMessage =
  | { id: number; answer: unknown }
  | { id: number; code: string; message: string }
  | { news: NewsText }
  /** The core ended in the middle of this order; the worker is to be started anew. */
  | { coreEnded: string };
