import ArgumentParser
import Glibc
import MediaModel
import MediaSources
import Scanning

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast this machine examines your files.",
        discussion: """
            Examines the files as a scan of this --depth does, with one worker and with all, fast and exact, and writes \
            nothing. Looking up what was found of a file in the registry is not counted; archives are not opened. The \
            first pass reads the files into memory and is not counted, as far as they fit.

            Examples:
              ansim bench crawl/
              ansim bench --rounds 5 --max-files 200 --depth quick crawl/
            """)

    @Option(help: ArgumentHelp("Files to take, at most; the first ones in a scan's order.", valueName: "count"))
    var maxFiles = 1000

    @Option(help: ArgumentHelp("Times that everything is measured; the medians are shown.", valueName: "count"))
    var rounds = 3

    @OptionGroup var depth: DepthOptions
    @OptionGroup(title: "Limits") var decoding: DecodingOptions
    @OptionGroup var arguments: PathArguments

    func validate() throws {
        guard maxFiles > 0 else { throw ValidationError("--max-files takes 1 or more.") }
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds takes 1 to 1000.") }
    }

    func run() throws {
        try Ansim.prepare()
        let paths = try arguments.checked()
        let items = Array(IteratorSequence(arguments.walk(paths)).prefix(maxFiles))
        guard !items.isEmpty else { throw RunFailure("There are no files under the given paths.") }
        let warmUp = try measure(items, .fast, workers: decoding.parallelism)
        try say(
            "\(Progress.count(warmUp.items, "file", "files")), \(Self.megabytes(warmUp.bytes)) MB, "
                + "\(warmUp.decoded) decoded, --depth \(depth.depth.name); medians of \(Progress.count(rounds, "round", "rounds"))"
        )
        try say("")
        try say("precision  workers  files/s     MB/s  CPU ms/file")
        let workerCounts = decoding.parallelism == 1 ? [1] : [1, decoding.parallelism]
        var passes: [Setting: [Pass]] = [:]
        let settings = HashPrecision.allCases.reversed().flatMap { precision in
            workerCounts.map { Setting(precision: precision, workers: $0) }
        }
        // In turn, so that what else the machine does falls on all alike.
        for _ in 0..<rounds {
            for setting in settings {
                passes[setting, default: []].append(try measure(items, setting.precision, workers: setting.workers))
            }
        }
        for setting in settings {
            func median(_ value: (Pass) -> Double) -> String {
                Progress.oneDecimal(passes[setting]!.map(value).sorted()[rounds / 2])
            }
            try say(
                Self.left(setting.precision.rawValue, 11) + Self.right(String(setting.workers), 7)
                    + Self.right(median { Double($0.items) / $0.seconds }, 9)
                    + Self.right(median { Double($0.bytes) / 1e6 / $0.seconds }, 9)
                    + Self.right(median { 1000 * $0.cpu / Double($0.items) }, 13))
        }
        try say("")
        try say("Largest process: \(Self.largestProcess / 1024) MiB.")
    }

    private struct Setting: Hashable {
        let precision: HashPrecision
        let workers: Int
    }

    private struct Pass {
        var items = 0
        var decoded = 0
        var bytes: Int64 = 0
        /// On the clock.
        var seconds = 0.0
        /// Of all processes, in seconds.
        var cpu = 0.0
    }

    private func measure(_ items: [SourceItem], _ precision: HashPrecision, workers: Int) throws -> Pass {
        var pass = Pass()
        let (cpu, start) = (Self.cpuTime, ContinuousClock.now)
        let isComplete = try decoding.examiner(.single, precision: precision, workers: workers, depth: depth.depth).run(
            items.makeIterator(), stop: Interruption.stop, process: { examination, _ in examination }
        ) { examination in
            pass.items += 1
            if examination.picture != nil { pass.decoded += 1 }
            pass.bytes += examination.item.byteCount ?? 0
        }
        guard isComplete else { throw RunFailure("Stopped.") }
        let duration = ContinuousClock.now - start
        pass.seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        pass.cpu = Self.cpuTime - cpu
        return pass
    }

    /// Of this process and of the workers that ended, in seconds.
    private static var cpuTime: Double {
        usages.reduce(0) { sum, usage in
            sum + Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        }
    }

    /// Peak resident memory in KiB.
    private static var largestProcess: Int { usages.map { Int($0.ru_maxrss) }.max()! }

    private static var usages: [rusage] {
        [RUSAGE_SELF, RUSAGE_CHILDREN].map { who in
            var usage = rusage()
            getrusage(__rusage_who_t(who.rawValue), &usage)
            return usage
        }
    }

    private static func megabytes(_ bytes: Int64) -> String { Progress.oneDecimal(Double(bytes) / 1e6) }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
