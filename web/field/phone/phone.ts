// The page's side of the phone: asks the worker, hears what changed. Should the core end in the middle —
// the document library gave up on one order — the worker is started anew without that order.
import { type Ask, type Calls, ENDED, type News, Refused, type Told } from "./protocol";

type Waiting = { resolve: (answer: never) => void; reject: (problem: Refused) => void };

export type Phone = Calls & { onNews: (news: News) => void; onFailed: (words: string) => void };

export function openPhone(): Phone {
  let worker = start();
  let next = 1;
  let watched = "";
  let waiting = new Map<number, Waiting>();

  function start(): Worker {
    const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    started.onmessage = ({ data }: MessageEvent<Told>) => take(data);
    return started;
  }

  function take(told: Told) {
    if ("news" in told) {
      const parts = Object.entries(told.news).map(([name, text]) => [name, JSON.parse(text) as unknown]);
      return phone.onNews(Object.fromEntries(parts) as News);
    }
    if ("ended" in told) return again(told.ended);
    const call = waiting.get(told.id);
    waiting.delete(told.id);
    if ("answer" in told) call?.resolve(told.answer as never);
    else call?.reject(new Refused(told.code, told.message));
  }

  /** Without knowing which order it was, it would end again. */
  function again(order: string) {
    worker.terminate();
    const lost = waiting;
    waiting = new Map();
    for (const call of lost.values()) call.reject(new Refused("core_ended", ENDED));
    worker = start();
    if (!order)
      return phone.onFailed("Приложение не может продолжать. Закройте его и откройте снова; всё сохранено.");
    phone.onFailed(ENDED);
    void ask("open", [])
      .then(() => ask("watch", [watched]))
      .catch((problem: Refused) => phone.onFailed(problem.message));
  }

  function ask(call: keyof Calls, args: unknown[]): Promise<never> {
    if (call === "watch") watched = String(args[0]);
    return new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, call, args } satisfies Ask);
    });
  }

  const phone = new Proxy({ onNews: () => undefined, onFailed: () => undefined } as unknown as Phone, {
    get: (own, name: string) =>
      name in own ? own[name as "onNews"] : (...args: unknown[]) => ask(name as keyof Calls, args),
  });
  return phone;
}
