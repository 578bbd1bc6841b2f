import MediaModel

/// A report's language.
package enum ReportLanguage: String, Sendable, Hashable, CaseIterable {
    case en, ko

    /// The text in this language.
    func callAsFunction(_ english: String, _ korean: String) -> String { self == .en ? english : korean }

    /// A number of things: `3 matches`, `일치 3건`.
    func count(_ number: Int, _ one: String, _ many: String, _ korean: String) -> String {
        self == .en ? "\(grouped(number)) \(number == 1 ? one : many)" : "\(korean) \(grouped(number))건"
    }

    /// `1,234,567`
    func grouped(_ number: some BinaryInteger) -> String {
        let digits = Array(String(number))
        let first = digits.first == "-" ? 1 : 0
        var out = ""
        for (place, digit) in digits.enumerated() {
            if place > first, (digits.count - place) % 3 == 0 { out += "," }
            out.append(digit)
        }
        return out
    }

    func name(_ verdict: Verdict) -> String {
        switch verdict {
        case .match: self("match", "일치")
        case .possible: self("possible match", "일치 가능")
        case .clear: self("nothing found", "발견되지 않음")
        case .partial: self("examined only in part", "일부만 검사함")
        case .undecodable: self("can't be decoded", "해독할 수 없음")
        case .unsupported: self("format not decoded", "지원하지 않는 형식")
        case .overLimit: self("over a limit", "한도 초과")
        }
    }

    /// A record's `reason`; the word itself when it is of a later version.
    func reason(_ word: String) -> String {
        guard let reason = ItemFailure.Reason(rawValue: word) else { return word }
        return switch reason {
        case .unreadable: self("unreadable", "읽을 수 없음")
        case .notAFile: self("not a file", "일반 파일이 아님")
        case .brokenLink: self("broken link", "끊어진 링크")
        case .linkLeadsOut: self("link that leads out of the scanned folders", "검사 대상 폴더 밖을 가리키는 링크")
        case .empty: self("empty file", "빈 파일")
        case .notAPicture: self("no known picture or video format", "알려진 그림·영상 형식이 아님")
        case .unsupportedFormat: self("format that is not decoded", "해독하지 않는 형식")
        case .corrupt: self("broken file", "손상되어 열 수 없음")
        case .damaged: self("damaged; examined as far as it goes", "일부 손상, 읽을 수 있는 데까지 검사함")
        case .furtherFrames: self("several pages or frames; the first was examined", "여러 쪽·프레임 중 첫 번째만 검사함")
        case .tooFewFrames:
            self("some frames are near, too few to tell; scan the file again", "일부 프레임이 비슷하나 판단하기에 부족함. 파일을 다시 검사해야 함")
        case .furtherStreams: self("several video streams; the first was examined", "여러 영상 스트림 중 첫 번째만 검사함")
        case .tooManyPixels: self("too many pixels", "화소 수 한도 초과")
        case .tooManyBytes: self("too many bytes", "파일 크기 한도 초과")
        case .tooMuchMemory: self("needs too much memory", "메모리 한도 초과")
        case .tooSlow: self("takes too long", "시간 한도 초과")
        case .tooComplex: self("too complex", "복잡도 한도 초과")
        case .malformedLine: self("line that names no item", "대상을 나타내지 않는 입력 줄")
        case .tooManyMembers: self("archive with too many members", "압축 파일 항목 수 한도 초과")
        case .tooCompressed: self("archive that unpacks to too much", "압축 해제 크기 한도 초과")
        case .tooDeep: self("archives within archives, too deep", "압축 중첩 단계 한도 초과")
        case .decoderCrashed: self("the decoder failed on it; set aside", "해독기가 중단되어 보류함")
        }
    }

    func name(_ evidence: MatchEvidence) -> String {
        switch evidence {
        case .bytes: self("the same file", "동일한 파일")
        case .whole: self("the whole picture", "그림 전체")
        case .region: self("a part of the picture", "그림의 일부")
        case .features: self("details of the picture", "그림의 세부 특징")
        case .video: self("scenes of the video", "영상 구간")
        case .frame: self("one moment", "한 장면")
        }
    }

    func name(_ orientation: Dihedral) -> String {
        guard self == .ko else { return orientation.explanation }
        return switch orientation {
        case .orig: "원래 방향"
        case .rot90: "반시계 방향 90° 회전"
        case .rot180: "180° 회전"
        case .rot270: "반시계 방향 270° 회전"
        case .flipx: "상하 반전"
        case .flipy: "좌우 반전"
        case .flipp: "주대각선 대칭"
        case .flipm: "반대각선 대칭"
        }
    }

    /// How a segment runs beside the reference: `, at speed 1.25`, `, backwards`.
    func pace(_ speed: Double) -> String {
        let hundredths = Int((abs(speed) * 100).rounded())
        let (whole, rest) = (hundredths / 100, hundredths % 100)
        var text =
            hundredths == 100 ? "" : self(", at speed ", ", 속도 ") + "\(whole).\(rest < 10 ? "0" : "")\(rest)"
        if speed < 0 { text += self(", backwards", ", 역재생") }
        return text
    }

    /// `1:02.5`
    static func clock(_ milliseconds: Int64) -> String {
        let all = (milliseconds + 50) / 100
        let (seconds, tenths) = (all / 10, all % 10)
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":\(two(rest)).\(tenths)"
    }

    /// `12.3 MB`
    func size(_ bytes: Int64) -> String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var (value, unit) = (Double(bytes) / 1000, 0)
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 999.95, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
