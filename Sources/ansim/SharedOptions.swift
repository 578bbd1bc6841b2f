import ArgumentParser
import Foundation
import Glibc
import MediaModel
import Registry
import Scanning

/// Where the registry is.
struct RegistryOptions: ParsableArguments {
    @Option(
        help:
            "The registry's file. Default: $ANSIM_REGISTRY, else ansim/registry.sqlite in $XDG_DATA_HOME or ~/.local/share.",
        completion: .file())
    var registry: String?

    func open(_ access: Registry.Access) throws -> Registry { try Registry(path: path, access: access) }

    var path: String {
        get throws {
            func variable(_ name: String) -> String? {
                getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
            }
            if let path = registry ?? variable("ANSIM_REGISTRY") { return path }
            if let data = variable("XDG_DATA_HOME") { return data + "/ansim/registry.sqlite" }
            guard let home = variable("HOME") else {
                throw RunFailure("There is no $HOME to keep a registry in. Name one with --registry.")
            }
            return home + "/.local/share/ansim/registry.sqlite"
        }
    }
}

/// How items are decoded.
struct DecodingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Decoder processes, 1 to 1024. Default: one a core.", valueName: "count"))
    var workers: Int?

    @Option(help: ArgumentHelp("Pixels of a picture, at most.", valueName: "count"))
    var maxPixels = ItemLimits().pixels

    @Option(help: ArgumentHelp("Bytes of a file, at most; a plain number.", valueName: "bytes"))
    var maxBytes = ItemLimits().bytes

    @Option(help: ArgumentHelp("Memory for decoding one picture, at most; a plain number.", valueName: "bytes"))
    var maxMemory = ItemLimits().memory

    @Option(help: ArgumentHelp("CPU seconds for one item, at most.", valueName: "seconds"))
    var maxSeconds = ItemLimits().seconds

    @Option(
        help: ArgumentHelp(
            "Seconds on the clock for one picture, and between two signs of life of a video, at most.",
            valueName: "seconds"))
    var maxWallSeconds = ItemLimits().wallSeconds

    @Option(help: ArgumentHelp("Bytes of a video's file, at most; a plain number.", valueName: "bytes"))
    var maxVideoBytes = ItemLimits().videoBytes

    @Option(help: ArgumentHelp("CPU seconds for one video, at most.", valueName: "seconds"))
    var maxVideoSeconds = ItemLimits().videoSeconds

    @Option(help: ArgumentHelp("Seconds on the clock for one video, at most.", valueName: "seconds"))
    var maxVideoWallSeconds = ItemLimits().videoWallSeconds

    @Option(help: ArgumentHelp("Frames of a video that are decoded, at most.", valueName: "count"))
    var maxFrames = ItemLimits().frames

    @Flag(help: "Decode without a sandbox, on a system that lacks seccomp. Hostile files can then do what you can do.")
    var insecureNoSandbox = false

    func validate() throws {
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers takes 1 to 1024.") }
        for (name, value) in [
            ("--max-pixels", maxPixels), ("--max-bytes", maxBytes), ("--max-memory", maxMemory),
            ("--max-video-bytes", maxVideoBytes), ("--max-frames", maxFrames),
        ] {
            // Sums of these must not overflow.
            guard (1...1 << 50).contains(value) else { throw ValidationError("\(name) takes 1 to \(1 << 50).") }
        }
        for (name, value) in [
            ("--max-seconds", maxSeconds), ("--max-wall-seconds", maxWallSeconds),
            ("--max-video-seconds", maxVideoSeconds), ("--max-video-wall-seconds", maxVideoWallSeconds),
        ] {
            guard (1...86400).contains(value) else { throw ValidationError("\(name) takes 1 to 86400.") }
        }
    }

    var limits: ItemLimits {
        ItemLimits(
            bytes: maxBytes, pixels: maxPixels, memory: maxMemory, seconds: maxSeconds, wallSeconds: maxWallSeconds,
            videoBytes: maxVideoBytes, videoSeconds: maxVideoSeconds, videoWallSeconds: maxVideoWallSeconds,
            frames: maxFrames)
    }

    /// Worker processes, or threads.
    var parallelism: Int { workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    func examiner(
        _ wanted: HashSet, convention: HashConvention = .fullSize, precision: HashPrecision = .exact,
        frameMode: FrameMode = .every, leastFrameDistance: Int = -1, workers: Int? = nil, ledger: Ledger? = nil,
        depth: SearchDepth = .quick, keepsUploader: Bool = false, archives: ArchiveLimits? = nil
    ) throws(WorkerStartError) -> Examiner {
        var settings = Examiner.Settings(
            workerExecutable: Self.workerExecutable, workers: workers ?? parallelism, wanted: wanted,
            convention: convention, precision: precision, limits: limits, isSandboxed: !insecureNoSandbox)
        (settings.frameMode, settings.leastFrameDistance) = (frameMode, leastFrameDistance)
        (settings.depth, settings.keepsUploader) = (depth, keepsUploader)
        (settings.archives, settings.unpackerExecutable) = (archives, Self.unpackerExecutable)
        try settings.checkPrograms()
        return Examiner(settings: settings, ledger: ledger)
    }

    /// Beside this executable, unless ANSIM_WORKER says otherwise.
    private static var workerExecutable: String { executable("ansim-worker", variable: "ANSIM_WORKER") }
    private static var unpackerExecutable: String { executable("ansim-unpacker", variable: "ANSIM_UNPACKER") }

    private static func executable(_ name: String, variable: String) -> String {
        if let path = getenv(variable) { return String(cString: path) }
        let own = withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
            let count = readlink(
                "/proc/self/exe", buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }
}

/// A case as an argument.
func parseCase(_ text: String) throws -> CaseID {
    // The same name may be typed in two ways, with composed letters or without.
    guard let id = CaseID(rawValue: text.precomposedStringWithCanonicalMapping) else {
        throw ValidationError(
            "A case's name has 1 to 200 characters and no line breaks, and neither starts nor ends with a space.")
    }
    return id
}

/// A reference's number as an argument.
func parseReference(_ text: String) throws -> ReferenceID {
    guard let number = Int64(text), number > 0 else {
        throw ValidationError("\"\(text)\" is no number of a reference; `ansim registry list --case ID` shows them.")
    }
    return ReferenceID(rawValue: number)
}

/// `HashConvention` as an argument.
enum ConventionArgument: String, ExpressibleByArgument, CaseIterable {
    case full = "pdq-full"
    case cli = "pdq-cli"

    var convention: HashConvention { self == .full ? .fullSize : .cli512 }
}
