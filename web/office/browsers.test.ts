import { expect, test } from "vitest";
import { browserOf } from "./browsers";

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
const CHROME = `${WINDOWS} Chrome/126.0.0.0 Safari/537.36`;
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
  "Version/17.5 Mobile/15E148 Safari/604.1";

test("a browser is called as people call it", () => {
  expect(browserOf(CHROME)).toBe("Chrome на Windows");
  expect(browserOf(IPHONE)).toBe("Safari на iPhone");
  expect(browserOf(`${WINDOWS} Chrome/124.0 YaBrowser/24.6 Safari/537.36`)).toBe("Яндекс Браузер на Windows");
  expect(browserOf(`${CHROME} Edg/126.0`)).toBe("Edge на Windows");
  expect(browserOf("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0")).toBe(
    "Firefox на Linux",
  );
});

test("what is no browser is none", () => {
  expect(browserOf("curl/8.5.0")).toBe("");
  expect(browserOf("")).toBe("");
});
