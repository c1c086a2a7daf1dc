import Bytes
import Engine
import Glibc
import Synchronization

func now() -> Double { var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t); return Double(t.tv_sec) * 1e9 + Double(t.tv_nsec) }

let engine = MemoryEngine()
let keys = 1_000_000
func pad(_ n: Int) -> [UInt8] { let s = "\(n)"; return Array(("key:" + String(repeating: "0", count: 12 - s.count) + s).utf8) }
// one flat block of keys, 16 bytes each
let all = UnsafeMutablePointer<UInt8>.allocate(capacity: keys * 16)
for i in 0..<keys { let k = pad(i); for j in 0..<16 { all[i * 16 + j] = k[j] } }
let value = UnsafeMutablePointer<UInt8>.allocate(capacity: 32); value.initialize(repeating: 65, count: 32)
let v = ByteView(value, count: 32)
func name(_ s: StaticString) -> ByteView { ByteView(s) }

func fill() {
    var t = Transaction(); var r = Reply()
    let set = engine.find(name("SET"))!
    var i = 0
    while i < keys {
        t.clear(); r.clear()
        for j in i..<min(i + 100, keys) { t.command(set); t.argument(ByteView(all + j * 16, count: 16)); t.argument(v) }
        var s = 0
        while s < t.count { s = engine.executeSome(of: t, from: s, into: &r) }
        i += 100
    }
}

/// mode 0: single execute; 1: executeSome ; 2: transaction
@inline(never)
func run(_ what: StaticString, _ space: Int, _ mode: Int, _ seconds: Double, seed: UInt64, build: Bool = false) -> (Int, Double) {
    var t = Transaction(); var r = Reply()
    var state = seed
    let local = UnsafeMutablePointer<UInt8>.allocate(capacity: 1600)
    let start = now(); var done = 0
    let isSet = what.utf8CodeUnitCount == 3 && what.utf8Start[0] == 83
    while now() - start < seconds * 1e9 {
        t.clear(); r.clear()
        for n in 0..<100 {
            state ^= state << 13; state ^= state >> 7; state ^= state << 17
            let j = Int(state % UInt64(space))
            memcpy(local + n * 16, all + j * 16, 16)
            t.command(engine.find(name(what))!); t.argument(ByteView(local + n * 16, count: 16)); if isSet { t.argument(v) }
        }
        if build { done += 100; continue }
        if mode == 2 { engine.execute(t, into: &r) } else if mode == 1 {
            var s = 0
            while s < t.count { s = engine.executeSome(of: t, from: s, into: &r) }
        } else { t.forEachStep { c, a in engine.execute(c, a, into: &r); return } }
        done += 100
    }
    return (done, now() - start)
}
func show(_ label: String, _ r: (Int, Double)) { let ns = r.1 / Double(r.0); print(label, "\((ns * 10).rounded() / 10) ns/command") }

let only = CommandLine.arguments.dropFirst().first
let secs = only == nil ? 1.5 : 6.0
fill()
if only == nil { show("build only     ", run("GET", keys, 1, 1, seed: 88172645463325252, build: true)) }
for (w, s) in [("GET", "GET"), ("SET", "SET")] as [(StaticString, String)] {
    if let only, only != s { continue }
    for space in [1, 1000, keys] {
        if only != nil && space != keys { continue }
        if only == nil { show("\(s) single  \(space)", run(w, space, 0, secs, seed: 88172645463325252)) }
        show("\(s) window  \(space)", run(w, space, 1, secs, seed: 88172645463325252))
        if only == nil { show("\(s) multi   \(space)", run(w, space, 2, secs, seed: 88172645463325252)) }
    }
}
if only == nil {
    // two threads
    for (w, s) in [("GET", "GET"), ("SET", "SET")] as [(StaticString, String)] { for mode in [0, 1] {
        nonisolated(unsafe) var results = [(Int, Double)](repeating: (0, 0), count: 2)
        struct Job { let i: Int; let w: StaticString; let mode: Int; let out: UnsafeMutablePointer<(Int, Double)> }
        let out = UnsafeMutablePointer<(Int, Double)>.allocate(capacity: 2)
        out.initialize(repeating: (0, 0), count: 2)
        var ths: [pthread_t] = []
        for i in 0..<2 {
            let job = UnsafeMutablePointer<Job>.allocate(capacity: 1); job.initialize(to: Job(i: i, w: w, mode: mode, out: out))
            var th = pthread_t()
            pthread_create(&th, nil, { p in
                let j = p!.assumingMemoryBound(to: Job.self).pointee
                j.out[j.i] = run(j.w, 1_000_000, j.mode, 1.5, seed: 1234567 + UInt64(j.i) * 77777)
                return nil
            }, job)
            ths.append(th)
        }
        for th in ths { pthread_join(th, nil) }
        _ = results.count
        let rate = Double(out[0].0) / out[0].1 + Double(out[1].0) / out[1].1
        print("2 threads \(s) mode \(mode): \((rate * 1e4).rounded() / 10) M... = \(((1 / rate) * 10).rounded() / 10) ns/command overall")
    } }
}
