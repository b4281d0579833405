import { expect, test } from "vitest";
import { photoWords } from "./words";

test("what is on a photo", () => {
  expect(photoWords("serial")).toBe("Номер прибора");
  expect(photoWords("before:Qмин")).toBe("До: Qмин");
  expect(photoWords("after:1,1Qп")).toBe("После: 1,1Qп");
  expect(photoWords("панорама")).toBe("панорама");
});
