// The phone library from Kotlin, against a real server: a visit with the network gone in the middle.
// Run by scripts/library-stories.
import java.io.File
import java.net.ServerSocket
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.security.SecureRandom
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.spec.GCMParameterSpec
import kotlin.system.exitProcess
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import ru.vyezd.app.*

/** Ten times what is usual; nothing here asserts a duration. */
const val DEADLINE_MS = 120_000L

val ROWS = listOf(
    listOf("Qмин", "0,031", "18,0400", "18,0462", "0,0062"),
    listOf("1,1Qп", "0.132", "18.0470", "18.0602", "0.0132"),
    listOf("Qнаиб", "0,940", "18,0610", "18,0925", "0,0313"),
)

/** As Android's Keystore does it: AES-GCM under a key that never leaves the store. */
class Keys : KeyStore {
    private val key = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey()

    override fun wrap(key: ByteArray): ByteArray {
        val iv = ByteArray(12).also { SecureRandom().nextBytes(it) }
        val cipher = Cipher.getInstance("AES/GCM/NoPadding").apply { init(Cipher.ENCRYPT_MODE, this@Keys.key, GCMParameterSpec(128, iv)) }
        return iv + cipher.doFinal(key)
    }

    override fun unwrap(wrapped: ByteArray): ByteArray = try {
        val spec = GCMParameterSpec(128, wrapped.copyOf(12))
        Cipher.getInstance("AES/GCM/NoPadding").apply { init(Cipher.DECRYPT_MODE, key, spec) }.doFinal(wrapped, 12, wrapped.size - 12)
    } catch (_: java.security.GeneralSecurityException) {
        throw KeyStoreException.Gone()
    }
}

class Told : Observer {
    val times = AtomicInteger()
    override fun changed() { times.incrementAndGet() }
}

/** The real server with the example day. */
class Server(private val folder: File) {
    private val port = ServerSocket(0).use { it.localPort }
    val base = "http://127.0.0.1:$port"
    private val http = HttpClient.newHttpClient()
    private lateinit var process: Process
    private var token = ""

    fun start(vararg more: String) {
        val command = listOf(System.getenv("VYEZD"), "serve", *more, "--data", folder.path, "--listen", "127.0.0.1:$port")
        process = ProcessBuilder(command).apply { environment()["RUST_LOG"] = "warn" }
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS)
        while (runCatching { ask("/readyz") }.isFailure) {
            check(System.nanoTime() < end) { "the server does not answer" }
            Thread.sleep(100)
        }
    }

    fun stop() { process.destroyForcibly().waitFor() }

    fun ask(path: String, body: String? = null): String {
        val request = HttpRequest.newBuilder(URI(base + path)).header("content-type", "application/json")
        if (token.isNotEmpty()) request.header("authorization", "Bearer $token")
        if (body != null) request.POST(HttpRequest.BodyPublishers.ofString(body))
        val answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() == 200) { "$path: ${answer.statusCode()} ${answer.body()}" }
        return answer.body()
    }

    fun logIn() { token = field(ask("/v1/login", """{"login":"admin","password":"vyezd-demo"}"""), "access") }

    fun codeFor(name: String): String {
        logIn()
        val person = ask("/v1/people").split("},{").first { name in it }
        return field(ask("/v1/people/${field(person, "id")}/enrol-code", "{}"), "code")
    }

    private fun field(json: String, name: String) = Regex("\"$name\":\"([^\"]*)\"").find(json)!!.groupValues[1]
}

suspend fun <T : Any> until(what: String, look: suspend () -> T?): T {
    val end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS)
    while (true) {
        look()?.let { return it }
        check(System.nanoTime() < end) { "waited in vain: $what" }
        delay(100)
    }
}

suspend inline fun <reified E : VyezdException> refused(call: () -> Any?): E {
    val thrown = runCatching { call() }.exceptionOrNull()
    check(thrown is E) { "not ${E::class.simpleName}: $thrown" }
    return thrown
}

/** Everything that a metrologist does at the place, up to the signature. */
suspend fun work(phone: VyezdPhone, order: String, visit: String): Card {
    val card = phone.order(order)!!.line.card
    val means = phone.means().filter { card.date in it.validFrom..it.validUntil }.map { it.id }
    phone.edit(order, listOf(Edit.Mark(visit, VisitMoment.ARRIVED)))
    for (expected in card.instruments) {
        val id = expected.id
        val method = phone.method(expected.typeNumber, expected.modification)!!
        check(method.points.map { it.name } == ROWS.map { it[0] })
        val water = if (expected.water == Water.COLD) "12,6" else "56"
        val conditions = Conditions("22,8", "52", "99,4", water, Source.TYPED)
        val identity = Identity(expected.typeNumber, expected.modification, expected.serialNumber, expected.year, expected.water, expected.position, Source.TYPED)
        phone.edit(order, listOf(
            Edit.Identify(visit, id, identity),
            Edit.SetConditions(visit, id, Phase.START, conditions),
            Edit.SetConditions(visit, id, Phase.END, conditions),
            Edit.UseMeans(visit, id, means),
        ) + Check.entries.map { Edit.SetCheck(visit, id, it, true, "") })
        // Two saves at once, from two coroutines: one after the other, none lost.
        coroutineScope {
            ROWS.map { (point, flow, start, end, reference) ->
                async { phone.edit(order, listOf(Edit.Measure(visit, id, Row(newId(), point, flow, start, end, reference, null, Source.TYPED, null)))) }
            }.forEach { it.await() }
        }
    }
    return card
}

suspend fun theDay(server: Server, folder: File) {
    val keys = Keys()
    val phone = VyezdPhone(PhoneConfig(folder.path, server.base, null), keys)
    refused<VyezdException.NotEnrolled> { phone.status() }
    phone.enrol(server.codeFor("Гостев"), "Kotlin")
    val told = Told()
    phone.goOnline(told)
    val offer = until("an offer") { phone.offers().firstOrNull() }
    phone.answer(offer.id, true, "")
    val (order, visit) = offer.order to offer.visit
    until("the order is his") { phone.order(order)?.takeIf { it.visit?.id == visit && it.line.words == "Заявка ваша" } }
    check(told.times.get() > 0)

    server.stop()
    check(refused<VyezdException.Offline> { phone.sync() }.code == "offline")
    val card = work(phone, order, visit)
    phone.reportLocation(Place(51_533_120, 46_034_450, 12u), order, true)
    check(phone.colleaguesNearby().all.isNotEmpty() && phone.eta(order) == null) { "nobody knows where the building is" }
    val lacking = phone.order(order)!!.lacking
    check(lacking.any { it.code == "money_missing" }) { lacking }
    val photo = phone.takePhoto(order, visit, card.instruments[0].id, PhotoOf("reading", null), jpeg(30_000))
    phone.suspend()
    phone.close()

    // The app was ended by the system; another object opens what is on the disk.
    VyezdPhone(PhoneConfig(folder.path, server.base, null), Keys()).use { stranger ->
        check(refused<VyezdException.Locked> { stranger.orders() }.code == "key_missing")
    }
    VyezdPhone(PhoneConfig(folder.path, server.base, null), keys).use { again ->
        check(again.order(order)!!.visit!!.instruments.all { it.rows.size == 3 })
        check(again.photo(photo).size == 30_000)
        again.edit(order, listOf(
            Edit.Pay(visit, Money(card.priceKop, card.priceKop, PayMethod.CARD, "")),
            Edit.Finish(visit, VisitOutcome.DONE, ""),
        ))
        val line = List(30) { PadPoint((10 * it).toUInt(), (50 + it % 7).toUInt(), (20 * it).toUInt(), 0u) }
        again.sign(order, visit, ClientSignature(Signer.Signed("Петрова Анна", "собственник"), PadStrokes(400u, 200u, listOf(line)), null, ""))
        val numbers = again.order(order)!!.sheet!!.instruments.map { checkNotNull(it.protocolNumber) }
        check(again.status().unsent > 0u)

        server.start()
        again.goOnline(told)
        until("everything went out") { again.status().takeIf { it.unsent == 0u && it.photosLeft == 0u } }
        check(again.status().troubles.isEmpty()) { again.status().troubles }
        server.logIn()
        val page = server.ask("/v1/orders/$order")
        check(numbers.all { it in page }) { "the office has no $numbers" }
        check(again.order(order)!!.line.safety == Safety.ACCEPTED)
        again.suspend()
    }
}

fun main() {
    val data = Files.createTempDirectory("vyezd-data").toFile()
    val folder = Files.createTempDirectory("vyezd-phone").toFile()
    val server = Server(data)
    val done = runCatching {
        server.start("--example")
        runBlocking { theDay(server, folder) }
    }
    server.stop()
    data.deleteRecursively()
    folder.deleteRecursively()
    done.exceptionOrNull()?.let { it.printStackTrace(); exitProcess(1) }
    println("ok  the library from Kotlin")
    exitProcess(0)
}

/** A grey JPEG of 8 by 8 pixels. */
private const val GREY =
    "ffd8ffe000104a46494600010100000100010000ffdb00430050373c463c32504641465a55505f78c882786e" +
    "6e78f5afb991c8ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
    "ffffc0000b080008000801011100ffc40014000100000000000000000000000000000003ffc4001410010000" +
    "0000000000000000000000000000ffda0008010100003f0037ffd9"

/** A JPEG of so many bytes: a grey picture, and something behind it, as cameras write records there. */
private fun jpeg(bytes: Int): ByteArray {
    val all = ByteArray(bytes) { (it * 31).toByte() }
    GREY.chunked(2).forEachIndexed { at, byte -> all[at] = byte.toInt(16).toByte() }
    return all
}
