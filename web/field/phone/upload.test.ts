import { expect, test } from "vitest";
import { upload } from "./upload";

const photo = new Blob([new Uint8Array(200 * 1024)]);
const wanted = { sha256: "ab", order: "cd" };

/** A server that has `stored` bytes already and answers the parts with these statuses, then takes all. */
function server(stored: number, ...statuses: number[]) {
  const offsets: number[] = [];
  let created = 0;
  const fetch = async (_path: string, init: RequestInit) => {
    if (init.method === "POST") {
      created++;
      const headers = { location: "/v1/uploads/1", "upload-offset": String(stored) };
      return new Response(null, { status: 201, headers });
    }
    const offset = Number((init.headers as Record<string, string>)["upload-offset"]);
    offsets.push(offset);
    const status = statuses.shift() ?? 204;
    const headers = { "upload-offset": String(offset + (init.body as ArrayBuffer).byteLength) };
    return new Response(null, { status, headers });
  };
  return { fetch, offsets, created: () => created };
}

test("parts grow and follow each other", async () => {
  const { fetch, offsets } = server(0);
  expect(await upload(fetch, wanted, photo)).toBe(true);
  expect(offsets).toEqual([0, 64 * 1024, 192 * 1024]);
});

test("an interrupted upload goes on where the server says", async () => {
  const { fetch, offsets } = server(150 * 1024);
  expect(await upload(fetch, wanted, photo)).toBe(true);
  expect(offsets).toEqual([150 * 1024]);
});

test("a damaged part is sent anew, but not for ever", async () => {
  const twice = server(0, 460, 460);
  expect(await upload(twice.fetch, wanted, photo)).toBe(true);
  expect(twice.created()).toBe(3);
  const always = server(0, 460, 460, 460);
  expect(await upload(always.fetch, wanted, photo)).toBe(false);
});

test("what the server does not want is left", async () => {
  const { fetch, created } = server(0, 413);
  expect(await upload(fetch, wanted, photo)).toBe(false);
  expect(created()).toBe(1);
});
