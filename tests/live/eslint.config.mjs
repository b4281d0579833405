// The rules are those of the pages; `npm run lint` in web/ looks here too.
export { stories as default } from "../../web/eslint.config.js";
