import ArgumentParser
import Interchange
import MediaModel
import Registry

extension ListWriter.Form: ExpressibleByArgument {}

struct RegistryExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print a case's hashes for another tool or an exchange.",
        discussion: """
            Of pictures PDQ of the full-size convention, of videos the frames that are kept, of entries of lists what the \
            lists have; with --digests the SHA-256 of registered files, and listed digests. What the form has no place for is \
            left out and counted. Hashes are personal data: mind to whom you give them.

            Examples:
              ansim registry export --case 2026-017 > hashes.csv
              ansim registry export --case 2026-017 --format threatexchange > case.json
              ansim registry export --case 2026-017 --format vpdq --reference 7 > video.txt
            """)

    @Option(name: .customLong("case"), help: ArgumentHelp("The case.", valueName: "id"), transform: parseCase)
    var caseID: CaseID
    @Option(help: ArgumentHelp("Only this one.", valueName: "number"), transform: parseReference)
    var reference: ReferenceID?
    @Flag(help: "With csv and jsonl: digests of the files instead of hashes.") var digests = false
    @Option(
        help: """
            csv: hash,quality,label a line. jsonl: objects with these keys. vpdq: frame,quality,hash,timestamp of one \
            video. vpdq-json: the same as python-threatexchange has it. threatexchange, ncmec, stopncii: in the shape \
            of these exchanges.
            """)
    var format = ListWriter.Form.csv
    @OptionGroup var options: RegistryOptions

    func validate() throws {
        guard !digests || format == .csv || format == .jsonl else {
            throw ValidationError("--digests goes with csv and jsonl.")
        }
    }

    func run() throws {
        let all = try options.open(.reading).export(caseID).filter { reference == nil || $0.id == reference }
        if let reference, all.isEmpty { throw RunFailure("Case \(caseID) has no reference \(reference).") }
        if format == .vpdq || format == .vpdqJSON, all.filter({ !$0.frames.isEmpty }).count > 1 {
            throw RunFailure("The case has several videos, and \(format.rawValue) holds one: name it with --reference.")
        }
        var writer = ListWriter(format, wantsDigests: digests)
        if let head = writer.head { try say(head) }
        var left = 0
        for reference in all {
            let lines = writer.lines(ExportedEntry(reference))
            if lines.isEmpty { left += 1 }
            for line in lines { try say(line) }
        }
        if let tail = writer.tail { try say(tail) }
        if left > 0 {
            note("\(Progress.count(left, "reference", "references")) can't be said in this form and were left out.")
        }
    }
}

extension ExportedEntry {
    /// What the centre registered itself it vouches for.
    fileprivate init(_ reference: Registry.ExportedReference) {
        let opinions = reference.listings.compactMap { $0.opinion.flatMap(ListedOpinion.init(rawValue:)) }
        self.init(
            number: reference.id.rawValue, registered: Registry.secondsSince1970(reference.registered) ?? 0,
            opinion: ListedOpinion(together: opinions) ?? (reference.listings.isEmpty ? .positive : .unconfirmed))
        (hash, quality, isVideo) = (reference.hash, reference.quality, reference.isVideo)
        digests = [reference.digest].compactMap { $0 }
        frames = reference.frames
        tags = Set(reference.listings.flatMap(\.tags)).sorted()
    }
}
