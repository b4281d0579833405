#!/usr/bin/env python3
"""How long until a fresh process answers /healthz: packaging/start-time.py BINARY FIRM.toml"""
import os, socket, statistics, subprocess, sys, tempfile, time, urllib.request

binary, firm = sys.argv[1:3]
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{s.getsockname()[1]}"
took = []
with tempfile.TemporaryDirectory() as data:
    os.environ["VYEZD_DATA"] = data
    subprocess.run([binary, "init", "--firm", firm], input=b"a password to measure\n", stdout=subprocess.DEVNULL, check=True)
    for _ in range(9):
        began = time.monotonic()
        server = subprocess.Popen([binary, "serve", "--listen", address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                urllib.request.urlopen(f"http://{address}/healthz", timeout=1).read()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() - began > 30:
                    raise SystemExit("the server does not start")
                time.sleep(0.002)
        took.append(time.monotonic() - began)
        server.terminate()
        server.wait()
print(f"start until /healthz answers: median {statistics.median(took) * 1000:.0f} ms of {len(took)}, "
      f"{min(took) * 1000:.0f} to {max(took) * 1000:.0f}")
