import ArgumentParser
import ContentDigest
import MediaModel
import Registry
import Reporting

struct RegistryImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Register hashes from a list of another tool under a case.",
        discussion: """
            A line is hash[,quality][,label], or a JSON object with these keys (`pdq` for a hash, `sha256` for a file). \
            Hashes are PDQ, 64 hex digits, of the full-size convention; the other seven orientations are derived from the \
            bits. Such references are found as whole pictures only. Hashes of low quality and those that no picture has are \
            left out. What is left out is told, and the exit status is 2 then.

            Examples:
              ansim registry import --case list-7 hashes.csv
              ansim registry import --case list-8 --digests sha256.txt
            """)

    @Option(
        name: .customLong("case"), help: ArgumentHelp("The case, made when it is new.", valueName: "id"),
        transform: parseCase)
    var caseID: CaseID
    @Flag(help: "The 64 digits of a line are the SHA-256 of a file, not a PDQ hash.") var digests = false
    @Flag(help: "Keep the labels in the registry.") var keepLabels = false
    @Argument(help: "The list.", completion: .file()) var list: String
    @OptionGroup var options: RegistryOptions

    /// References of one transaction.
    private static let batch = 5000

    func run() throws {
        try Ansim.prepare()
        let source = try RecordSource(list)
        defer { source.close() }
        let registry = try options.open(.makingIfMissing)
        var (added, known, poor, malformed, lines) = (0, 0, 0, 0, 0)
        var batch: [NewReference] = []
        func settle() throws {
            for registration in try registry.add(batch, to: caseID) {
                if case .added = registration { added += 1 } else { known += 1 }
            }
            batch = []
        }
        try source.reading {
            try RecordFile(descriptor: source.descriptor).lines { _, line in
                lines += 1
                if lines == 1, let line, Self.isHeading(line) { return }
                guard let line, let entry = try? ListedHash(line: line, isDigest: digests) else {
                    malformed += 1
                    if malformed <= 5 { note("Line \(lines) is no \(digests ? "SHA-256" : "hash").") }
                    return
                }
                guard let reference = NewReference(entry, keepsLabel: keepLabels) else {
                    poor += 1
                    return
                }
                batch.append(reference)
                if batch.count == Self.batch { try settle() }
            }
        }
        try settle()
        try say("Case \(caseID): \(added) added\(known > 0 ? ", \(known) known" : "").")
        if poor > 0 { note("\(poor) hashes have a low quality, or are none of a picture; they were left out.") }
        if malformed > 0 { note("\(malformed) of \(lines) lines of \(list) could not be read.") }
        guard poor + malformed == 0 else { throw ExitCode.incomplete }
    }

    /// `hash,quality,label`
    private static func isHeading(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = line.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\r") }
        return ["hash", "pdq", "sha256"].contains(String(decoding: first, as: UTF8.self).lowercased())
    }
}

extension NewReference {
    /// PDQ sets the bits above the median: half of them, but for ties.
    private static let usualBits = 96...160

    /// Nil for a hash that means nothing.
    fileprivate init?(_ entry: ListedHash, keepsLabel: Bool) {
        let name = keepsLabel ? entry.label : nil
        switch entry.value {
        case .sha256(let digest):
            self.init(
                sha256: digest, byteCount: 0, format: .unknown, width: nil, height: nil, quality: nil, hashes: [],
                bytesOnly: .listed, fileName: name)
            imported = .sha256
        case .pdq(let hash):
            let quality = entry.quality ?? Quality(rawValue: 100)
            guard quality.rawValue >= Quality.usualGate.rawValue,
                Self.usualBits.contains(256 - hash.distance(to: Hash256(.max, .max, .max, .max)))
            else { return nil }
            // No file has this digest; it tells the hash from others of its case.
            let mark = Array("Ansim: imported PDQ hash \(hash)".utf8).withUnsafeBytes {
                SHA256Digest(bytes: ContentDigest.sha256($0))!
            }
            self.init(
                sha256: mark, byteCount: 0, format: .unknown, width: nil, height: nil, quality: quality,
                hashes: Dihedral.allCases.map { OrientedHash(orientation: $0, hash: hash.turned($0)) },
                bytesOnly: nil, fileName: name)
            imported = .pdq
        }
    }
}

struct RegistryExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print a case's hashes for another tool.",
        discussion: """
            Of pictures, hash,quality,reference: PDQ of the full-size convention. With --digests, the SHA-256 of the \
            registered files. What can't be exported so is told. Hashes are personal data: mind to whom you give them.

            Examples:
              ansim registry export --case 2026-017 > hashes.csv
              ansim registry export --case 2026-017 --format jsonl
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, jsonl }

    @Option(name: .customLong("case"), help: ArgumentHelp("The case.", valueName: "id"), transform: parseCase)
    var caseID: CaseID
    @Flag(help: "SHA-256 of the files instead of PDQ hashes.") var digests = false
    @Option(help: "csv: hash,quality,label a line. jsonl: objects with these keys.") var format = Format.csv
    @OptionGroup var options: RegistryOptions

    func run() throws {
        var left = 0
        for reference in try options.open(.reading).export(caseID) {
            let value = digests ? reference.sha256?.description : reference.hash?.description
            guard let value else {
                left += 1
                continue
            }
            let quality = digests ? nil : reference.quality?.rawValue.description
            switch format {
            case .csv: try say("\(value),\(quality ?? ""),\(reference.id)")
            case .jsonl:
                let number = quality.map { #","quality":\#($0)"# } ?? ""
                try say(#"{"\#(digests ? "sha256" : "pdq")":"\#(value)"\#(number),"label":"\#(reference.id)"}"#)
            }
        }
        if left > 0 {
            note(
                digests
                    ? "\(left) references came from lists of hashes: no file of theirs is known."
                    : "\(left) references are videos or known by their bytes only; they have no such hash.")
        }
    }
}
