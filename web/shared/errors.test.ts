import { expect, test } from "vitest";
import { errorText } from "./errors";

test("our own errors are sentences already", () => {
  expect(errorText(new Error("Память телефона заполнена."))).toBe("Память телефона заполнена.");
});

test("what is thrown without being an error is shown as it is", () => {
  expect(errorText("нет доступа")).toBe("нет доступа");
});

test.each(["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"])(
  "a browser without a network speaks Russian too: %s",
  (message) => {
    expect(errorText(new TypeError(message))).toBe("Нет связи с сервером. Попробуйте ещё раз.");
  },
);
