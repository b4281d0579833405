import { mount } from "svelte";
import "../shared/base.css";
import "../shared/tables.css";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target) mount(App, { target });
