import { expect, test } from "vitest";
import { addressParts } from "./addresses";

test("the street comes first, the town after it", () => {
  expect(addressParts("г. Саратов, ул. Огородная, д. 5, кв. 3")).toEqual({
    street: "ул. Огородная, д. 5, кв. 3",
    town: "г. Саратов",
  });
  expect(addressParts("410000, Саратовская обл., г.Энгельс, пр-т Строителей, 7")).toEqual({
    street: "пр-т Строителей, 7",
    town: "410000, Саратовская обл., г.Энгельс",
  });
  expect(addressParts("Республика Татарстан, город Казань, ул. Баумана, 1").street).toBe("ул. Баумана, 1");
});

test("what has no town, or nothing else, stays as it is", () => {
  for (const address of ["ул. Чапаева, д. 8", "Садовая 1", "г. Саратов", "пл. Революции, 2", ""])
    expect(addressParts(address)).toEqual({ street: address, town: "" });
});
