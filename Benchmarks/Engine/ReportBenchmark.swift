import Glibc
import Reporting

/// Time and memory of reports on so many matches: 200 hosts, 50 references, a third of them videos.
func benchmarkReport(matches: Int) throws {
    let path = "/tmp/ansim-benchmark-\(getpid()).jsonl"
    let file = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    precondition(file >= 0, "\(path) can't be made")
    unlink(path)
    var text: [UInt8] = []
    func flush() {
        precondition(write(file, text, text.count) == text.count, "no room for the records")
        text = []
    }
    for number in 0..<matches {
        text += Array(matchLine(number).utf8)
        if text.count > 1 << 20 { flush() }
    }
    text += Array("{\"schema\":\"ansim/1\",\"kind\":\"summary\",\"complete\":true,\"items\":\(matches)}\n".utf8)
    flush()
    let size = lseek(file, 0, SEEK_CUR)
    print("\(matches) matches, \(size / 1_000_000) MB of records")
    let records = RecordFile(descriptor: file)
    for format in ["csv", "html"] {
        let start = ContinuousClock.now
        var written = 0
        if format == "csv" {
            var report = CSVReport()
            try report.write(records) { written += $0.count }
        } else {
            try HTMLReport(try ReportContents(records), records, language: .en) { written += $0.count }.write()
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print(
            "\(format): \((ContinuousClock.now - start) / .seconds(1)) s, \(written / 1_000_000) MB, peak memory \(usage.ru_maxrss / 1024) MB"
        )
    }
    close(file)
}

private func matchLine(_ number: Int) -> String {
    let digits = String(number / 3, radix: 16)
    let digest = String(repeating: "0", count: 64 - digits.count) + digits
    let host = number % 200
    var line =
        #"{"schema":"ansim/1","kind":"match","path":"crawl/host\#(host)/\#(number / 1000)/picture-\#(number).jpg","bytes":\#(10_000 + number),"#
    line +=
        #""sha256":"\#(digest)","url":"https://host\#(host).example/board/\#(number / 1000)/picture-\#(number).jpg?w=1200","page":"https://host\#(host).example/board/\#(number / 1000)","#
    line += #""captured":"2026-11-20T10:00:00Z","format":"jpeg","width":1200,"height":800,"quality":100,"#
    line += #""precision":"fast","verdict":"match","case":"2026-\#(number % 10)","reference":\#(number % 50 + 1),"#
    guard number % 3 == 0 else {
        return line
            + #""found":"whole","distance":\#(number % 32),"orientation":"orig","segments":[],"settings":"0123456789abcdef"}"#
            + "\n"
    }
    let segment =
        #"{"from":1000,"to":9000,"referenceFrom":0,"referenceTo":8000,"speed":1.000,"orientation":"orig","frames":9,"distinctFrames":9,"medianDistance":6}"#
    return line
        + #""durationMs":20000,"found":"video","distance":6,"orientation":"orig","segments":[\#(segment)],"settings":"0123456789abcdef"}"#
        + "\n"
}
