// No more room in the browser: what is pressed is not saved, says so, and is saved when there is room again.
import { test } from "./fixtures.mjs";
import { PHONE, accept, arrive, codeFor, equal, holds, openPoint, openStage, until } from "./lib.mjs";

const ROOM = 32 * 1024 * 1024;
const FULL = "Память телефона заполнена";

/**
 * The room of a page's origin, before its first write: IndexedDB remembers for half a minute what it was once told
 * it has.
 */
async function storage(page, base) {
  const devtools = await page.context().newCDPSession(page); // what is set lasts as long as this session
  const quota = (quotaSize) => devtools.send("Storage.overrideQuotaForOrigin", { origin: base, quotaSize });
  await quota(ROOM);
  // A write that is larger than what it remembers makes it ask again.
  const tooMuch = (size) =>
    page.evaluate(
      (size) =>
        new Promise((resolve, reject) => {
          const open = indexedDB.open("too-much", 1);
          open.onupgradeneeded = () => open.result.createObjectStore("bytes");
          open.onerror = () => reject(open.error);
          open.onsuccess = () => {
            const bytes = new Uint8Array(size); // noise: what can be pressed together is
            for (let at = 0; at < size; at += 65_536)
              crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
            const tx = open.result.transaction("bytes", "readwrite");
            tx.objectStore("bytes").put(bytes, 1);
            const over = (outcome) => {
              open.result.close();
              resolve(outcome);
            };
            tx.oncomplete = () => over("kept");
            tx.onabort = () => over(tx.error?.name);
          };
        }),
      size,
    );
  return {
    async exhaust() {
      await quota(1); // 0 would mean «no limit» to IndexedDB
      equal(await tooMuch(ROOM + 1024 * 1024), "QuotaExceededError", "the room is over");
    },
    give: () => quota(ROOM),
  };
}

test("no room on the phone", async ({ server: { base }, open, office }) => {
  const code = await codeFor(office, base, "Гостев");
  const phone = await open(`/field/#enrol=${code}`, PHONE);
  const room = await storage(phone, base);
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await phone.getByRole("heading", { name: "Новая заявка" }).waitFor();
  await accept(phone);
  await arrive(phone);
  const said = phone.locator("main > [role=alert]", { hasText: FULL });
  await phone.click("text=Сверено с прибором");
  const header = phone.locator(".sync");
  const row = await openPoint(phone, "Qмин");
  const write = phone.getByRole("button", { name: "Записать", exact: true });
  const typed = { start: "18,0400", end: "18,0462", reference: "0,0062" };
  for (const [name, value] of Object.entries(typed)) {
    await row.locator(`input[name=${name}]`).focus();
    await row.locator(`input[name=${name}]`).fill(value);
  }

  await room.exhaust();
  await write.click();
  await said.waitFor();
  for (const [name, value] of Object.entries(typed))
    equal(await row.locator(`input[name=${name}]`).inputValue(), value, "what was typed is there");
  equal(await row.getByText("→").count(), 0, "nothing is shown as saved");
  holds(
    await said.evaluate((alert) => alert.getBoundingClientRect().top >= 0),
    "the words are on the screen",
  );
  await openStage(phone, "Подготовка");
  const box = phone.locator(".tick input:enabled").first();
  const ticked = await box.isChecked();
  await box.click();
  await until("the tick goes back", async () => (await box.isChecked()) === ticked);
  holds(!(await header.textContent()).includes("нет связи"), "the network is not blamed");
  await openPoint(phone, "Qмин");
  await phone.reload();
  await row.waitFor();
  for (const [name, value] of Object.entries(typed))
    equal(await row.locator(`input[name=${name}]`).inputValue(), value, "…after a reload too");

  await room.give();
  await write.click();
  await row.locator("p.soft", { hasText: "18,0400 → 18,0462" }).waitFor();
  equal(await said.count(), 0, "nothing is complained of any more");
  await until("it is sent", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
  await phone.reload();
  await row.locator("p.soft", { hasText: "18,0400 → 18,0462" }).waitFor();
  holds((await phone.textContent(".sync")).includes("всё отправлено"), "nothing is lost");

  // A disk that is full to the brim ends the browser's connection to its store: nothing is saved, nothing says so.
  const [worker] = phone.workers();
  await worker.evaluate(() => {
    self.begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException("The database connection is closing.", "InvalidStateError");
    };
  });
  await openStage(phone, "Подготовка");
  await phone.fill("input[name=air_c]", "22,8");
  const start = phone.getByRole("button", { name: /Записать в начале/ });
  // An answer of the server that could not be kept may find it out before he does.
  for (const alert of [
    /Не удалось сохранить на телефоне|Хранилище телефона не отвечает/,
    "Хранилище телефона не отвечает",
  ]) {
    await start.click();
    await phone.locator("main > [role=alert]", { hasText: alert }).waitFor();
    holds(!(await start.textContent()).includes("✓"), "not saved and not shown as saved");
  }
  await worker.evaluate(() => {
    IDBDatabase.prototype.transaction = self.begin;
  });
  await start.click();
  await until("it is saved", async () => (await start.textContent()).includes("✓"));
  await until("it is sent again", async () => (await phone.textContent(".sync")).includes("всё отправлено"));
});
