import { mount } from "svelte";
import "../shared/base.css";
import "../shared/tables.css";
import { joinTabs } from "../shared/api";
import App from "./App.svelte";
import "./office.css";

const target = document.getElementById("app");
if (target) void joinTabs().then(() => mount(App, { target }));
