import ContentDigest
import MediaModel
import WorkerProtocol

/// What a record brought over the web, on its way to a memory file: codings undone, digests computed.
final class Payload {
    private let outlet: MemberOutlet
    private let type: String?
    private let coding: String
    private var chunks: ChunkedDecoder?
    private var content: ContentDecoder?
    /// Held until they tell whether this is media.
    private var start: [UInt8] = []
    private var hasStarted = false
    private var isDecided = false
    private(set) var isMedia = false
    private(set) var file: MemberFile?
    private(set) var failure: ItemFailure?

    /// Whether media without a byte are media.
    private let expectsBytes: Bool
    private let digest: PayloadDigest?
    /// Of the bytes as they came, without chunking, and without content coding: writers differ in what they take.
    private var hashers: [ContentHasher] = []

    init(
        _ outlet: MemberOutlet, type: String?, transfer: String?, coding: String?, digest: PayloadDigest?,
        expectsBytes: Bool = true
    ) {
        self.expectsBytes = expectsBytes
        (self.outlet, self.type, self.digest) = (outlet, type, digest)
        self.coding = coding ?? ""
        if transfer?.lowercased().contains("chunked") == true { chunks = ChunkedDecoder() }
        let forms = 1 + (chunks == nil ? 0 : 1) + (self.coding.isEmpty ? 0 : 1)
        if let digest { hashers = (0..<forms).map { _ in ContentHasher(digest.algorithm) } }
    }

    /// Whether nothing that may follow matters.
    var isOver: Bool { (isDecided && !isMedia) || failure != nil }

    func take(_ bytes: UnsafeRawBufferPointer) throws(UnpackProblem) {
        if !hasStarted {
            hasStarted = true
            // Some crawlers keep the header and store the bytes without chunks.
            if chunks != nil, !Self.looksChunked(bytes) { chunks = nil }
        }
        hashers.first?.update(bytes)
        guard chunks != nil else { return try takeMessage(bytes) }
        try chunks!.take(bytes) { part throws(UnpackProblem) in
            if hashers.count > 1 { hashers[1].update(part) }
            try takeMessage(part)
        }
    }

    private static func looksChunked(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let line = bytes.prefix(18).prefix { $0 != 0x0D && $0 != 0x0A && $0 != 0x3B }
        return !line.isEmpty && line.count < 18 && line.count < bytes.count
            && line.allSatisfy { UnicodeScalar($0).properties.isASCIIHexDigit || $0 == 0x20 }
    }

    private var contentIsKnown = false

    private func takeMessage(_ bytes: UnsafeRawBufferPointer) throws(UnpackProblem) {
        if !contentIsKnown, !bytes.isEmpty {
            contentIsKnown = true
            switch ContentDecoder.of(coding, start: bytes) {
            case .none:
                failure = ItemFailure(
                    .unsupported, .unsupportedFormat, "the content coding \(coding) is not undone")
                isMedia = type?.hasPrefix("image/") == true || type?.hasPrefix("video/") == true
                isDecided = true
                return
            case .some(let decoder): content = decoder
            }
        }
        guard let content else { return try takeContent(bytes) }
        try content.take(bytes) { part throws(UnpackProblem) in
            try outlet.count(output: part.count)
            if !coding.isEmpty { hashers.last?.update(part) }
            try takeContent(part)
        }
    }

    private func takeContent(_ bytes: UnsafeRawBufferPointer) throws(UnpackProblem) {
        guard !isOver else { return }
        guard !isDecided else { return write(bytes) }
        if start.isEmpty, bytes.count >= Self.telling {
            decide(bytes)
            return isMedia ? write(bytes) : ()
        }
        start += bytes
        if start.count >= Self.telling { decideByStart() }
    }

    /// First bytes that are enough to tell.
    private static let telling = 262

    private func decide(_ bytes: UnsafeRawBufferPointer) {
        isDecided = true
        isMedia = MediaSigns.areIn(type: type, start: bytes) && (expectsBytes || !bytes.isEmpty)
    }

    private func decideByStart() {
        start.withUnsafeBytes {
            decide($0)
            if isMedia { write($0) }
        }
        start = []
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        if file == nil { file = outlet.openFile() }
        if !file!.append(bytes) {
            failure = ItemFailure(.overLimit, .tooManyBytes, "more than \(outlet.request.memberBytes) bytes")
        }
    }

    /// Nothing follows. Gives what is wrong with the codings.
    func finish() -> String? {
        if !isDecided { decideByStart() }
        if let flaw = chunks?.flaw ?? content?.flaw { return flaw }
        guard failure == nil, isMedia else { return nil }
        if let chunks, !chunks.isComplete { return "its last chunk is missing" }
        if let content, !content.isComplete { return "its content coding is cut off" }
        return nil
    }

    /// Nil when there is nothing to compare. - Precondition: `finish` was called, once each.
    func digestHolds() -> Bool? {
        guard let digest, failure == nil, !hashers.isEmpty else { return nil }
        return hashers.contains { digest.isThat(of: $0) }
    }
}
