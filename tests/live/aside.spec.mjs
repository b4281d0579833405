// A document on which the library itself gives up: in a browser that ends the core. It is set aside, the
// rest of the day opens, and nothing of it is thrown away.
import { readFileSync } from "node:fs";
import { test } from "./fixtures.mjs";
import { holds, LINE, look, openOrder, PHONE, until } from "./lib.mjs";

// One byte of a saved document was changed and its checksum mended; loading it panics.
const TRAP = readFileSync(new URL("../data/traps.automerge", import.meta.url));

test.use({ docs: 3 });

test("a document that ends the core", async ({ server: { code }, open }) => {
  const phone = await open(`/field/#enrol=${code}`, PHONE);
  await phone.getByRole("button", { name: "Подключить телефон" }).click();
  await until("the day", async () => (await phone.locator(LINE).count()) === 3);
  const number = /№\s*(\S+)/.exec(await phone.locator(LINE).first().textContent())[1];

  // As a disk does it that lies. The first line's order, by the number on its card.
  const changed = await phone.evaluate(
    async ({ bytes, number }) => {
      const done = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const db = await done(indexedDB.open("vyezd-phone"));
      const rows = () => db.transaction("rows", "readwrite").objectStore("rows");
      const { dataKey } = await done(db.transaction("identity").objectStore("identity").get("me"));
      const by = (name, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) });
      for (const name of (await done(rows().getAllKeys())).filter((name) => name.startsWith("card/"))) {
        const [, key, sealed] = await done(rows().get(name));
        const card = await crypto.subtle.decrypt(by(name, sealed.slice(0, 12)), dataKey, sealed.slice(12));
        if (!new TextDecoder().decode(card).includes(number)) continue;
        const [doc, iv] = [name.replace("card/", "doc/"), crypto.getRandomValues(new Uint8Array(12))];
        const spoiled = new Uint8Array(
          await crypto.subtle.encrypt(by(doc, iv), dataKey, new Uint8Array(bytes)),
        );
        await done(rows().put(["doc", key, new Uint8Array([...iv, ...spoiled])], doc));
        return true;
      }
      return false;
    },
    { bytes: [...TRAP], number },
  );
  holds(changed, "the document was spoiled");

  await phone.reload();
  await until("the day", async () => (await phone.locator(LINE).count()) === 3);
  await openOrder(phone.locator(LINE).first());
  await phone.getByText("она отложена, остальные открываются").waitFor();
  await phone.getByText("не открываются заявки: 1").waitFor();
  await look(phone, "aside", true);

  // The rest works, and goes on working after a start.
  await openOrder(phone.locator(LINE).nth(1));
  await phone.getByRole("button", { name: "Дальше" }).waitFor();
  await phone.reload();
  await phone.getByRole("button", { name: "Дальше" }).waitFor();
  await phone.getByRole("button", { name: "← День" }).click();
  await phone.getByText("не открываются заявки: 1").waitFor();
  await openOrder(phone.locator(LINE).first());
  await phone.getByText("Заявка не открывается").waitFor();
});
