import { describe, expect, it } from "vitest";
import { isNews } from "./alarm";

describe("the alarm", () => {
  it("is for emergencies that came, not for those that were there", () => {
    expect([isNews(null, 3), isNews(3, 3), isNews(3, 2), isNews(2, 3), isNews(0, 1)]).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});
