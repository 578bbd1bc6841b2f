import MediaModel
import TestSupport
import Testing
import WorkerProtocol

@Suite struct Messages {
    private static let replies: [WorkerReply] = [
        WorkerReply(
            byteCount: 12345, sha256: SHA256Digest(bytes: [UInt8](0..<32)),
            content: .picture(
                PictureFacts(
                    format: .jpeg, width: 4000, height: 3000, exifOrientation: 6, quality: Quality(rawValue: 99),
                    isDegenerate: false, damage: "Premature end of JPEG file", hasFurtherFrames: false),
                hashes: (0..<33).map {
                    OrientedHash(
                        orientation: Dihedral(rawValue: UInt8($0 % 8))!, hash: Hash256(UInt64($0), .max, 0, 1 << 63))
                })),
        WorkerReply(
            byteCount: 0, sha256: nil,
            content: .picture(
                PictureFacts(
                    format: .webp, width: 1, height: 1, exifOrientation: nil, quality: Quality(rawValue: 0),
                    isDegenerate: true, damage: nil, hasFurtherFrames: false),
                hashes: [OrientedHash(orientation: .orig, hash: .zero)]),
            thumbnail: Thumbnail(pixels: [UInt8](0..<12), width: 4, height: 3)),
        WorkerReply(
            byteCount: 9, sha256: nil,
            content: .video(
                VideoFacts(
                    format: .video, container: "mov,mp4", codec: "h264", width: 640, height: 360, rotation: 90,
                    durationMilliseconds: 7_200_000, framesPerSecond: 23.976, damage: "3 damaged packets",
                    hasFurtherStreams: true, precision: .fast), frameCount: 77)),
        WorkerReply(
            byteCount: 1 << 40, sha256: nil,
            content: .failure(ItemFailure(.overLimit, .tooManyBytes, "too large"), format: .video)),
    ]

    @Test(arguments: replies) func surviveTheRoundTrip(reply: WorkerReply) throws {
        #expect(try WorkerReply(decoding: reply.encoded[...]) == reply)
        #expect(reply.encoded.count <= WorkerReply.maximumCount)
    }

    @Test func ofRequestsSurviveTheRoundTrip() throws {
        var request = WorkerRequest(
            wanted: .reference, convention: .cli512, precision: .exact,
            limits: ItemLimits(bytes: 1, pixels: 2, memory: 3, seconds: 4, wallSeconds: 5), frameMode: .interval(1000),
            leastFrameDistance: 4, wantsDigestFirst: true)
        request.wantsThumbnail = true
        #expect(request.encoded.count == WorkerRequest.encodedCount)
        #expect(try WorkerRequest(decoding: request.encoded[...]) == request)
    }

    @Test(arguments: [1, WorkerBatch.maximumItems]) func ofBatchesSurviveTheRoundTrip(count: Int) throws {
        let batch = WorkerBatch(
            request: WorkerRequest(
                wanted: .single, convention: .fullSize, precision: .fast, limits: ItemLimits(), frameMode: .every),
            itemCount: count)
        #expect(batch.encoded.count == WorkerBatch.encodedCount)
        #expect(try WorkerBatch(decoding: batch.encoded[...]) == batch)
        for wrong in [0, UInt8(WorkerBatch.maximumItems + 1)] {
            #expect(throws: MalformedMessage.self) {
                try WorkerBatch(decoding: ([wrong] + batch.request.encoded)[...])
            }
        }
    }

    @Test(arguments: [
        FrameMode.every, .keyFrames(maximumGap: 2000), .keyFrames(maximumGap: nil), .interval(1),
        .vpdq(secondsPerHash: 0.7),
    ])
    func ofRequestsSayWhichFramesAreWanted(mode: FrameMode) throws {
        let request = WorkerRequest(
            wanted: .single, convention: .fullSize, precision: .exact, limits: ItemLimits(), frameMode: mode)
        #expect(try WorkerRequest(decoding: request.encoded[...]).frameMode == mode)
        #expect(request.encoded.count == WorkerRequest.encodedCount)
    }

    @Test(arguments: [1, 8]) func ofFramesSurviveTheRoundTrip(hashes: Int) throws {
        var (frames, bytes) = ([HashedFrame](), 0)
        while true {
            let i = frames.count
            let hash = Hash256(UInt64(i), 2, 3, 4)
            let region = RegionHash(window: .whole, kind: .edged, hash: hash, quality: .usualGate)
            let corner = LocalFeature(x: 1, y: 2, radius: 3, angle: 4, descriptor: hash)
            let frame = HashedFrame(
                time: FrameFeature(
                    milliseconds: Int32(i * 40),
                    feature: Feature(hash: hash, quality: Quality(rawValue: i % 101), isDegenerate: i % 7 == 0)),
                hashes: Dihedral.allCases.prefix(hashes).map { OrientedHash(orientation: $0, hash: hash) },
                details: i % 3 == 0 ? .none : PictureDetails(hashes: [region], features: [corner]))
            guard WorkerFrames.fits(frame, after: bytes, count: frames.count) else { break }
            frames.append(frame)
            bytes += WorkerFrames.encodedCount(of: frame)
        }
        #expect(frames.count > 100)
        let message = WorkerFrames(frames: frames).encoded
        #expect(message.count <= WorkerReply.maximumCount && WorkerFrames.isOne(message))
        #expect(try WorkerFrames(decoding: message[...]).frames == frames)
        #expect(try WorkerFrames(decoding: WorkerFrames(frames: []).encoded[...]).frames.isEmpty)
        for count in [0, 1, 2, message.count - 1] {
            #expect(throws: MalformedMessage.self) { try WorkerFrames(decoding: message[..<count]) }
        }
    }

    @Test func ofFramesWithBrokenDetailsAreRefused() throws {
        let hash = Hash256(1, 2, 3, 4)
        let details = PictureDetails(
            hashes: [RegionHash(window: .whole, kind: .edged, hash: hash, quality: .usualGate)],
            features: [LocalFeature(x: 1, y: 2, radius: 3, angle: 4, descriptor: hash)])
        let frame = HashedFrame(
            time: FrameFeature(
                milliseconds: 7, feature: Feature(hash: hash, quality: .usualGate, isDegenerate: false)),
            hashes: [OrientedHash(orientation: .orig, hash: hash)], details: details)
        let message = WorkerFrames(frames: [frame]).encoded
        let start = message.count - details.byteCount
        // The length; the version; the counts of hashes and of features; kind, orientation, an empty window, quality.
        let changes = [(-4, 1), (0, 9), (2, 2), (4, 2), (6, 200), (7, 8), (12, 0), (13, 0), (16, 101)]
        for (at, value) in changes {
            var wrong = message
            wrong[start + at] = UInt8(value)
            if at == 12 { wrong[start + 13] = 0 }
            if at == 13 { wrong[start + 12] = 0 }
            #expect(throws: MalformedMessage.self) { try WorkerFrames(decoding: wrong[...]) }
        }
        for count in start..<message.count {
            #expect(throws: MalformedMessage.self) { try WorkerFrames(decoding: message[..<count]) }
        }
    }

    @Test func ofAFastHashAskForOneOfOneConvention() throws {
        let fast = WorkerRequest(
            wanted: .single, convention: .fullSize, precision: .fast, limits: ItemLimits(), frameMode: .every)
        #expect(try WorkerRequest(decoding: fast.encoded[...]) == fast)
        for (wanted, convention) in [(HashSet.reference, HashConvention.fullSize), (.single, .cli512)] {
            let wrong = WorkerRequest(
                wanted: wanted, convention: convention, precision: .fast, limits: ItemLimits(), frameMode: .every)
            #expect(throws: MalformedMessage.self) { try WorkerRequest(decoding: wrong.encoded[...]) }
        }
    }

    @Test func ofReferralAreNothingElse() throws {
        let message = WorkerReferral().encoded
        _ = try WorkerReferral(decoding: message[...])
        for wrong in [[], [1], message + [0]] {
            #expect(throws: MalformedMessage.self) { try WorkerReferral(decoding: wrong[...]) }
        }
        #expect(!WorkerFrames.isOne(message))
        #expect(throws: MalformedMessage.self) { try WorkerReply(decoding: message[...]) }
        #expect(throws: MalformedMessage.self) { try WorkerDigest(decoding: message[...]) }
    }

    @Test(arguments: [nil, "seccomp: Function not implemented"]) func ofGreetingSurviveTheRoundTrip(failure: String?)
        throws
    {
        let hello = WorkerHello(landlockVersion: 7, failure: failure)
        #expect(try WorkerHello(decoding: hello.encoded[...]) == hello)
    }

    /// A worker is not to be trusted: whatever it sends is a reply or an error, never a crash.
    @Test func thatAreCutOrChangedAreRefusedOrRead() {
        var random = SeededGenerator(seed: 5)
        var refused = 0
        for reply in Self.replies {
            let bytes = reply.encoded
            for count in 0..<bytes.count {
                #expect(throws: MalformedMessage.self) { try WorkerReply(decoding: bytes[..<count]) }
            }
            #expect(throws: MalformedMessage.self) { try WorkerReply(decoding: (bytes + [0])[...]) }
            for _ in 0..<20_000 {
                var changed = bytes
                for _ in 0...Int.random(in: 0..<3, using: &random) {
                    changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if (try? WorkerReply(decoding: changed[...])) == nil { refused += 1 }
            }
        }
        #expect(refused > 1000)
    }

    /// A worker can say that it failed, not that an item is clear.
    @Test(arguments: [Verdict.clear, .match, .possible, .partial]) func canNotClearAnItem(verdict: Verdict) {
        let reply = WorkerReply(
            byteCount: 1, sha256: nil, content: .failure(ItemFailure(verdict, .corrupt, ""), format: .jpeg))
        #expect(throws: MalformedMessage.self) { try WorkerReply(decoding: reply.encoded[...]) }
    }

    @Test func clipWhatCodecsSay() throws {
        let text = "bell \u{7} and newline \n" + String(repeating: "한", count: 2000)
        let reply = WorkerReply(
            byteCount: 1, sha256: nil, content: .failure(ItemFailure(.undecodable, .corrupt, text), format: .jpeg))
        guard case .failure(let failure, _) = try WorkerReply(decoding: reply.encoded[...]).content else {
            Issue.record("no failure")
            return
        }
        #expect(failure.detail.utf8.count <= 1024)
        #expect(failure.detail.hasPrefix("bell   and newline  한"))
    }
}
