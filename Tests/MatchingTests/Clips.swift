import Foundation
import Matching
import MediaModel
import TestSupport

/// Frames with their times in milliseconds: a real clip or what was made of it.
struct Clip {
    struct Frame {
        var time: Int64
        var hash: Hash256
    }
    var name = ""
    var frames: [Frame]
    var end: Int64

    /// Every frame that differs by more than 4 bits from the last one kept.
    func registered() -> (frames: [Frame], timeline: ReferenceTimeline) {
        var kept: [Frame] = []
        for frame in frames where kept.last.map({ $0.hash.distance(to: frame.hash) > 4 }) ?? true { kept.append(frame) }
        return (kept, ReferenceTimeline(times: kept.map(\.time), end: end))
    }

    /// Part of it, from time 0.
    func part(_ from: Int64, _ to: Int64) -> Clip {
        let inside = frames.filter { $0.time >= from && $0.time < to }
        return Clip(frames: inside.map { Frame(time: $0.time - from, hash: $0.hash) }, end: min(end, to) - from)
    }

    /// At another speed, backwards when negative; frames every 33 ms from the nearest before.
    func played(at speed: Double) -> Clip {
        let length = Int64(Double(end) / abs(speed))
        let made = stride(from: Int64(0), to: length, by: 33).map { time -> Frame in
            let source = speed > 0 ? Double(time) * speed : Double(end) + Double(time) * speed
            let at = frames.lastIndex { Double($0.time) <= source } ?? 0
            return Frame(time: time, hash: frames[at].hash)
        }
        return Clip(frames: made, end: length)
    }

    func appending(_ other: Clip) -> Clip {
        Clip(
            frames: frames + other.frames.map { Frame(time: $0.time + end, hash: $0.hash) }, end: end + other.end)
    }

    /// What a new encoding does to hashes: up to `bits` bits change.
    func encoded(bits: Int, _ random: inout SeededGenerator) -> Clip {
        var copy = self
        for i in copy.frames.indices {
            copy.frames[i].hash = flipped(copy.frames[i].hash, bits: Int.random(in: 0...bits, using: &random), &random)
        }
        return copy
    }

    func sampled(_ sampling: Sampling, _ random: inout SeededGenerator) -> [ItemFrame] {
        var chosen: [ItemFrame] = []
        var next = Int64.random(in: 0...sampling.gaps.lowerBound, using: &random)
        for frame in frames where frame.time >= next {
            chosen.append(ItemFrame(time: frame.time, hash: frame.hash))
            next = frame.time + Int64.random(in: sampling.gaps, using: &random)
        }
        return chosen
    }
}

/// How densely an item is looked at.
enum Sampling: String, CaseIterable {
    case every, oneASecond, keyframes

    /// Between looks, milliseconds.
    var gaps: ClosedRange<Int64> {
        switch self {
        case .every: 1...1
        case .oneASecond: 1000...1000
        case .keyframes: 2000...10_000
        }
    }
}

func flipped(_ hash: Hash256, bits: Int, _ random: inout SeededGenerator) -> Hash256 {
    var words = [hash.word0, hash.word1, hash.word2, hash.word3]
    for _ in 0..<bits {
        let bit = Int.random(in: 0..<256, using: &random)
        words[bit / 64] ^= 1 << UInt64(bit % 64)
    }
    return Hash256(words[0], words[1], words[2], words[3])
}

func randomHash(_ random: inout SeededGenerator) -> Hash256 {
    Hash256(random.next(), random.next(), random.next(), random.next())
}

func hits(_ items: [ItemFrame], _ reference: [Clip.Frame], radius: Int = 31) -> [FrameHit] {
    items.flatMap { item in
        reference.compactMap { frame in
            let distance = item.hash.distance(to: frame.hash)
            return distance > radius
                ? nil
                : FrameHit(
                    itemTime: item.time, referenceTime: frame.time, distance: distance, orientation: .orig)
        }
    }
}

/// The clips of the golden hashes with frames of sufficient quality, by file name.
enum GoldenClips {
    private struct File: Decodable {
        struct Video: Decodable {
            let path: String
            let rows: [Row]
        }
        struct Row: Decodable {
            let feature: Feature
            init(from decoder: any Decoder) throws {
                var row = try decoder.unkeyedContainer()
                _ = try row.decode(Int.self)
                let quality = Quality(rawValue: try row.decode(Int.self))
                feature = Feature(hash: Hash256(try row.decode(String.self))!, quality: quality, isDegenerate: false)
            }
        }
        let videos: [Video]
    }

    /// All frames, 30 a second in all of these clips.
    static let features: [String: [Feature]] = {
        guard let shared = Paths.shared else { return [:] }
        let data = try! Data(contentsOf: shared.appending(path: "golden/vpdq_videos.json"))
        let file = try! JSONDecoder().decode(File.self, from: data)
        return Dictionary(
            uniqueKeysWithValues: file.videos.map { video in
                let name = video.path.split(separator: "/").last!.split(separator: ".")[0]
                return (String(name), video.rows.map(\.feature))
            })
    }()

    static let all: [Clip] = features.sorted { $0.key < $1.key }.map { name, features in
        let frames = features.enumerated().filter { $0.element.quality >= .usualGate }
        return Clip(
            name: name, frames: frames.map { .init(time: Int64($0.offset) * 1000 / 30, hash: $0.element.hash) },
            end: Int64(features.count) * 1000 / 30)
    }

    /// One of each family: clips of one family are edits of each other.
    static let unrelated = all.filter {
        ["chair-orig-22-sd-bar", "doorknob-hd-no-bar", "pattern-longer-no-bar", "test-padded-dimensions"]
            .contains($0.name)
    }
}
