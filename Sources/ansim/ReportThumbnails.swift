import MediaModel
import MediaSources
import Reporting
import Scanning

/// Small gray pictures of the items that a report lists first, made by the sandboxed workers.
struct ReportThumbnails {
    /// More would make a file that no browser likes.
    static let maximum = 5000

    private var made: [HTMLReport.Thumbnail] = []

    /// - Parameter decoding: how items are decoded.
    init(
        _ contents: ReportContents, _ file: RecordFile, _ decoding: DecodingOptions, language: ReportLanguage
    ) throws {
        let findings = contents.places.lazy.flatMap(\.groups).flatMap(\.findings)
        var digests: [SHA256Digest?] = []
        var items: [SourceItem] = []
        for finding in findings.prefix(Self.maximum) {
            let record = try file.record(at: finding.matches.first!)
            let failure = ItemFailure(
                .undecodable, .unreadable,
                language == .ko ? "보관 파일 안의 항목은 아직 표시할 수 없음" : "members of archives can't be shown yet")
            items.append(
                SourceItem(
                    provenance: Provenance(path: record.exactPath),
                    failure: record.member == nil ? nil : failure))
            digests.append(record.sha256)
        }
        made.reserveCapacity(items.count)
        var settings = try decoding.examiner(.single, precision: .fast, frameMode: .keyFrames(maximumGap: 10_000))
            .settings
        settings.wantsThumbnail = true
        let isComplete = try Examiner(settings: settings).run(
            items.makeIterator(), stop: Interruption.stop, notice: note, process: { $0 },
            deliver: { examination in
                made.append(Self.thumbnail(examination, digests[made.count], language))
            })
        guard isComplete else { throw RunFailure("Stopped before the end.") }
    }

    /// Of the finding with this number, in the report's order.
    func thumbnail(_ number: Int, _ language: ReportLanguage) -> HTMLReport.Thumbnail {
        guard number < made.count else {
            return .missing(
                language == .ko
                    ? "처음 \(Self.maximum)건에만 있음" : "only the first \(Self.maximum) findings have one")
        }
        return made[number]
    }

    private static func thumbnail(
        _ examination: Examination, _ digest: SHA256Digest?, _ language: ReportLanguage
    ) -> HTMLReport.Thumbnail {
        if let found = examination.item.sha256, let digest, found != digest {
            return .missing(language == .ko ? "검사 이후 파일이 바뀜" : "the file changed since the scan")
        }
        if let thumbnail = examination.thumbnail {
            return .luma(thumbnail.pixels, width: thumbnail.width, height: thumbnail.height)
        }
        if case .failure(let failure, _) = examination.content { return .missing(failure.detail) }
        return .missing(language == .ko ? "볼 수 있는 장면이 없음" : "nothing in it can be shown")
    }
}
