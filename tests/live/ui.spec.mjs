// What the pages are made of: seen in both themes, read by axe, narrow, and in letters twice as large.
import { test } from "./fixtures.mjs";
import { equal, look } from "./lib.mjs";

test("what the pages are made of", async ({ open }) => {
  for (const theme of ["light", "dark"]) {
    const page = await open(`/ui?theme=${theme}`);
    await look(page, `ui-${theme}`, true);
    await page.fill("input[name=modification]", "сгв");
    await page.getByRole("option", { name: "СГВ-15" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    equal(await page.inputValue("input[name=modification]"), "СГВ-15", "by keys alone");
    await page.getByRole("button", { name: "Сделать и отменить" }).click();
    await page.getByRole("button", { name: "Отменить", exact: true }).click();
    await page.getByText("возвращена").waitFor();
    await page.getByRole("button", { name: "Закрыть доступ" }).click();
    await look(page, `ui-question-${theme}`);
    await page.getByRole("button", { name: "Отмена", exact: true }).click();
  }
  const narrow = await open("/ui", { viewport: { width: 320, height: 640 } });
  for (const letters of ["100%", "200%"]) {
    await narrow.evaluate((size) => (document.documentElement.style.fontSize = size), letters);
    equal(
      await narrow.evaluate(() => document.documentElement.scrollWidth),
      320,
      `nothing hangs over at ${letters}`,
    );
  }
});
