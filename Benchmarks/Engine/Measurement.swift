import Glibc

/// CPU time of the process and time on the clock, in seconds, that `body` takes.
func measure(_ body: () throws -> Void) rethrows -> (cpu: Double, wall: Double) {
    func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let (cpu, wall) = (now(CLOCK_PROCESS_CPUTIME_ID), now(CLOCK_MONOTONIC))
    try body()
    return (now(CLOCK_PROCESS_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC) - wall)
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A file name under the temporary folder; what lies there is removed.
func temporaryPath(_ name: String) -> String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let path = "\(folder)/ansim-benchmark-\(getpid())-\(name)"
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    return path
}

func report(_ what: String, _ count: Int, _ time: (cpu: Double, wall: Double)) {
    func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
    print(
        "\(what): \(rounded(time.cpu)) s CPU, \(rounded(time.wall)) s on the clock, \(Int(Double(count) / time.wall))/s"
    )
}
