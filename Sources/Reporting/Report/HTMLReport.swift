import MediaModel

/// A report as one HTML file that needs nothing else: no scripts, no fonts, no pictures from elsewhere.
package struct HTMLReport {
    /// What a file of this kind starts with.
    package static let head = "<!DOCTYPE html>\n<!-- Ansim report -->\n"

    /// A small picture of an item, or why there is none.
    package enum Thumbnail: Sendable {
        /// Luma, row by row.
        case luma([UInt8], width: Int, height: Int)
        /// For the reader.
        case missing(String)
    }

    let contents: ReportContents
    let file: RecordFile
    let language: ReportLanguage
    /// What the records are called, for the reader.
    let source: String?
    /// Of a finding's first match; nil when none are wanted.
    let thumbnail: ((ReadRecord) throws -> Thumbnail)?
    var out: HTMLWriter

    /// - Parameters:
    ///   - file: the one that `contents` was read from.
    ///   - sink: takes the file's bytes, some at a time.
    package init(
        _ contents: ReportContents, _ file: RecordFile, language: ReportLanguage, source: String? = nil,
        thumbnail: ((ReadRecord) throws -> Thumbnail)? = nil, to sink: @escaping ([UInt8]) throws -> Void
    ) {
        (self.contents, self.file, self.language, self.thumbnail) = (contents, file, language, thumbnail)
        self.source = source
        out = HTMLWriter(sink)
    }

    /// - Throws: `RecordFile.Failure`, what the sink throws, and what `thumbnail` throws.
    package consuming func write() throws {
        try writeHead()
        try writeSummary()
        try writeReferences()
        try writePlaces()
        try writeUnexamined()
        try writeNotes()
        try out.markup("</body></html>\n")
        try out.flush()
    }

    private mutating func writeHead() throws {
        let title = language("Ansim report", "안심 보고서")
        // Whatever a record may smuggle in: nothing is loaded, nothing runs.
        try out.markup(
            Self.head + """
                <html lang="\(language.rawValue)"><head><meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
                <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">
                <title>\(title)</title><style>
                \(ReportStyle.css)</style></head><body><h1>\(title)</h1>

                """)
    }

    private mutating func writeSummary() throws {
        let findings = contents.places.reduce(0) { $0 + $1.findingCount }
        var numbers: [(String, Int64)] = []
        func summed(_ key: String) -> Int64 { contents.counts[key] ?? 0 }
        let unexamined = ["partial", "undecodable", "unsupported", "overLimit"].reduce(0) { $0 + summed($1) }
        if contents.summaries > 0 { numbers.append((language("Items examined", "검사한 항목"), summed("items"))) }
        numbers += [
            (language("Matches", "일치"), Int64(contents.matchCount)),
            (language("Findings to decide on", "판단할 발견"), Int64(findings)),
            (language("References found", "발견된 등록 자료"), Int64(contents.references.count)),
            (language("Hosts and folders", "호스트·폴더"), Int64(contents.places.count)),
        ]
        if contents.summaries > 0 {
            numbers += [
                (language("Nothing found", "발견되지 않음"), summed("clear")),
                (language("Not examined in full", "전부 검사하지 못함"), unexamined),
            ]
            // A rematch tells only of what matched: what became of the other items, the scan's records say.
            let untold = summed("items") - summed("matchedItems") - summed("clear") - unexamined
            if untold > 0 {
                if summed("clear") + unexamined == 0 { numbers.removeLast(2) }
                numbers.append((language("Without a match (see the scan's records)", "일치 없음(검사 기록 참조)"), untold))
            }
            if summed("archives") > 0 {
                numbers.append((language("Archives opened", "연 압축·보관 파일"), summed("archives")))
            }
            if contents.passedOver > 0 {
                numbers.append((language("Archive members that are no media", "미디어가 아닌 압축 항목"), contents.passedOver))
            }
            numbers += [
                (language("References searched", "검색한 등록 자료"), summed("references"))
            ]
        }
        if summed("suppressed") > 0 {
            numbers.append((language("Suppressed as no match", "불일치로 제외"), summed("suppressed")))
        }
        try out.markup("<h2>" + language("Summary", "요약") + "</h2>\n")
        try writeWarnings()
        try out.markup("<dl class=\"sum\">")
        for (name, number) in numbers {
            try out.markup("<div><dt>\(name)</dt><dd>\(language.grouped(number))</dd></div>")
        }
        try out.markup("</dl>\n")
        if summed("comparedByBytesOnly") > 0 {
            try out.markup(
                "<p>"
                    + language(
                        "Of those in which nothing was found, \(language.grouped(summed("comparedByBytesOnly"))) are too plain for a hash: only their bytes were compared.",
                        "발견되지 않은 항목 중 \(language.grouped(summed("comparedByBytesOnly")))건은 너무 단조로워 해시를 쓸 수 없으므로 파일 내용만 비교했습니다."
                    ) + "</p>\n")
        }
        try out.markup(
            "<p class=\"dim\">"
                + language(
                    "A match is evidence, not proof: a person decides. Distance is the number of differing bits, 0 to 256; unrelated pictures are around 128.",
                    "일치는 증거일 뿐 확정이 아닙니다. 판단은 사람이 합니다. 거리는 서로 다른 비트 수(0~256)이며, 무관한 그림은 약 128입니다."
                ) + "</p>\n")
    }

    private mutating func writeWarnings() throws {
        func warn(_ text: String) throws { try out.markup("<p class=\"warn\">\(text)</p>\n") }
        if contents.wasStopped {
            try warn(language("The scan was stopped before its end.", "검사가 끝나기 전에 중단되었습니다."))
        }
        if contents.summaries == 0 {
            try warn(
                language(
                    "The records have no summary: the scan did not end, or the file is cut off. How many items were examined is not known.",
                    "기록에 요약이 없습니다. 검사가 끝나지 않았거나 파일이 잘렸습니다. 검사한 항목 수를 알 수 없습니다."))
        }
        if contents.malformedLines > 0 {
            let lines = contents.firstMalformed.map(String.init).joined(separator: ", ")
            let more = contents.malformedLines > contents.firstMalformed.count ? ", …" : ""
            try warn(
                language(
                    "\(language.grouped(contents.malformedLines)) of \(language.grouped(contents.lineCount)) lines are no records and are not in this report (\(contents.malformedLines == 1 ? "line" : "lines") \(lines)\(more)).",
                    "전체 \(language.grouped(contents.lineCount))줄 중 \(language.grouped(contents.malformedLines))줄은 올바른 기록이 아니어서 이 보고서에 없습니다(\(lines)\(more)번째 줄)."
                ))
        }
    }

    /// Every reference that was found, with where.
    private mutating func writeReferences() throws {
        var places = [[(place: Int, group: Int)]](repeating: [], count: contents.references.count)
        for (number, place) in contents.places.enumerated() {
            for (at, group) in place.groups.enumerated() { places[group.reference].append((number, at)) }
        }
        try out.markup("<h2>" + language("By reference", "등록 자료별") + "</h2>\n")
        guard !contents.references.isEmpty else {
            try out.markup("<p>" + language("No matches.", "일치가 없습니다.") + "</p>\n")
            return
        }
        let heads = [
            language("Case", "사건"), language("Reference", "등록 자료"), language("Findings", "발견"),
            language("Matches", "일치"), language("Where", "위치"),
        ]
        try out.markup("<table class=\"r\"><thead><tr>")
        for (at, head) in heads.enumerated() {
            try out.markup((2...3).contains(at) ? "<th class=\"n\">\(head)</th>" : "<th>\(head)</th>")
        }
        try out.markup("</tr></thead><tbody>\n")
        for (number, reference) in contents.references.enumerated() {
            let groups = places[number].map { contents.places[$0.place].groups[$0.group] }
            try out.markup("<tr><td data-k=\"\(heads[0])\">")
            try out.strange(reference.caseID.rawValue)
            try out.markup("</td><td data-k=\"\(heads[1])\">\(reference.number)</td>")
            try out.markup(
                "<td class=\"n\" data-k=\"\(heads[2])\">\(language.grouped(groups.reduce(0) { $0 + $1.findings.count }))</td>"
            )
            try out.markup(
                "<td class=\"n\" data-k=\"\(heads[3])\">\(language.grouped(groups.reduce(0) { $0 + $1.matchCount }))</td>"
            )
            try out.markup("<td data-k=\"\(heads[4])\"><span>")
            for (at, place) in places[number].prefix(20).enumerated() {
                try out.markup("\(at == 0 ? "" : ", ")<a href=\"#p\(place.place)r\(number)\">")
                try out.strange(contents.places[place.place].place.name)
                try out.markup("</a>")
            }
            if places[number].count > 20 {
                try out.markup(language(" and \(places[number].count - 20) more", " 외 \(places[number].count - 20)곳"))
            }
            try out.markup("</span></td></tr>\n")
        }
        try out.markup("</tbody></table>\n")
    }
}
