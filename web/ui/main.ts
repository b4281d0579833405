import { mount } from "svelte";
import "../shared/base.css";
import "../shared/tables.css";
import App from "./App.svelte";

// `?theme=dark` and `?theme=light`: both are looked at, whatever the system says.
const theme = new URLSearchParams(location.search).get("theme");
if (theme) document.documentElement.dataset["theme"] = theme;
const target = document.getElementById("app");
if (target) mount(App, { target });
