import ArgumentParser
import MediaModel
import MediaSources
import Reporting
import Scanning

struct HashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Print the PDQ hashes of pictures, and the vPDQ hashes of videos.",
        discussion: """
            A hash describes its picture: treat hashes of a victim's pictures as personal data.

            Examples:
              ansim hash picture.jpg
              ansim hash --dihedral --format jsonl pictures/
              ansim hash --format vpdq video.mp4
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, jsonl, vpdq
    }

    @Option(
        help: """
            text: hash,quality,path a line, as pdq-photo-hasher prints it. jsonl: one JSON object a line. vpdq: of \
            videos, frame,quality,hash,seconds a line, as vpdq-hash-video writes it.
            """)
    var format = Format.text

    @Option(
        help: ArgumentHelp(
            "With vpdq: a frame each so many seconds of the file's mean frame rate; 0 for all. Default: 0.",
            valueName: "seconds"))
    var secondsPerHash: Double?

    @Option(
        help: """
            pdq-full: the full-size picture, as pdqhash, python-threatexchange, HMA and vPDQ hash it. \
            pdq-cli: 512 x 512 by nearest neighbour first, as Meta's pdq-photo-hasher does.
            """)
    var convention = ConventionArgument.full

    @Flag(help: "Print the hashes of all eight rotations and flips (text: one a line, with its name).")
    var dihedral = false

    @OptionGroup(title: "Limits") var decoding: DecodingOptions
    @OptionGroup var arguments: PathArguments

    func validate() throws {
        guard secondsPerHash.map((0...1e6).contains) ?? true else {
            throw ValidationError("--seconds-per-hash takes 0 to 1000000.")
        }
        guard secondsPerHash == nil || format == .vpdq else {
            throw ValidationError("--seconds-per-hash goes with --format vpdq.")
        }
        guard format != .vpdq || (!dihedral && convention == .full) else {
            throw ValidationError("--format vpdq has one hash a frame, of the full-size convention.")
        }
    }

    func run() throws {
        try Ansim.prepare()
        let paths = try arguments.checked()
        let output = try LineOutput(path: nil)
        var items = 0
        var failures = 0
        let isComplete: Bool
        do {
            isComplete = try decoding.examiner(
                dihedral ? .dihedral : .single, convention: convention.convention,
                frameMode: .vpdq(secondsPerHash: secondsPerHash ?? 0)
            ).run(
                arguments.walk(paths), stop: Interruption.stop, notice: note, process: { examination, _ in examination }
            ) { examination in
                items += 1
                let isWhole = try write(examination, to: output)
                if !isWhole { failures += 1 }
            }
            try output.close()
        } catch LineOutput.Failure.closed {
            return
        }
        guard isComplete else { throw RunFailure("Stopped before the end.") }
        if items == 0 { note("There are no files under the given paths.") }
        if failures > 0 { throw ExitCode.incomplete }
    }

    /// Whether the item could be hashed in full.
    private func write(_ examination: Examination, to output: LineOutput) throws -> Bool {
        let path = examination.item.provenance.printablePath
        switch examination.content {
        case .picture(let facts, let hashes):
            switch format {
            case .jsonl:
                try output.write(
                    RecordEncoding.line(
                        item: examination.item, picture: facts, hashes: hashes, convention: convention.convention))
            case .vpdq:
                note("\(path): a picture; --format vpdq is of videos")
                return false
            case .text:
                if dihedral {
                    for entry in hashes {
                        try output.write("\(entry.hash),\(facts.quality.rawValue),\(entry.orientation.name),\(path)")
                    }
                } else {
                    try output.write("\(hashes[0].hash),\(facts.quality.rawValue),\(path)")
                }
                if facts.hasFurtherFrames { note("\(path): has more frames or pages; only the first was hashed") }
                if let damage = facts.damage { note("\(path): damaged, hashed as far as it goes: \(damage)") }
            }
            return facts.damage == nil
        case .video(let facts, let frames):
            guard format == .vpdq else {
                note("\(path): a video; --format vpdq prints its frames' hashes")
                return false
            }
            for line in VPDQText.lines(facts, frames, secondsPerHash: secondsPerHash ?? 0) { try output.write(line) }
            return true
        case .failure(let failure, _):
            switch format {
            case .jsonl:
                try output.write(
                    RecordEncoding.line(UnexaminedRecord(item: examination.item, failure: failure), settings: nil))
            case .text, .vpdq: note("\(path): \(failure.detail)")
            }
            return false
        }
    }
}
