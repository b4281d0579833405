#!/usr/bin/env python3
"""An image in OCI layout, without a daemon: packaging/oci.py BINARY VERSION EPOCH OUT.tar

One layer: the program, the shared libraries that it names (this machine's, with their copyright), the certificates
of the public authorities, a user, a data folder. No shell."""
import gzip, hashlib, io, json, os, re, subprocess, sys, tarfile, time

binary, version, epoch, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
UID = 10001
DATA = "/var/lib/vyezd"


def libraries():
    said = subprocess.run(["ldd", binary], check=True, stdout=subprocess.PIPE, text=True).stdout
    return sorted(set(re.findall(r"(/\S+) \(0x", said)))


def owner(path):
    for name in (path, "/usr" + path, os.path.realpath(path)):
        found = subprocess.run(["dpkg-query", "-S", name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    raise SystemExit(f"{path} is of no package")


entries = {}


def put(path, content=None, mode=0o644, uid=0):
    parent = os.path.dirname(path)
    if parent != "/" and parent not in entries:
        put(parent, mode=0o755)
    entries[path] = (content, mode, uid)


def read(path):
    with open(path, "rb") as file:
        return file.read()


put("/usr/bin/vyezd", read(binary), 0o755)
packages = {"ca-certificates"}
for path in libraries():
    put(path, read(path), 0o755)
    packages.add(owner(path))
for package in packages:
    put(f"/usr/share/doc/{package}/copyright", read(f"/usr/share/doc/{package}/copyright"))
put("/etc/ssl/certs/ca-certificates.crt", read("/etc/ssl/certs/ca-certificates.crt"))
put("/etc/passwd", f"root:x:0:0:root:/:/bin/false\nvyezd:x:{UID}:{UID}:Vyezd:{DATA}:/bin/false\n".encode())
put("/etc/group", f"root:x:0:\nvyezd:x:{UID}:\n".encode())
put("/etc/nsswitch.conf", b"passwd: files\ngroup: files\nhosts: files dns\n")
put("/tmp", mode=0o1777)
# The program finds itself there; a runtime mounts it.
put("/proc", mode=0o555)
put(DATA, mode=0o700, uid=UID)


def packed(items):
    """A tar in which nothing depends on when and where it was made."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path, (content, mode, uid) in sorted(items.items()):
            info = tarfile.TarInfo(path.lstrip("/"))
            info.mode, info.uid, info.gid, info.mtime = mode, uid, uid, epoch
            if content is None:
                info.type = tarfile.DIRTYPE
            else:
                info.size = len(content)
            tar.addfile(info, None if content is None else io.BytesIO(content))
    return made.getvalue()


blobs = {}


def blob(content, media, **more):
    digest = hashlib.sha256(content).hexdigest()
    blobs[f"/blobs/sha256/{digest}"] = (content, 0o644, 0)
    return {"mediaType": media, "digest": f"sha256:{digest}", "size": len(content), **more}


def text(value):
    return json.dumps(value, sort_keys=True, indent=1).encode()


OCI = "application/vnd.oci.image"
when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
plain = packed(entries)
layer = blob(gzip.compress(plain, 9, mtime=0), f"{OCI}.layer.v1.tar+gzip")
labels = {
    "org.opencontainers.image.title": "vyezd",
    "org.opencontainers.image.description": "Offline-first field service for the verification of water meters",
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
    "org.opencontainers.image.created": when,
}
config = blob(text({
    "created": when, "architecture": "amd64", "os": "linux",
    "config": {
        "User": f"{UID}:{UID}", "Entrypoint": ["/usr/bin/vyezd"], "Cmd": ["serve"], "WorkingDir": DATA,
        "Env": ["PATH=/usr/bin", f"VYEZD_DATA={DATA}", "VYEZD_LISTEN=0.0.0.0:8080"],
        "ExposedPorts": {"8080/tcp": {}}, "Volumes": {DATA: {}}, "Labels": labels, "StopSignal": "SIGTERM",
    },
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(plain).hexdigest()]},
    "history": [{"created": when, "created_by": "packaging/oci.py"}],
}), f"{OCI}.config.v1+json")
manifest = blob(text({
    "schemaVersion": 2, "mediaType": f"{OCI}.manifest.v1+json", "config": config, "layers": [layer],
    "annotations": labels,
}), f"{OCI}.manifest.v1+json", platform={"architecture": "amd64", "os": "linux"},
    annotations={"org.opencontainers.image.ref.name": version})
index = text({"schemaVersion": 2, "mediaType": f"{OCI}.index.v1+json", "manifests": [manifest]})
layout = {"/blobs": (None, 0o755, 0), "/blobs/sha256": (None, 0o755, 0), **blobs,
          "/index.json": (index, 0o644, 0), "/oci-layout": (text({"imageLayoutVersion": "1.0.0"}), 0o644, 0)}
with open(out, "wb") as file:
    file.write(packed(layout))
