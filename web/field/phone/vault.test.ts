import { expect, test } from "vitest";
import { decrypt, encrypt, newDataKey } from "./vault";

const value = new TextEncoder().encode("адрес клиента");

test("what is encrypted for a place is read in that place only", async () => {
  const key = await newDataKey();
  const sealed = await encrypt(key, "card/01", value);
  expect(new TextDecoder().decode(await decrypt(key, "card/01", sealed))).toBe("адрес клиента");
  await expect(decrypt(key, "card/02", sealed)).rejects.toThrow();
  await expect(decrypt(await newDataKey(), "card/01", sealed)).rejects.toThrow();
});

test("the same value never looks the same", async () => {
  const key = await newDataKey();
  expect(await encrypt(key, "card/01", value)).not.toEqual(await encrypt(key, "card/01", value));
});
