#!/usr/bin/env python3
"""What is in a release, as CycloneDX 1.5: packaging/sbom.py VERSION > sbom.cdx.json

The crates of the server for Linux and of the two wasm modules, without what only builds or tests; the npm packages
that Vite put into the pages (it leaves their names in web/field/generated/npm.json)."""
import json, os, subprocess, sys, uuid

version = sys.argv[1]
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def crates(platform, wanted):
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", platform]
    meta = json.loads(subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout)
    package = {p["id"]: p for p in meta["packages"]}
    node = {n["id"]: n for n in meta["resolve"]["nodes"]}
    todo = [i for i, p in package.items() if p["name"] in wanted and p["source"] is None]
    seen = {}
    while todo:
        one = todo.pop()
        # A procedural macro works while building and is not in the program.
        if one in seen or any("proc-macro" in t["kind"] for t in package[one]["targets"]):
            continue
        seen[one] = package[one]
        todo += [d["pkg"] for d in node[one]["deps"] if any(k["kind"] is None for k in d["dep_kinds"])]
    return seen.values()


found = {}
for platform, wanted in (("x86_64-unknown-linux-gnu", ["vyezd-server"]),
                         ("wasm32-unknown-unknown", ["vyezd-phone", "vyezd-papers"])):
    for p in crates(platform, wanted):
        if p["source"] is None:
            continue
        purl = f"pkg:cargo/{p['name']}@{p['version']}"
        found[purl] = {"type": "library", "bom-ref": purl, "name": p["name"], "version": p["version"], "purl": purl}
        if p["license"]:
            found[purl]["licenses"] = [{"expression": p["license"].replace("/", " OR ")}]
lock = json.load(open(f"{root}/web/package-lock.json"))["packages"]
for name in json.load(open(f"{root}/web/field/generated/npm.json")):
    entry = lock[f"node_modules/{name}"]
    purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
    found[purl] = {"type": "library", "bom-ref": purl, "name": name, "version": entry["version"], "purl": purl}
    if entry.get("license"):
        found[purl]["licenses"] = [{"expression": entry["license"]}]

parts = [found[key] for key in sorted(found)]
me = f"pkg:generic/vyezd@{version}"
serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([me, sorted(found)]))
json.dump({
    "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": f"urn:uuid:{serial}", "version": 1,
    "metadata": {"component": {"type": "application", "bom-ref": me, "name": "vyezd", "version": version, "purl": me,
                               "licenses": [{"expression": "MIT OR Apache-2.0"}]}},
    "components": parts,
}, sys.stdout, ensure_ascii=False, indent=1)
print()
