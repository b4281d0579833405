import { expect, test } from "vitest";
import { loadPages } from "./pages";

interface Item {
  id: number;
  waits: boolean;
}

/** A list of `waiting` items that wait and one that is decided, in pages of 500. */
function server(waiting: number) {
  const asked: string[] = [];
  const load = async (path: string): Promise<Item[]> => {
    asked.push(path);
    const after = Number(/after=(\d+)/.exec(path)?.[1] ?? 0);
    const ids = Array.from({ length: Math.min(500, waiting - after) }, (_, at) => after + at + 1);
    return [...ids.map((id) => ({ id, waits: true })), { id: 10_000, waits: false }];
  };
  return { load, asked };
}

const pagesOf = (waiting: number, pages: number) => {
  const { load, asked } = server(waiting);
  const result = loadPages<Item>(
    "/list",
    pages,
    ({ id }) => String(id),
    (one) => one.waits,
    load,
  );
  return result.then(({ items, more }) => ({
    waiting: items.filter((one) => one.waits).length,
    more,
    asked,
  }));
};

test("a short list is one page", async () => {
  expect(await pagesOf(3, 1)).toEqual({ waiting: 3, more: false, asked: ["/list"] });
});

test("a long one goes on after the last that waits, as far as is wanted", async () => {
  expect(await pagesOf(700, 1)).toEqual({ waiting: 500, more: true, asked: ["/list"] });
  expect(await pagesOf(700, 2)).toEqual({ waiting: 700, more: false, asked: ["/list", "/list?after=500"] });
});
