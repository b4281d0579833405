// The phone's thread: takes what the page asks, one call after another, and tells what changed.
/// <reference lib="webworker" />
import { errorText } from "../../shared/errors";
import { type Ask, type Calls, type News, Refused, type Told } from "./protocol";
import { Shell } from "./shell";

const thread = self as unknown as DedicatedWorkerGlobalScope;
const tell = (told: Told) => thread.postMessage(told);

let shell: Shell | null = null;
let watched = "";
/** What was last told, as text: only what differs is told again. */
const said = new Map<keyof News, string>();

/** Several changes in a row are told once. */
let due: ReturnType<typeof setTimeout> | undefined;
function soon() {
  due ??= setTimeout(news);
}

function opened(): Shell {
  if (!shell) throw new Refused("not_enrolled", "Телефон не подключён");
  return shell;
}

function news() {
  clearTimeout(due);
  due = undefined;
  if (!shell) return;
  const parts = shell.read(watched);
  // As text: what is cheap to send is what nobody has taken apart yet.
  const fresh: Partial<Record<keyof News, string>> = {};
  for (const [name, text] of Object.entries(parts) as [keyof News, string][]) {
    if (said.get(name) === text) continue;
    said.set(name, text);
    fresh[name] = text;
  }
  if (Object.keys(fresh).length) tell({ news: fresh });
}

function start(open: Shell | null): string | null {
  shell = open;
  if (!shell) return null;
  shell.changed = soon;
  shell.ended = (order) => tell({ ended: order });
  news();
  // For whoever measures: the day is on its way to the screen.
  performance.mark("told");
  shell.goLive();
  return shell.person;
}

const calls: Calls = {
  open: async () => start(await Shell.open()),
  enrol: async (code) => start(await Shell.enrol(code)) ?? "",
  handle: (input) => opened().handle(input),
  sync: () => opened().sync(),
  watch: (order) => {
    watched = order;
    said.delete("order");
    news();
    return Promise.resolve();
  },
  takePhoto: (of, file) => opened().takePhoto(of, file),
  photo: (sha256) => opened().photo(sha256),
  papers: (order) => opened().papers(order),
  freshId: () => Promise.resolve(opened().freshId()),
  evidence: () => opened().ask((phone, now) => phone.evidence(now)),
  rowError: (row) => opened().ask((phone) => phone.rowError(JSON.stringify(row)) ?? "null"),
  method: (number, modification) => opened().ask((phone) => phone.method(number, modification)),
  pushKey: () => opened().pushKey(),
  tellPush: (subscription) => opened().tellPush(subscription),
  faq: () => opened().ask((phone) => phone.faq()),
  colleagues: () => opened().ask((phone) => phone.colleagues()),
  nearby: () => opened().ask((phone, now) => phone.nearby(now)),
  way: (order) => opened().ask((phone, now) => phone.way(now, order)),
  handoverCodes: (order) => opened().ask((phone) => phone.handoverCodes(order)),
  scanned: () => opened().ask((phone) => phone.scanned()),
  findTypes: (text) => opened().ask((phone) => phone.findTypes(text)),
};

thread.onmessage = async ({ data: { id, call, args } }: MessageEvent<Ask>) => {
  try {
    const answer: unknown = await (calls[call] as (...args: unknown[]) => Promise<unknown>)(...args);
    // What a call did is seen before it is answered.
    if (due !== undefined || call === "handle") news();
    tell({ id, answer });
  } catch (problem) {
    const code = problem instanceof Refused ? problem.code : "";
    tell({ id, code, message: errorText(problem) });
  }
};
