import ArgumentParser
import Glibc
import MediaModel
import MediaSources
import Registry
import Scanning

struct RegisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Register a case's pictures; only hashes are kept.",
        discussion: """
            Folders are searched for pictures. The same file twice in a case is one reference. A picture whose \
            hash would mean nothing (too plain, or damaged) is registered for identical files only.

            Examples:
              ansim register --case 2026-017 pictures/
              ansim register --case 2026-017 --keep crops video.mp4
            """)

    @Option(
        name: .customLong("case"), help: ArgumentHelp("The case, by the name that you give it.", valueName: "id"),
        transform: parseCase)
    var caseID: CaseID

    @Flag(help: "Keep the files' names in the registry.")
    var keepNames = false

    @Option(help: ArgumentHelp("Least PDQ quality for matching by hash, 0...100.", valueName: "quality"))
    var minQuality = Quality.usualGate.rawValue

    @Option(
        help: """
            What is kept of a picture beside its hashes: plain: nothing. crops: hashes of its crops, by which cropped \
            copies are found. full: also local features, for all other copies. What is kept describes the picture the \
            better the more it is.
            """)
    var keep = KeptArgument.full

    @OptionGroup var registry: RegistryOptions
    @OptionGroup(title: "Limits") var decoding: DecodingOptions
    @OptionGroup var arguments: PathArguments

    /// A frame is kept when it differs from the last one kept by more bits.
    static let leastFrameDistance = 4

    func validate() throws {
        guard (0...100).contains(minQuality) else { throw ValidationError("--min-quality takes 0 to 100.") }
    }

    func run() throws {
        try Ansim.prepare()
        let paths = try arguments.checked()
        let registry = try registry.open(.makingIfMissing)
        var run = RegistrationRun(registry: registry, caseID: caseID)
        let (keepNames, kept) = (keepNames, keep.depth)
        let gate = Quality(rawValue: minQuality)
        let isComplete: Bool
        do {
            isComplete = try decoding.examiner(.reference, leastFrameDistance: Self.leastFrameDistance, depth: kept)
                .run(
                    arguments.walk(paths, excluding: registry.files), stop: Interruption.stop, notice: note,
                    process: { examination, _ in
                        (examination, NewReference(examination, keepsName: keepNames, gate: gate, kept: kept))
                    },
                    deliver: { try run.add($0.0, $0.1) })
        } catch {
            // What was examined before is not lost.
            try? run.flush()
            throw error
        }
        try run.flush()
        // What is new is found without it, only more slowly when it is much.
        try registry.updateIndexFiles()
        if isComplete, run.examined == 0 { throw RunFailure("There are no files under the given paths.") }
        note(run.summary)
        guard isComplete else {
            throw RunFailure("Stopped. What was registered is kept; run the command again to go on.")
        }
        if run.refused > 0 { throw ExitCode.incomplete }
    }
}

/// Writes examined files to the registry, some at a time, and says what became of each.
private struct RegistrationRun {
    let registry: Registry
    let caseID: CaseID
    private(set) var examined = 0
    private(set) var refused = 0
    private var added = 0
    private var known = 0
    private var improved = 0
    private var bytesOnly = 0
    private var damagedVideos = 0
    private var batch: [(path: String, reference: NewReference, examination: Examination.Content)] = []

    init(registry: Registry, caseID: CaseID) { (self.registry, self.caseID) = (registry, caseID) }

    mutating func add(_ examination: Examination, _ reference: NewReference?) throws {
        examined += 1
        let path = examination.item.provenance.printablePath
        guard let reference else {
            // In the order of the files.
            try flush()
            refused += 1
            if case .failure(let failure, _) = examination.content {
                try say("not registered  \(path): \(failure.detail)")
            }
            return
        }
        // Frames are no longer needed, and many.
        let content: Examination.Content =
            if case .video(let facts, _) = examination.content { .video(facts, frames: HashedFrames()) } else {
                examination.content
            }
        batch.append((path, reference, content))
        if batch.count >= 64 { try flush() }
    }

    mutating func flush() throws {
        guard !batch.isEmpty else { return }
        let results = try registry.add(batch.map(\.reference), to: caseID)
        for ((path, reference, content), result) in zip(batch, results) {
            switch result {
            case .known(let id):
                known += 1
                try say("already there   \(path): the same file is reference \(id) of the case")
            case .improved(let id, let gained):
                improved += 1
                var news: [String] = []
                if gained.hashes { news.append("found by its hashes now, not as an identical file only") }
                if let before = gained.keptBefore { news.append("\(reference.kept.kept) kept now, \(before) before") }
                if gained.name { news.append("its name is kept now") }
                try say("improved        \(path): reference \(id), \(news.joined(separator: "; "))")
            case .added(let id):
                added += 1
                if let reason = reference.bytesOnly {
                    bytesOnly += 1
                    try say(
                        "bytes only      \(path): reference \(id), found only as an identical file: \(Self.explained(reason, content))"
                    )
                } else {
                    let quality = reference.quality ?? .usualGate
                    if let duration = reference.duration {
                        try sayThatAVideoIsRegistered(path, id, duration, frames: reference.frames.count, content)
                        continue
                    }
                    var hint =
                        quality < .usualGate
                        ? ", found by its hash only by scans with --min-quality \(quality.rawValue) or less" : ""
                    if case .picture(let facts, _) = content, facts.hasFurtherFrames {
                        hint += "; only the first of its frames or pages"
                    }
                    try say("registered      \(path): reference \(id), quality \(quality.rawValue)\(hint)")
                }
            }
        }
        batch = []
    }

    private mutating func sayThatAVideoIsRegistered(
        _ path: String, _ id: ReferenceID, _ duration: Int64, frames: Int, _ content: Examination.Content
    ) throws {
        var hint = ""
        if case .video(let facts, _) = content, let damage = facts.damage {
            damagedVideos += 1
            hint = "; damaged, so only what could be decoded is found (\(damage))"
        }
        try say(
            "registered      \(path): reference \(id), \(Progress.oneDecimal(Double(duration) / 1000)) s of video, \(Progress.count(frames, "frame", "frames"))\(hint)"
        )
    }

    /// Of a video the reason says too little.
    private static func explained(_ reason: BytesOnlyReason, _ content: Examination.Content) -> String {
        switch content {
        case .failure(let failure, _): "no frame could be decoded: \(failure.detail)"
        case .video(let facts, _):
            "every frame that could be decoded is black, of one colour or otherwise too plain"
                + (facts.damage.map { " (damaged: \($0))" } ?? "")
        case .picture: reason.explanation
        }
    }

    var summary: String {
        var text = "Case \(caseID): \(added) added"
        var remarks: [String] = []
        if bytesOnly > 0 { remarks.append("\(bytesOnly) for identical files only") }
        if damagedVideos > 0 { remarks.append(Progress.count(damagedVideos, "damaged video", "damaged videos")) }
        if !remarks.isEmpty { text += " (\(remarks.joined(separator: ", ")))" }
        if improved > 0 { text += ", \(improved) improved" }
        if known > 0 { text += ", \(known) already there" }
        if refused > 0 { text += ", \(refused) could not be registered" }
        return text + "."
    }
}

extension NewReference {
    /// Nil for what can't be registered.
    fileprivate init?(_ examination: Examination, keepsName: Bool, gate: Quality, kept: SearchDepth) {
        guard let sha256 = examination.item.sha256, let byteCount = examination.item.byteCount else { return nil }
        let name = examination.item.provenance.displayPath.split(separator: "/").last.map(String.init)
        let fileName = keepsName ? name : nil
        switch examination.content {
        case .picture(let facts, let hashes):
            let reason: BytesOnlyReason? =
                facts.damage != nil
                ? .damaged : facts.isDegenerate ? .degenerate : facts.quality < gate ? .lowQuality : nil
            self.init(
                sha256: sha256, byteCount: byteCount, format: facts.format, width: facts.width, height: facts.height,
                quality: facts.quality, hashes: reason == nil ? hashes : [], bytesOnly: reason,
                fileName: fileName)
            (details, self.kept) = (examination.details, kept)
        case .video(let facts, let frames):
            let comparable = frames.lazy.filter { $0.time.feature.isComparable(gate: gate) }
            // Frames before the damage are as good as any.
            self.init(
                sha256: sha256, byteCount: byteCount, format: facts.format, width: facts.width, height: facts.height,
                quality: comparable.map(\.time.feature.quality).max(), hashes: [],
                bytesOnly: comparable.isEmpty ? .video : nil, fileName: fileName)
            (self.frames, duration) = (HashedFrames(comparable), facts.durationMilliseconds)
            // Of frames there are no crops.
            self.kept = kept == .full ? .full : .quick
        case .failure(_, let format):
            guard format == .video else { return nil }
            self.init(
                sha256: sha256, byteCount: byteCount, format: format, width: nil, height: nil, quality: nil, hashes: [],
                bytesOnly: .video, fileName: fileName)
        }
    }
}
