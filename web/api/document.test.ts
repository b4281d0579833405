import { expect, test } from "vitest";
import written from "../shared/openapi.json";
import { access, type Api, fields, follow, groups, kind, matching, named, shown } from "./document";

const api = written as unknown as Api;
const all = groups(api);
const one = (id: string) => {
  const found = all
    .flatMap(({ operations }) => operations)
    .find(({ operation }) => operation.operationId === id);
  if (!found) throw new Error(id);
  return found;
};

test("every operation stands in one group", () => {
  const listed = all.flatMap(({ operations }) => operations);
  const there = Object.values(api.paths).flatMap((methods) => Object.keys(methods));
  expect(listed.length).toBe(there.length);
  expect(all.every(({ operations }) => operations.length > 0)).toBe(true);
});

test("a search wants all of its words, wherever they stand", () => {
  const ids = (asked: string) =>
    matching(all, asked).flatMap(({ operations }) =>
      operations.map(({ operation }) => operation.operationId),
    );
  expect(ids("")).toContain("log_in");
  expect(ids("order_free ORDER")).toEqual(["take_back_order"]);
  expect(ids("delete push")).toEqual(["unsubscribe_from_pushes"]);
  expect(ids("no such thing")).toEqual([]);
});

test("types are followed and named", () => {
  const page = one("get_order").operation.responses["200"]?.content?.["application/json"];
  expect(page?.schema && named(page.schema)).toBe("OrderPage");
  const names = fields(api, { $ref: "#/components/schemas/OrderPage" }).map(({ name }) => name);
  expect(names).toContain("version");
  expect(names).toContain("sheets");
  expect(kind({ type: "array", items: { $ref: "#/components/schemas/OrderLine" } })).toBe(
    "list of OrderLine",
  );
  expect(kind({ type: ["integer", "null"], minimum: 0 })).toBe("integer or null, from 0");
  expect(kind({ type: "string", maxLength: 16 })).toBe("string, at most 16 characters");
  const refused = one("get_order").operation.responses["401"];
  expect(refused && follow(api, refused).description).toContain("token_missing");
});

test("bodies are shown by example, and who may ask in words", () => {
  const body = one("create_order").operation.requestBody?.content["application/json"];
  expect(body && JSON.parse(shown(api, body) ?? "")).toHaveProperty("address");
  const table = one("import_orders").operation.requestBody?.content["text/csv"];
  expect(table && shown(api, table)?.split("\n").length).toBe(3);
  expect(access(one("log_in").operation)).toBe("Anybody");
  expect(access(one("get_firm").operation)).toBe("office, role admin");
  expect(access(one("log_out").operation)).toBe("nobody’s token · or · office");
});
