import MediaModel

extension HTMLReport {
    /// With so many matches, or fewer, every place is open from the start.
    private static let maximumOpen = 100

    /// Every place with its findings, by reference.
    mutating func writePlaces() throws {
        guard !contents.places.isEmpty else { return }
        try out.markup("<h2>" + language("By host", "호스트별") + "</h2>\n")
        for (number, place) in contents.places.enumerated() {
            // A few are open at once; a reader opens what he wants of many.
            let isOpen = contents.matchCount <= Self.maximumOpen ? " open" : ""
            try out.markup("<section class=\"place\"><details\(isOpen)><summary>")
            if case .folder = place.place { try out.markup("<span class=\"k\">\(language("folder", "폴더"))</span> ") }
            try out.strange(place.place.name)
            try out.markup(" — " + counts(place.findingCount, place.matchCount) + "</summary>\n")
            for group in place.groups {
                let reference = contents.references[group.reference]
                try out.markup("<h3 id=\"p\(number)r\(group.reference)\">\(language("Case", "사건")) ")
                try out.strange(reference.caseID.rawValue)
                try out.markup(
                    ", \(language("reference", "등록 자료")) \(reference.number) — "
                        + counts(group.findings.count, group.matchCount) + "</h3>\n")
                for finding in group.findings { try write(finding) }
            }
            try out.markup("</details></section>\n")
        }
    }

    private func counts(_ findings: Int, _ matches: Int) -> String {
        language.count(findings, "finding", "findings", "발견") + ", "
            + language.count(matches, "match", "matches", "일치")
    }

    private mutating func write(_ finding: ReportContents.Finding) throws {
        let first = try file.record(at: finding.matches.first!)
        try out.markup("<div class=\"f\"><div>")
        try writeOrigin(first)
        try writeDigests(first)
        if finding.matches.count > 1 { try writeCopies(finding.matches.dropFirst()) }
        try out.markup("</div><div>")
        try writeEvidence(first)
        if let thumbnail { try write(try thumbnail(first)) }
        try out.markup("</div></div>\n")
    }

    /// Where it came from: text, never a link that somebody could follow by mistake.
    private mutating func writeOrigin(_ record: ReadRecord) throws {
        if let url = record.url {
            try out.markup("<code>")
            try out.strange(url)
            try out.markup("</code>")
            try line(language("page", "게시 페이지"), record.page)
            try line(language("captured", "수집 시각"), record.captured)
            try line(language("file", "파일"), record.printedPath)
        } else {
            try out.markup("<code>")
            try out.strange(record.printedPath)
            try out.markup("</code>")
            try line(language("page", "게시 페이지"), record.page)
            try line(language("captured", "수집 시각"), record.captured)
        }
    }

    private mutating func line(_ name: String, _ value: String?) throws {
        guard let value else { return }
        try out.markup("<br><span class=\"k\">\(name)</span> ")
        try out.strange(value)
    }

    private mutating func writeDigests(_ record: ReadRecord) throws {
        if let digest = record.sha256 {
            try out.markup("<br><span class=\"k\">SHA-256</span> <code>\(digest)</code>")
        }
        for (name, digits) in [("MD5", record.md5), ("SHA-1", record.sha1)] {
            if let digits { try out.markup("<br><span class=\"k\">\(name)</span> <code>\(digits)</code>") }
        }
    }

    private mutating func writeCopies(_ copies: ArraySlice<RecordFile.Place>) throws {
        let title = language(
            "\(language.grouped(copies.count)) more of the same", "같은 자료 \(language.grouped(copies.count))건 더")
        try out.markup("<details><summary>\(title)</summary><ul>")
        for place in copies {
            let record = try file.record(at: place)
            try out.markup("<li>")
            try writeOrigin(record)
            try writeDigests(record)
            try out.markup("<br>")
            try writeEvidence(record)
            try out.markup("</li>")
        }
        try out.markup("</ul></details>")
    }

    private mutating func writeEvidence(_ record: ReadRecord) throws {
        guard let evidence = record.evidence, let distance = record.distance, let orientation = record.orientation
        else { return }
        var facts = ["<b>\(language.name(evidence))</b>"]
        if evidence != .bytes {
            facts.append("\(language("distance", "거리")) \(distance)")
            facts.append(language.name(orientation))
        }
        if record.isNegative { facts.append(language("bright and dark swapped", "명암 반전")) }
        if let quality = record.quality { facts.append("\(language("quality", "품질")) \(quality)") }
        if let inliers = record.inliers {
            facts.append(language("\(inliers) details agree", "세부 특징 \(inliers)개 일치"))
        }
        try out.markup(facts.joined(separator: ", "))
        if let region = record.region, record.referenceRegion != nil || evidence == .region || evidence == .features {
            try out.markup("<br>" + language("in ", "") + name(region))
            if let part = record.referenceRegion {
                try out.markup(language(", of the reference ", ", 등록 자료의 ") + name(part))
            }
        }
        var media: [String] = []
        if let format = record.format { media.append(HTMLWriter.escaped(format)) }
        if let width = record.width, let height = record.height { media.append("\(width) × \(height)") }
        if let duration = record.durationMilliseconds { media.append(ReportLanguage.clock(duration)) }
        if let count = record.byteCount { media.append(language.size(count)) }
        if !media.isEmpty { try out.markup("<br><span class=\"k\">" + media.joined(separator: ", ") + "</span>") }
        if !record.segments.isEmpty { try writeSegments(record) }
    }

    private func name(_ region: Region) -> String {
        language(
            "\(region.width) × \(region.height) pixels at (\(region.x), \(region.y))",
            "(\(region.x), \(region.y)) 위치의 \(region.width) × \(region.height) 화소")
    }

    private mutating func writeSegments(_ record: ReadRecord) throws {
        let label = language(
            "Above the item's time, below the reference's", "위는 발견된 영상의 시간, 아래는 등록 자료의 시간")
        try out.markup(Timeline(record.segments, duration: record.durationMilliseconds).svg(label: label))
        let shown = record.segments.prefix(Timeline.maximumDrawn).map { segment in
            let (item, reference) = (Self.range(segment.item), Self.range(segment.reference))
            let count = segment.frames
            let pace = segment.speed == 0 ? "" : language.pace(segment.speed)
            return language(
                "\(item) shows \(reference)\(pace), \(count) \(count == 1 ? "frame" : "frames"), \(segment.medianDistance) bits",
                "\(item) 구간이 \(reference) 구간과 일치\(pace), 프레임 \(count)개, 거리 \(segment.medianDistance)")
        }
        try out.markup("<span class=\"k\">" + shown.joined(separator: "<br>"))
        let more = record.segments.count - shown.count
        if more > 0 { try out.markup("<br>" + language("and \(more) more segments", "외 \(more)구간")) }
        try out.markup("</span>")
    }

    private static func range(_ range: ClosedRange<Int64>) -> String {
        let (from, to) = (ReportLanguage.clock(range.lowerBound), ReportLanguage.clock(range.upperBound))
        return range.count == 1 ? from : "\(from)–\(to)"
    }

    private mutating func write(_ thumbnail: Thumbnail) throws {
        switch thumbnail {
        case .missing(let why):
            try out.markup("<br><span class=\"k\">\(language("no thumbnail", "미리보기 없음")): ")
            try out.text(why)
            try out.markup("</span>")
        case .luma(let pixels, let width, let height):
            let title = language("Show a blurred thumbnail", "흐린 미리보기 보기")
            try out.markup(
                "<details class=\"pic\"><summary>\(title)</summary><img alt=\"\" src=\"data:image/png;base64,")
            try out.markup(Base64.encoded(GrayPNG.encoded(pixels, width: width, height: height)))
            try out.markup("\"></details>")
        }
    }

    /// What was not examined in full, and why.
    mutating func writeUnexamined() throws {
        guard !contents.unexamined.isEmpty else { return }
        try out.markup("<h2>" + language("Not examined in full", "전부 검사하지 못한 항목") + "</h2>\n")
        for kind in contents.unexamined {
            try out.markup("<details class=\"u\"><summary>\(language.name(kind.verdict)): ")
            try out.text(language.reason(kind.reason))
            try out.markup(" — " + language.count(kind.count, "item", "items", "항목") + "</summary><ul>\n")
            for place in kind.listed {
                let record = try file.record(at: place)
                try out.markup("<li><code>")
                try out.strange(record.url ?? record.printedPath)
                try out.markup("</code>")
                if record.url != nil { try line(language("file", "파일"), record.printedPath) }
                if let detail = record.detail {
                    try out.markup(" <span class=\"k\">")
                    try out.strange(detail)
                    try out.markup("</span>")
                }
                try out.markup("</li>\n")
            }
            try out.markup("</ul>")
            let more = kind.count - kind.listed.count
            if more > 0 {
                try out.markup(
                    "<p>"
                        + language(
                            "\(language.grouped(more)) more are in the records, and in the report as CSV.",
                            "나머지 \(language.grouped(more))건은 기록과 CSV 보고서에 있습니다.") + "</p>")
            }
            try out.markup("</details>\n")
        }
    }

    /// How it was folded, and by which settings it was found.
    mutating func writeNotes() throws {
        try out.markup("<h2>" + language("How to read this", "읽는 법") + "</h2>\n<p>")
        try out.markup(
            language(
                "Matches of one reference at one host are one finding when their bytes are the same, or when they lie in one folder, show the whole reference in the same orientation and are at most \(FindingFold.nearDistance) bits from it; then they are at most \(2 * FindingFold.nearDistance) bits from each other.",
                "한 호스트에서 같은 등록 자료와 일치한 것 가운데 파일 내용이 같거나, 같은 폴더에 있으면서 자료 전체를 같은 방향으로 보여 주고 거리가 \(FindingFold.nearDistance) 이하인 것(서로 간 거리 \(2 * FindingFold.nearDistance) 이하)은 하나의 발견으로 묶었습니다."
            ))
        try out.markup("</p>\n")
        for (name, values) in [
            (language("Records", "기록"), source.map { [$0] } ?? []),
            (language("Paths are meant from", "경로 기준 폴더"), contents.folders.sorted()),
            (language("Version of Ansim", "안심 버전"), contents.engines.sorted()),
            (language("Settings", "설정"), contents.settings.sorted()),
        ] where !values.isEmpty {
            try out.markup("<p class=\"dim\">\(name) ")
            for value in values {
                try out.markup("<code>")
                try out.strange(value)
                try out.markup("</code> ")
            }
            try out.markup("</p>\n")
        }
    }
}
