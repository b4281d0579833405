// `scripts/stories --check` runs it: the settings of the stories, and two that fail as they should.
import stories from "../playwright.config.mjs";

export default { ...stories, testDir: ".", testIgnore: [], reporter: "../reporter.mjs" };
