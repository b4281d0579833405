// The page's side of the phone: calls the worker and takes its news. Should the core end in the middle — the
// document library gave up on one order — the worker is started anew without that order.
import { CORE_ENDED, type Calls, type News, type PageCall, Refused, type WorkerMessage } from "./protocol";
import * as w from "words/field/phone";

type PendingCall = { resolve: (answer: never) => void; reject: (problem: Refused) => void };

export type Phone = Calls & { onNews: (news: News) => void; onFailed: (words: string) => void };

export function openPhone(): Phone {
  let worker = startWorker();
  let nextId = 1;
  let watchedOrder = "";
  let pending = new Map<number, PendingCall>();

  function startWorker(): Worker {
    const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    started.onmessage = ({ data }: MessageEvent<WorkerMessage>) => receive(data);
    return started;
  }

  function receive(message: WorkerMessage) {
    if ("news" in message) {
      const parts = Object.entries(message.news).map(([name, text]) => [name, JSON.parse(text) as unknown]);
      return phone.onNews(Object.fromEntries(parts) as News);
    }
    if ("coreEnded" in message) return restartWithout(message.coreEnded);
    const call = pending.get(message.id);
    pending.delete(message.id);
    if ("answer" in message) call?.resolve(message.answer as never);
    else call?.reject(new Refused(message.code, message.message));
  }

  /** The worker has excluded `order`. Without knowing which order it was, the core would end again. */
  function restartWithout(order: string) {
    worker.terminate();
    const unanswered = pending;
    pending = new Map();
    for (const call of unanswered.values()) call.reject(new Refused("core_ended", CORE_ENDED));
    worker = startWorker();
    if (!order) {
      return phone.onFailed(w.appEnded);
    }
    phone.onFailed(CORE_ENDED);
    void send("open", [])
      .then(() => send("watch", [watchedOrder]))
      .catch((problem: Refused) => phone.onFailed(problem.message));
  }

  function send(call: keyof Calls, args: unknown[]): Promise<never> {
    if (call === "watch") watchedOrder = String(args[0]);
    return new Promise((resolve, reject) => {
      const id = nextId++;
      pending.set(id, { resolve, reject });
      worker.postMessage({ id, call, args } satisfies PageCall);
    });
  }

  const phone = new Proxy({ onNews: () => undefined, onFailed: () => undefined } as unknown as Phone, {
    get: (own, name: string) =>
      name in own ? own[name as "onNews"] : (...args: unknown[]) => send(name as keyof Calls, args),
  });
  return phone;
}
