import { expect, test } from "vitest";
import { VIEWS, countOf, knowsView, viewOf, withParam } from "./views";

test("the list opens on the new ones, and «all» is an empty list of states", () => {
  expect(viewOf(new URLSearchParams(""))).toBe(VIEWS[0][0]);
  expect(viewOf(new URLSearchParams("q=1"))).toBe(VIEWS[0][0]);
  expect(viewOf(new URLSearchParams("state="))).toBe("");
  expect(viewOf(new URLSearchParams("state=done"))).toBe("done");
});

test("what asks for states that nobody knows shows all", () => {
  const odd = new URLSearchParams("state=accepted,lost");
  expect(knowsView(odd)).toBe(false);
  expect(viewOf(odd)).toBe("");
  for (const query of ["", "state=", "state=done", "state=accepted,done"])
    expect(knowsView(new URLSearchParams(query))).toBe(true);
});

test("a view counts its states", () => {
  const counts = [
    { state: "new", count: 2 },
    { state: "nobody", count: 1 },
    { state: "done", count: 5 },
  ];
  expect(VIEWS.map(([states]) => countOf(counts, states))).toEqual([3, 0, 5, 0, 8]);
});

test("an empty filter leaves the address, an empty state stays", () => {
  const params = new URLSearchParams("state=done&q=лер");
  expect(withParam(params, "q", "").toString()).toBe("state=done");
  expect(withParam(params, "state", "").get("state")).toBe("");
  expect(withParam(params, "district", "Волжский").get("district")).toBe("Волжский");
  expect(params.get("q")).toBe("лер");
});
