import { expect, test } from "vitest";
import { answerInHash, codeInHash, hashOfAnswer } from "./addresses";

const offer = "0123456789abcdef0123456789abcdef";

test("a link of the office carries the code", () => {
  expect(codeInHash("#enrol=1234-5678-9012")).toBe("1234-5678-9012");
  expect(codeInHash("#enrol=")).toBe("");
  expect(codeInHash("")).toBe("");
});

test.each([true, false, null])("the answer %s to a notification opens the page with it", (accept) => {
  expect(answerInHash(hashOfAnswer({ offer, accept }))).toEqual({ offer, accept });
});

test("what is no answer is none", () => {
  for (const hash of ["", "#enrol=1234", "#offer=12", "#offer=../../etc"])
    expect(answerInHash(hash)).toBeNull();
});
