import MediaModel

/// The media in a WARC file (ISO 28500), record by record.
///
/// A member waits until the next response: what a crawler wrote of its request may come after it. What is no record is
/// passed over up to the next one, and told at the end.
final class WARCReader {
    private let input: RecordInput
    private let outlet: MemberOutlet
    private let gzip: GzipStream?
    private var index = -1
    private var referrers = Referrers()
    private var waiting: Waiting?
    private var damage: UnpackProblem?
    private var damagedPlaces = 0

    private struct Waiting {
        var origin: Origin
        let index: Int
        let file: MemberFile?
        let failure: ItemFailure?
    }

    init(_ stream: ByteStream, _ outlet: MemberOutlet) {
        (input, self.outlet) = (RecordInput(stream, outlet), outlet)
        gzip = stream as? GzipStream
    }

    func run() throws(UnpackProblem) {
        while true {
            do throws(UnpackProblem) {
                guard try readRecord() else { break }
            } catch {
                guard case .damaged = error.kind else {
                    try? deliver()
                    throw error
                }
                note(error)
                guard let gzip, gzip.skipDamage() else { break }
                input.forget()
            }
        }
        try deliver()
        guard let damage else { return }
        throw damagedPlaces == 1
            ? damage : UnpackProblem(.damaged, "\(damage.detail); damaged in \(damagedPlaces) places")
    }

    private func note(_ problem: UnpackProblem) {
        damagedPlaces += 1
        damage = damage ?? problem
        if waiting != nil, waiting!.origin.flaw == nil, waiting!.index == index {
            waiting!.origin.flaw = problem.detail
        }
    }

    private func deliver() throws(UnpackProblem) {
        guard let member = waiting else { return }
        waiting = nil
        try outlet.send(member.origin, index: member.index, file: member.file, failure: member.failure)
    }

    /// False at the end of the file.
    private func readRecord() throws(UnpackProblem) -> Bool {
        while let byte = try input.peek(1).first, byte == 0x0D || byte == 0x0A { input.advance(1) }
        let offset = try input.offset()
        let mark = try input.peekTogether(5)
        if mark.isEmpty { return false }
        guard mark.elementsEqual("WARC/".utf8) else {
            note(UnpackProblem(.damaged, "bytes that are no record at \(Self.place(offset))"))
            return try skipToRecord()
        }
        index += 1
        var left = Int64(HeaderFields.maximumCount)
        _ = try input.line(left: &left)
        guard let fields = try HeaderFields(input, left: &left) else {
            note(UnpackProblem(.damaged, "cut off or endless header at \(Self.place(offset))"))
            return true
        }
        guard let length = fields["content-length"].flatMap({ Int64($0) }), length >= 0 else {
            note(UnpackProblem(.damaged, "a record without a length at \(Self.place(offset))"))
            return try skipToRecord()
        }
        try readBlock(WARCRecord(fields: fields, offset: offset, length: length))
        return true
    }

    private static func place(_ offset: Int64) -> String { "byte \(offset)" }

    /// Goes to the next place that looks like a record's start.
    private func skipToRecord() throws(UnpackProblem) -> Bool {
        let mark = Array("WARC/1.".utf8)
        while true {
            let bytes = try input.peekTogether(1 << 16)
            guard bytes.count >= mark.count else { return false }
            var at = 0
            while at + mark.count <= bytes.count {
                if bytes[at] == mark[0], bytes[at..<at + mark.count].elementsEqual(mark) {
                    input.advance(at)
                    return true
                }
                at += 1
            }
            input.advance(bytes.count - mark.count + 1)
        }
    }

    private func readBlock(_ record: WARCRecord) throws(UnpackProblem) {
        var block = RecordBlock(input, record)
        switch record.kind {
        case .response, .resource:
            try deliver()
            try readMedia(record, &block)
        case .request, .metadata: try readContext(record, &block)
        case .other:
            try deliver()
            outlet.passOver()
        }
        try block.skipRest()
        if let problem = block.problem { note(UnpackProblem(.damaged, problem + " at \(Self.place(record.offset))")) }
    }

    private func readMedia(_ record: WARCRecord, _ block: inout RecordBlock) throws(UnpackProblem) {
        var origin = record.origin
        origin.members = [Origin.Member(name: [], index: index)]
        origin.page = referrers.page([record.fields.address("warc-concurrent-to"), record.uri])
        let stated = record.fields["warc-payload-digest"].flatMap { PayloadDigest($0) }
        var payload = Payload(outlet, type: record.fields["content-type"], transfer: nil, coding: nil, digest: stated)
        if record.isHTTP {
            guard let http = try HTTPHead(&block) else {
                block.problem = block.problem ?? "an HTTP message without a readable head"
                return
            }
            payload = Payload(
                outlet, type: http.fields["content-type"], transfer: http.fields["transfer-encoding"],
                coding: http.fields["content-encoding"], digest: stated,
                // Other answers have nothing to show: moved, not modified, not found.
                expectsBytes: http.status == 200)
            // With codings it is anybody's guess which bytes it counts.
            let isCoded = http.fields["transfer-encoding"] != nil || http.fields["content-encoding"] != nil
            block.expect(isCoded ? nil : http.contentLength)
        }
        var ending: UnpackProblem?
        do throws(UnpackProblem) {
            while let bytes = try block.next(), !payload.isOver {
                try payload.take(bytes)
                block.advance(bytes.count)
            }
        } catch {
            ending = error
        }
        let flaw = payload.finish()
        if payload.isMedia {
            origin.flaw = origin.flaw ?? flaw ?? block.problem ?? ending?.detail ?? block.shortfall
            if ending == nil, let stated = record.fields["warc-payload-digest"] {
                origin.payloadDigest = stated
                origin.payloadDigestHolds = payload.digestHolds()
            }
            var failure = payload.failure
            if failure == nil, payload.file == nil {
                failure = ItemFailure(.undecodable, .empty, "no bytes could be had of it")
            }
            waiting = Waiting(origin: origin, index: index, file: payload.file, failure: failure)
        } else {
            outlet.passOver()
        }
        if let ending { throw ending }
    }

    /// What a request or a note says of the page that a response was found on.
    private func readContext(_ record: WARCRecord, _ block: inout RecordBlock) throws(UnpackProblem) {
        outlet.passOver()
        let page: String?
        switch record.kind {
        case .request: page = try HTTPHead(&block)?.fields["referer"]
        default: page = try record.isFieldList ? block.fields()?["via"] : nil
        }
        guard let page, page.contains("://") else { return }
        let partner = record.fields.address("warc-concurrent-to") ?? record.fields.address("warc-refers-to")
        if waiting != nil, waiting!.origin.page == nil,
            partner.map({ $0 == waiting!.origin.recordID }) ?? (record.uri == waiting!.origin.url)
        {
            waiting!.origin.page = page
        } else {
            referrers.add(page, for: [record.id, partner == nil ? record.uri : nil])
        }
    }
}
