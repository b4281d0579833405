// What the form of an order holds, where it comes from, and the draft that outlives Esc and a reload.
import type { OrderLine, OrderPage } from "../../shared/api";
import { rublesTyped } from "../../shared/numbers";
import { today } from "../../shared/times";
import * as w from "words/office/orderForm";

export interface OrderFields {
  date: string;
  from: string;
  to: string;
  kind: string;
  urgency: string;
  client: string;
  phones: string;
  district: string;
  address: string;
  zone: string;
  place: string;
  entrance: string;
  floor: string;
  intercom: string;
  note: string;
  /** Roubles as typed. */
  price: string;
  certificate: boolean;
}

export interface MeterFields {
  id?: string;
  type_number: string;
  modification: string;
  serial_number: string;
  year: string;
  water: string;
  position: string;
  hints: OrderPage["expected"][number]["hints"];
}

export function newFields(): OrderFields {
  return {
    date: today(),
    from: "10:00",
    to: "12:00",
    kind: w.defaultKind,
    urgency: "planned",
    client: "",
    phones: "",
    district: "",
    address: "",
    zone: "",
    place: "",
    entrance: "",
    floor: "",
    intercom: "",
    note: "",
    price: "",
    certificate: true,
  };
}

/** A further meter is of the type of the one before, and measures the other water. */
export function nextMeter(before: MeterFields | undefined): MeterFields {
  return {
    type_number: before?.type_number ?? "",
    modification: before?.modification ?? "",
    serial_number: "",
    year: before?.year ?? "",
    water: before?.water === "cold" ? "hot" : "cold",
    position: before?.position ?? "horizontal",
    hints: [],
  };
}

export function metersOf(order: OrderPage): MeterFields[] {
  return order.expected.map((meter) => ({
    ...meter,
    year: meter.year ? String(meter.year) : "",
    water: meter.water ?? "",
    position: meter.position ?? "",
  }));
}

export function fieldsOf(order: OrderPage): OrderFields {
  const [from = "10:00", to = "12:00"] = order.window.split("–");
  return {
    date: order.date,
    from,
    to,
    kind: order.kind,
    urgency: order.urgency,
    client: order.client,
    phones: order.phones.join(", "),
    district: order.district,
    address: order.address,
    zone: order.zone_chosen ? order.zone : "",
    place: order.place,
    entrance: order.entrance,
    floor: order.floor,
    intercom: order.intercom,
    note: order.note,
    price: rublesTyped(order.price_kop),
    certificate: order.certificate,
  };
}

/** A known client's part of an earlier order: who, where and how to get in; day and kind are the caller's. */
export function clientOf(order: OrderPage): Partial<OrderFields> {
  const { client, phones, district, address, zone, place, entrance, floor, intercom, note, price } =
    fieldsOf(order);
  return { client, phones, district, address, zone, place, entrance, floor, intercom, note, price };
}

/** The digits by which a caller is looked for; empty while they are too few to be a telephone. */
export function callerDigits(phones: string): string {
  const digits = (phones.split(/[,;]/)[0] ?? "").replace(/\D/g, "");
  return digits.length >= 10 ? digits.slice(-10) : "";
}

/** Earlier orders, one for each address, the newest first. */
export function addressesOf(orders: readonly OrderLine[]): OrderLine[] {
  const seen = new Set<string>();
  return orders.filter(({ address }) => !seen.has(address) && seen.add(address));
}

/** What is asked before an order is saved: possible, and more often a slip than not. */
export function askedBefore(form: OrderFields, price_kop: number, today: string): string[] {
  const questions = [];
  if (form.date < today) questions.push(w.dayPassed);
  if (price_kop === 0) questions.push(w.nothingToPay);
  return questions;
}

const DRAFT = "vyezd-order-draft";

export interface OrderDraft {
  fields: OrderFields;
  meters: MeterFields[];
}

/** The order that was being typed in this tab. */
export function loadOrderDraft(): OrderDraft | null {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? "null") as OrderDraft | null;
  } catch {
    return null;
  }
}

export function keepOrderDraft(draft: OrderDraft | null): void {
  if (draft) sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  else sessionStorage.removeItem(DRAFT);
}

/** Whether anything was typed that is worth keeping. */
export function isWorthKeeping({ fields, meters }: OrderDraft): boolean {
  const { client, phones, address, note } = fields;
  return [client, phones, address, note, ...meters.map((meter) => meter.serial_number)].some(Boolean);
}
