// Fails once. The second try begins from the start: this file is loaded anew.
import { equal } from "../lib.mjs";
import { test } from "../fixtures.mjs";

let told = 0;

test("a story with bad luck", () => {
  equal(++told, 1, "from the start");
  equal(test.info().retry, 1, "the first try fails");
});
