import { describe, expect, it } from "vitest";
import { ofThings, things } from "words/office/import";
import { plural } from "words/plural";
import { faults, stateOf } from "./importWords";

describe("words about an import", () => {
  it("follow the plurals of the language", () => {
    const forms = [0, 1, 2, 5, 11, 12, 21, 22, 101, 111].map((n) => plural(n, "а", "и", "-"));
    expect(forms.join("")).toBe("-аи---аиа-");
    expect([1, 3, 998].map((n) => things("orders", n))).toEqual(["1 заявку", "3 заявки", "998 заявок"]);
    expect([1, 3, 21].map((n) => ofThings("orders", n))).toEqual(["1 заявки", "3 заявок", "21 заявки"]);
  });

  it("count errors and doubts", () => {
    const of = (...severities: string[]) => faults(severities.map((severity) => ({ severity })));
    expect(of()).toBe("");
    expect(of("error", "warning", "warning")).toBe("1 ошибка и 2 замечания");
    expect(of("warning")).toBe("1 замечание");
  });

  it("say of a trial that it is one", () => {
    expect(stateOf({ state: "running", trial: true })).toBe("проверяется");
    expect(stateOf({ state: "interrupted", trial: true })).toBe("проверка прервана");
    expect(stateOf({ state: "done", trial: false })).toBe("закончена");
  });
});
