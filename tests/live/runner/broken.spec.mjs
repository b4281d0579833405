// Fails twice.
import { equal } from "../lib.mjs";
import { test } from "../fixtures.mjs";

test("a story that is broken", () => equal(true, false, "it never holds"));
