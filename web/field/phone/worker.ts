// The phone's thread: takes the page's calls one after another, and sends what changed.
/// <reference lib="webworker" />
import { errorText } from "../../shared/errors";
import { clocks, freshId } from "./machine";
import { type Calls, type News, type NewsText, type PageCall, Refused, type WorkerMessage } from "./protocol";
import { Shell } from "./shell";
import * as w from "words/field/phone";

const thread = self as unknown as DedicatedWorkerGlobalScope;
const post = (message: WorkerMessage) => thread.postMessage(message);

let shell: Shell | null = null;
let watchedOrder = "";
/** What the page has, as JSON text: only what differs is sent. */
const lastSent = new Map<keyof News, string>();

/** Several changes in a row are sent once. */
let newsTimer: ReturnType<typeof setTimeout> | undefined;
function sendNewsSoon() {
  newsTimer ??= setTimeout(sendNews);
}

function enrolled(): Shell {
  if (!shell) throw new Refused("not_enrolled", w.notEnrolled);
  return shell;
}

function sendNews() {
  clearTimeout(newsTimer);
  newsTimer = undefined;
  if (!shell) return;
  // As text: copying it between threads is cheap, and only the page parses it.
  const news: NewsText = {};
  for (const [name, text] of Object.entries(shell.snapshot(watchedOrder)) as [keyof News, string][]) {
    if (lastSent.get(name) === text) continue;
    lastSent.set(name, text);
    news[name] = text;
  }
  if (Object.keys(news).length) post({ news });
}

function start(opened: Shell | null): string | null {
  shell = opened;
  if (!shell) return null;
  shell.onChanged = sendNewsSoon;
  shell.onCoreEnded = (order) => post({ coreEnded: order });
  sendNews();
  // For the benchmark: the day is on its way to the screen.
  performance.mark("told");
  shell.startSyncing();
  return shell.person;
}

const calls: Calls = {
  open: async () => start(await Shell.open()),
  enrol: async (code) => start(await Shell.enrol(code)) ?? "",
  handle: (input) => enrolled().handle(input),
  sync: () => enrolled().sync(),
  watch: (order) => {
    watchedOrder = order;
    lastSent.delete("order");
    sendNews();
    return Promise.resolve();
  },
  takePhoto: (of, file) => enrolled().photos.take(of, file),
  photo: (sha256) => enrolled().photos.load(sha256),
  portrait: () => enrolled().portrait(),
  papers: (order) => enrolled().papers(order),
  freshId: () => Promise.resolve(freshId()),
  evidence: () => enrolled().query("evidence", clocks()),
  identityHints: (...texts) => enrolled().query("identityHints", ...texts),
  rowError: (row) => enrolled().query("rowError", JSON.stringify(row)),
  method: (number, modification) => enrolled().query("method", number, modification),
  pushKey: () => enrolled().api.pushKey(),
  registerPush: (subscription) => enrolled().api.registerPush(subscription),
  faq: () => enrolled().query("faq"),
  colleagues: () => enrolled().query("colleagues"),
  colleaguesNearby: () => enrolled().query("colleaguesNearby", clocks()),
  eta: (order) => enrolled().query("eta", clocks(), order),
  transferCodes: (order) => enrolled().query("transferCodes", order),
  scanned: () => enrolled().query("scanned"),
  findTypes: (text) => enrolled().query("findTypes", text),
};

thread.onmessage = async ({ data: { id, call, args } }: MessageEvent<PageCall>) => {
  try {
    const answer: unknown = await (calls[call] as (...args: unknown[]) => Promise<unknown>)(...args);
    // The page sees what a call did before it has the answer.
    if (newsTimer !== undefined || call === "handle") sendNews();
    post({ id, answer });
  } catch (problem) {
    const code = problem instanceof Refused ? problem.code : "";
    post({ id, code, message: errorText(problem) });
  }
};
