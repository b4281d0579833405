import { type Person, formKey } from "../../shared/api";

/** What the form edits; `key` makes a new person once, however often the button is pressed. */
export type PersonForm = typeof BLANK;

const BLANK = {
  id: "",
  login: "",
  name: "",
  role: "metrologist",
  password: "",
  phone: "",
  attested_until: "",
  districts: "",
  active: true,
  version: 0,
  key: "",
};

export function newPerson(): PersonForm {
  return { ...BLANK, key: formKey() };
}

export function editPerson(person: Person): PersonForm {
  return {
    ...BLANK,
    ...person,
    key: formKey(),
    password: "",
    phone: person.phone ?? "",
    attested_until: person.attested_until ?? "",
    districts: person.districts.join(", "),
  };
}

/** What is typed with commas, as a list. */
export function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

/** A map that the clerk opens, with a mark on «широта, долгота». */
export function mapLink(place: string): string {
  return `https://yandex.ru/maps/?z=17&l=map&pt=${place.split(", ").reverse().join(",")}`;
}
