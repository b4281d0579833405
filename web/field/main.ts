import { mount } from "svelte";
import "../shared/base.css";
import App from "./App.svelte";
import "./field.css";

const target = document.getElementById("app");
if (target) mount(App, { target });
