import MediaModel
import MediaSources
import Reporting
import Scanning

/// Small gray pictures of the items that a report lists first, made by the sandboxed workers.
struct ReportThumbnails {
    /// More would make a file that no browser likes.
    static let maximum = 5000

    private enum Made {
        case thumbnail(HTMLReport.Thumbnail, of: SHA256Digest?)
        case missing(String)
    }

    private var made: [RecordedItems.Key: Made] = [:]
    /// Of the findings, in the report's order; nil where the record does not say which member it means.
    private var keys: [(key: RecordedItems.Key?, digest: SHA256Digest?)] = []

    /// - Parameters:
    ///   - decoding: how items are decoded.
    ///   - archives: how archives are opened.
    init(
        _ contents: ReportContents, _ file: RecordFile, _ decoding: DecodingOptions, _ archives: ArchiveOptions,
        language: ReportLanguage
    ) throws {
        var items = RecordedItems()
        var seen: Set<RecordedItems.Key> = []
        for finding in contents.places.lazy.flatMap(\.groups).flatMap(\.findings).prefix(Self.maximum) {
            let record = try file.record(at: finding.matches.first!)
            let key = RecordedItems.Key(record)
            keys.append((key, record.sha256))
            if let key, seen.insert(key).inserted { items.add(key) }
        }
        var settings = try decoding.examiner(
            .single, precision: .fast, frameMode: .keyFrames(maximumGap: 10_000), archives: archives.limits
        ).settings
        settings.wantsThumbnail = true
        let isComplete = try Examiner(settings: settings).run(
            items.sources.makeIterator(), stop: Interruption.stop, notice: note,
            process: { examination, _ in examination },
            deliver: { examination in
                let key = RecordedItems.Key(examination.item.provenance)
                made[key] = Self.thumbnail(examination, language)
            })
        guard isComplete else { throw RunFailure("Stopped before the end.") }
    }

    /// Of the finding with this number, in the report's order.
    func thumbnail(_ number: Int, _ language: ReportLanguage) -> HTMLReport.Thumbnail {
        guard number < keys.count else {
            return .missing(
                language == .ko
                    ? "처음 \(Self.maximum)건에만 있음" : "only the first \(Self.maximum) findings have one")
        }
        let (key, digest) = keys[number]
        switch key.flatMap({ made[$0] }) {
        case .thumbnail(let thumbnail, let found):
            if let found, let digest, found != digest {
                return .missing(language == .ko ? "검사 이후 파일이 바뀜" : "the file changed since the scan")
            }
            return thumbnail
        case .missing(let why): return .missing(why)
        case nil:
            if case .missing(let why)? = key.flatMap({ made[$0.archive] }) { return .missing(why) }
            return .missing(language == .ko ? "보관 파일에 더 이상 없음" : "no longer in its archive")
        }
    }

    private static func thumbnail(_ examination: Examination, _ language: ReportLanguage) -> Made {
        if let thumbnail = examination.thumbnail {
            return .thumbnail(
                .luma(thumbnail.pixels, width: thumbnail.width, height: thumbnail.height), of: examination.item.sha256)
        }
        let none = language == .ko ? "볼 수 있는 장면이 없음" : "nothing in it can be shown"
        guard case .failure(let failure, _) = examination.content else { return .missing(none) }
        return examination.item.sha256.map { .thumbnail(.missing(failure.detail), of: $0) } ?? .missing(failure.detail)
    }
}
