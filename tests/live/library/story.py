"""The phone library from Python, against a real server: a day with the network gone in the middle.

Run by scripts/library-stories, which builds what this imports. Needs: VYEZD (the server's binary) and the
folder of the generated module in PYTHONPATH.
"""

import asyncio
import hashlib
import hmac
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import vyezd_app as vyezd
from vyezd_app import Check, Edit, Phase, PayMethod, Place, SealedResult, Signer, Source, VisitMoment, VisitOutcome, VyezdError

DEADLINE_S = 120  # ten times what is usual; nothing here asserts a duration
SEED = int(os.environ.get("SEED", "1"))
ROWS = [("Qмин", "0,031", "18,0400", "18,0462", "0,0062"), ("1,1Qп", "0.132", "18.0470", "18.0602", "0.0132"),
        ("Qнаиб", "0,940", "18,0610", "18,0925", "0,0313")]
# A grey JPEG of 8 by 8 pixels, and noise behind it, as cameras write records there.
GREY = "ffd8ffe000104a46494600010100000100010000ffdb00430050373c463c32504641465a55505f78c882786e6e78f5afb991c8ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0000b080008000801011100ffc40014000100000000000000000000000000000003ffc40014100100000000000000000000000000000000ffda0008010100003f0037ffd9"
JPEG = bytes.fromhex(GREY) + random.Random(SEED).randbytes(40_000)


class Keys(vyezd.KeyStore):
    """What a platform's key store does: the secret does not lie beside the data."""

    def __init__(self, secret: bytes):
        self.secret = secret

    def wrap(self, key):
        mask = hashlib.sha256(self.secret).digest()
        wrapped = bytes(a ^ b for a, b in zip(key, mask))
        return wrapped + hmac.digest(self.secret, wrapped, "sha256")

    def unwrap(self, wrapped):
        body, tag = wrapped[:32], wrapped[32:]
        if not hmac.compare_digest(tag, hmac.digest(self.secret, body, "sha256")):
            raise vyezd.KeyStoreError.Gone()
        return bytes(a ^ b for a, b in zip(body, hashlib.sha256(self.secret).digest()))


class Told(vyezd.Observer):
    def __init__(self):
        self.times = 0

    def changed(self):
        self.times += 1


class Server:
    """The real server with the example day."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base, self.folder, self.token = f"http://127.0.0.1:{self.port}", folder, None
        self.start("--example")

    def start(self, *more):
        self.process = subprocess.Popen(
            [os.environ["VYEZD"], "serve", *more, "--data", self.folder, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL, env={**os.environ, "RUST_LOG": "warn"})
        end = time.monotonic() + DEADLINE_S
        while True:
            try:
                urllib.request.urlopen(self.base + "/readyz", timeout=5).close()
                return
            except OSError:
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, path, body=None, raw=False):
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.base + path, data, headers), timeout=60) as answer:
            return answer.read() if raw else json.load(answer)

    def log_in(self):
        self.token = self.ask("/v1/login", {"login": "admin", "password": "vyezd-demo"})["access"]

    def code_for(self, name):
        self.log_in()
        people = self.ask("/v1/people")
        person = next(p for p in people if name in p["name"])
        return self.ask(f"/v1/people/{person['id']}/enrol-code", {})["code"]


def phone_in(folder, base, secret):
    return vyezd.VyezdPhone(vyezd.PhoneConfig(directory=str(folder), server=base, authority_pem=None), Keys(secret))


async def until(what, check):
    end = time.monotonic() + DEADLINE_S
    while True:
        found = await check()
        if found:
            return found
        assert time.monotonic() < end, f"waited in vain: {what}"
        await asyncio.sleep(0.1)


async def refused(kind, call):
    try:
        await call
    except kind as error:
        return error
    raise AssertionError(f"nobody refused: {kind.__name__}")


def open_handles(folder):
    """Files of the phone and connections of this process that are still open."""
    names = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")
             or os.path.islink(f"/proc/self/fd/{fd}")]
    tcp = {line.split()[9] for line in pathlib.Path("/proc/self/net/tcp").read_text().splitlines()[1:]}
    return [name for name in names if str(folder) in name or (name.startswith("socket:") and name[8:-1] in tcp)]


async def work(phone, order, visit):
    """Everything that a metrologist does at the place, up to the signature."""
    view = await phone.order(order)
    means = [m.id for m in await phone.means() if m.valid_from <= view.line.card.date <= m.valid_until]
    await phone.edit(order, [Edit.MARK(visit=visit, moment=VisitMoment.ARRIVED)])
    for expected in view.line.card.instruments:
        at = dict(visit=visit, instrument=expected.id)
        method = await phone.method(expected.type_number, expected.modification)
        assert [p.name for p in method.points] == [row[0] for row in ROWS], method
        water = "12,6" if expected.water == vyezd.Water.COLD else "56"
        conditions = vyezd.Conditions(air_c="22,8", humidity_percent="52", pressure_kpa="99,4", water_c=water, source=Source.TYPED)
        await phone.edit(order, [
            Edit.IDENTIFY(**at, identity=vyezd.Identity(
                type_number=expected.type_number, modification=expected.modification, serial_number=expected.serial_number,
                year=expected.year, water=expected.water, position=expected.position, source=Source.TYPED)),
            Edit.SET_CONDITIONS(**at, phase=Phase.START, conditions=conditions),
            Edit.SET_CONDITIONS(**at, phase=Phase.END, conditions=conditions),
            *[Edit.SET_CHECK(**at, check=check, passed=True, reason="") for check in Check],
            Edit.USE_MEANS(**at, means=means)])
        for point, flow, start, end, reference in ROWS:
            typed = vyezd.TypedRow(type_number=expected.type_number, modification=expected.modification,
                                   position=expected.position, flow=flow, start=start, end=end, reference=reference)
            error = await phone.row_error(typed)
            assert error.within and error.error_percent in ("0,0", "0,6"), error
            row = vyezd.Row(id=vyezd.new_id(), point=point, flow=flow, start=start, end=end, reference=reference,
                            duration_s=None, source=Source.TYPED, replaces=None)
            await phone.edit(order, [Edit.MEASURE(**at, row=row)])
    return view.line.card


async def writer(folder, base, secret, order):
    """A process that writes remarks until it is killed; says each one that it was told is kept."""
    phone = phone_in(folder, base, secret)
    for n in range(10_000):
        await phone.edit(order, [Edit.ADD_NOTE(text=f"заметка {os.getpid()}/{n}")])
        print(n, flush=True)


async def killed(folder, base, secret, order):
    """Nothing that the library confirmed is lost, wherever the process ends."""
    dice, kept = random.Random(SEED), []
    for _ in range(4):
        child = subprocess.Popen([sys.executable, __file__, "writer", str(folder), base, secret.hex(), order], stdout=subprocess.PIPE)
        last = -1
        for line in child.stdout:
            last = int(line)
            if last >= dice.randrange(3, 12):
                break
        time.sleep(dice.random() / 50)
        child.send_signal(signal.SIGKILL)
        last = max([last, *map(int, child.stdout.read().split())])
        child.wait()
        kept += [f"заметка {child.pid}/{n}" for n in range(last + 1)]
    phone = phone_in(folder, base, secret)
    notes = (await phone.order(order)).notes
    lost = [note for note in kept if note not in notes]
    assert not lost and len(notes) <= len(kept) + 4, (lost, len(notes), len(kept))
    return phone


async def the_day(server, folder):
    secret = b"of the platform's own store"
    phone = phone_in(folder, server.base, secret)
    assert not await phone.is_enrolled()
    await refused(VyezdError.NotEnrolled, phone.orders())
    wrong = await refused(VyezdError.Refused, phone.enrol("00000000", "Python"))
    assert wrong.code and wrong.words, wrong
    await phone.enrol(server.code_for("Гостев"), "Python")
    await phone.sync()
    offer = await until("an offer", lambda: first_offer(phone))
    assert offer.card.address and offer.app_until_ms > 0
    await phone.offer_seen(offer.id)
    await phone.answer(offer.id, True, "")
    await phone.sync()
    order, visit = offer.order, offer.visit
    assert (await phone.order(order)).visit.id == visit

    server.stop()
    offline = await refused(VyezdError.Offline, phone.sync())
    assert offline.code == "offline" and "нет связи" in offline.words, offline
    early = vyezd.ClientSignature(signer=Signer.REFUSED(reason="торопится"), strokes=vyezd.PadStrokes(width=1, height=1, strokes=[]), code=None, remark="")
    lacking = await refused(VyezdError.Refused, phone.sign(order, visit, early))
    assert lacking.code == "visit_incomplete", lacking
    assert (await refused(VyezdError.Invalid, phone.edit("нет", []))).field == "order"
    card = await work(phone, order, visit)
    before = await phone.take_photo(order, visit, card.instruments[0].id, vyezd.PhotoOf(kind="reading", place=vyezd.Place(lat_e6=51_533_000, lon_e6=46_034_000, accuracy_m=12)), JPEG)
    assert before == hashlib.sha256(JPEG).hexdigest() and await phone.photo(before) == JPEG

    await phone.suspend()
    assert open_handles(folder) == [], open_handles(folder)
    for path in pathlib.Path(folder).rglob("*"):
        shown = path.read_bytes() if path.is_file() else b""
        for secret_text in (card.address.encode(), card.client.encode(), JPEG[100:140]):
            assert secret_text not in shown, f"{path.name} shows what it should not"
    await refused(VyezdError.Locked, phone_in(folder, server.base, b"another store").orders())
    phone = await killed(folder, server.base, secret, order)

    money = vyezd.Money(due_kop=card.price_kop, received_kop=card.price_kop, method=PayMethod.CASH, reason="")
    await phone.edit(order, [Edit.PAY(visit=visit, money=money), Edit.FINISH(visit=visit, outcome=VisitOutcome.DONE, comment="")])
    view = await phone.order(order)
    assert view.lacking == [] and view.preview.instruments[0].protocol_number is None, view.lacking
    line = [vyezd.PadPoint(x=10 * n, y=50 + n % 7, t_ms=20 * n, pressure=0) for n in range(30)]
    await phone.sign(order, visit, vyezd.ClientSignature(
        signer=Signer.SIGNED(name="Петрова Анна", relation="собственник"),
        strokes=vyezd.PadStrokes(width=400, height=200, strokes=[line]), code=None, remark="Спасибо"))
    await phone.edit(order, [Edit.MARK(visit=visit, moment=VisitMoment.DEPARTED)])
    sheet = (await phone.order(order)).sheet
    assert [i.result for i in sheet.instruments] == [SealedResult.FIT] * len(card.instruments)
    papers = await phone.papers(order)
    assert {p.kind for p in papers} == {"protocol", "certificate", "sheet"} and all(p.pdf.startswith(b"%PDF") for p in papers)
    link = (await phone.order(order)).client_link
    assert link.startswith("http"), "the client's page has its address at once"
    numbers = [i.protocol_number for i in sheet.instruments]
    assert all(numbers), "the numbers are final with no network"
    assert (await phone.status()).unsent > 0
    assert (await refused(VyezdError.Refused, phone.enrol("00000000", "Python"))).code == "work_unsent"

    server.start()
    told = Told()
    phone.go_online(told)

    async def all_out():
        status = await phone.status()
        return status.unsent == 0 and status.photos_left == 0
    await until("everything went out", all_out)

    server.log_in()
    token, end = link.rsplit("/", 1)[1], time.monotonic() + DEADLINE_S
    while True:
        shown = server.ask(f"/v1/orders/{order}")["papers"]
        if len(shown) == len(papers):
            break
        assert time.monotonic() < end, "the papers were not issued"
        await asyncio.sleep(0.2)
    for made in papers:
        paper = next(p for p in shown if p["file_name"] == made.file_name)
        assert server.ask(f"/v1/papers/{paper['id']}", raw=True) == made.pdf, f"{made.file_name}: the office has other bytes"
    assert server.ask(f"/v1/public/sheets/{token}"), "the client's page is where the phone said"
    view = await phone.order(order)
    assert view.line.safety == vyezd.Safety.ACCEPTED and told.times > 0, view.line.safety
    assert (await phone.status()).troubles == []
    page = json.dumps(server.ask(f"/v1/orders/{order}"), ensure_ascii=False)
    assert all(number in page for number in numbers) and "Спасибо" in page, "the office has the sheet"
    assert server.ask(f"/v1/photos/{before}", raw=True) == JPEG, "the office has the photo"

    await phone.log_out()
    assert await phone.orders() == []
    await phone.log_in()
    assert len(await phone.orders()) > 0
    await phone.suspend()
    assert open_handles(folder) == [], open_handles(folder)
    assert (await phone.order(order)).client_link, "the next call opens it again"
    await phone.suspend()


async def from_phone_to_phone(server, folder):
    """Two phones without a network: the codes of one are read by the other, and the office has one holder."""
    names = ("Иванов И", "Петров С")  # an Иванов is a Петрович too
    phones = {name: phone_in(pathlib.Path(folder) / name, server.base, name.encode()) for name in names}
    for name, phone in phones.items():
        await phone.enrol(server.code_for(name), name)
        await phone.sync()
    person = next(p for p in server.ask("/v1/people") if names[0] in p["name"])
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 4 * 3600))
    order = server.ask("/v1/orders", {
        "number": "4001", "date": day, "window": "10:00-12:00", "urgency": "planned", "client": "Орлова Нина", "phones": [],
        "district": person["districts"][0], "address": "ул. Огородная, д. 3", "price_kop": 90_000, "certificate": False, "instruments": []})["id"]

    async def offered():
        for name, phone in phones.items():
            await phone.sync()
            for offer in await phone.offers():
                if offer.order == order:
                    await phone.answer(offer.id, True, "")
                    await phone.sync()
                    return name
    giver = await until("somebody is asked", offered)
    taker = next(name for name in names if name != giver)
    server.stop()
    colleague = next(c for c in await phones[giver].colleagues() if taker in c.name)
    unknown = await refused(VyezdError.Refused, phones[giver].begin_transfer(order, "0" * 32))
    assert unknown.code == "colleague_unknown", unknown
    await phones[giver].begin_transfer(order, colleague.id)
    codes = await phones[giver].transfer_codes(order)
    foreign = await refused(VyezdError.Refused, phones[taker].scan("https://example.org"))
    assert foreign.code == "handover_unreadable", foreign
    seen = [await phones[taker].scan(code) for code in reversed(codes)]
    assert [s.got for s in seen[:-1]] == list(range(1, len(codes))) and seen[-1].order == order, seen
    await phones[giver].end_transfer(order, True)
    view = await phones[taker].order(order)
    await phones[taker].edit(order, [Edit.MARK(visit=view.visit.id, moment=VisitMoment.ARRIVED)])
    server.start()
    for name in (giver, taker):
        await phones[name].sync()
        assert (await phones[name].status()).unsent == 0
    server.log_in()
    assert taker in server.ask(f"/v1/orders/{order}")["holder"]
    await near_each_other(server, phones, (giver, taker), day)
    for phone in phones.values():
        await phone.suspend()


DOOR = Place(lat_e6=51_533_120, lon_e6=46_034_450, accuracy_m=12)
FAR = Place(lat_e6=51_573_120, lon_e6=46_034_450, accuracy_m=30)


async def near_each_other(server, phones, names, day):
    """Who shares where he is is seen with his age; an offer is passed on; the way is known."""
    one, other = (phones[name] for name in names)

    async def seen_by_other():
        await other.refresh_colleagues()
        await other.sync()
        return next(c for c in (await other.colleagues_nearby()).all if names[0] in c.name)

    await other.report_location(FAR, None, False)
    assert (await seen_by_other()).place is None
    await one.report_location(DOOR, None, True)
    await one.sync()
    seen = await seen_by_other()
    assert seen.place == DOOR and seen.age_s < 600 and seen.eta.metres == 4_448 and not seen.eta.on_foot, seen
    await one.stop_sharing()
    await one.sync()
    assert (await seen_by_other()).place is None

    person = next(p for p in server.ask("/v1/people") if names[0] in p["name"])
    order = server.ask("/v1/orders", {
        "number": "4002", "date": day, "window": "12:00-14:00", "urgency": "planned", "client": "", "phones": [],
        "district": person["districts"][0], "address": "ул. Огородная, д. 5", "place": "51.573120, 46.034450", "price_kop": 0,
        "certificate": False, "instruments": []})["id"]

    async def asked():
        for name in names:
            await phones[name].sync()
            for offer in await phones[name].offers():
                if offer.order == order:
                    return name, offer.id
    first, offer = await until("somebody is asked", asked)
    second = next(name for name in names if name != first)
    colleague = next(c for c in await phones[first].colleagues() if second in c.name)
    await phones[first].report_location(DOOR, None, False)
    way = await phones[first].eta(order)
    assert way.metres == 4_448 and way.minutes == 18, way
    await phones[first].forward(offer, colleague.id)
    await phones[first].sync()
    assert (await asked())[0] == second


async def first_offer(phone):
    await phone.sync()
    offers = await phone.offers()
    return offers[0] if offers else None


def main():
    if sys.argv[1:2] == ["writer"]:
        _, _, folder, base, secret, order = sys.argv
        return asyncio.run(writer(folder, base, bytes.fromhex(secret), order))
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as folder:
        server = Server(data)
        try:
            asyncio.run(the_day(server, folder))
            with tempfile.TemporaryDirectory() as others:
                asyncio.run(from_phone_to_phone(server, others))
        finally:
            server.stop()
    print(f"ok  the library from Python (seed {SEED})")


main()
