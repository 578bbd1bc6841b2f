import MediaModel
import TestSupport
import Testing

@Suite struct Quadrilaterals {
    /// Convex ones: a box with each corner moved by less than a quarter of its sides.
    private func any(_ generator: inout SeededGenerator) -> Quadrilateral {
        func near(_ value: Double) -> Double { value + Double.random(in: -0.12...0.12, using: &generator) }
        return Quadrilateral([(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)].map { (near($0), near($1)) })!
    }

    @Test func mapTheSquareToTheirCornersAndBack() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let part = any(&generator)
            for ((x, y), corner) in zip([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)], part.points) {
                let there = part.projection(x, y)
                #expect(abs(there.x - corner.x) < 1e-9 && abs(there.y - corner.y) < 1e-9)
            }
            let (x, y) = (Double.random(in: 0...1, using: &generator), Double.random(in: 0...1, using: &generator))
            let there = part.projection(x, y)
            let back = part.projection.inverse(there.x, there.y)
            #expect(abs(back.x - x) < 1e-9 && abs(back.y - y) < 1e-9)
        }
    }

    @Test func areConvexAndRunClockwise() {
        #expect(Quadrilateral([(0, 0), (1, 0), (1, 1), (0, 1)]) != nil)
        #expect(Quadrilateral([(0, 0), (0, 1), (1, 1), (1, 0)]) == nil)
        #expect(Quadrilateral([(0, 0), (1, 1), (1, 0), (0, 1)]) == nil)
        #expect(Quadrilateral([(0, 0), (1, 0), (0.2, 0.2), (0, 1)]) == nil)
        #expect(Quadrilateral([(0, 0), (0.5, 0), (1, 0), (0, 1)]) == nil)
        #expect(Quadrilateral([(0, 0), (1, 0), (1, 1)]) == nil)
        #expect(Quadrilateral([(0, 0), (0, 0), (0, 0), (0, 0)]) == nil)
    }

    @Test func surviveTheRoundTripWithinDetails() throws {
        var generator = SeededGenerator(seed: 2)
        let hash = Hash256(1, 2, 3, 4)
        var hashes = [RegionHash(window: .whole, kind: .whole, hash: hash, quality: .usualGate)]
        for kind in [RegionHash.Kind.slanted, .tilted, .edged] {
            let part = any(&generator)
            hashes.append(
                RegionHash(
                    window: try #require(part.bounds), kind: kind, hash: hash, quality: .usualGate,
                    corners: kind == .edged ? nil : part))
        }
        let feature = LocalFeature(x: 1, y: 2, radius: 3, angle: 4, descriptor: hash)
        let details = PictureDetails(hashes: hashes, features: [feature])
        let bytes = details.bytes
        #expect(bytes.count == details.byteCount)
        #expect(PictureDetails(bytes: bytes[...]) == details)
        for count in 0..<bytes.count { #expect(PictureDetails(bytes: bytes[..<count]) == nil) }
        #expect(PictureDetails(bytes: (bytes + [0])[...]) == nil)
        // The first corner of the first quadrilateral moved onto the third one: no longer convex.
        var wrong = bytes
        let corners = 6 + 43 + 43
        wrong.replaceSubrange(corners..<corners + 4, with: bytes[corners + 8..<corners + 12])
        #expect(PictureDetails(bytes: wrong[...]) == nil)
    }

    @Test func areReadFromWhatTheVersionBeforeWrote() {
        let hash = RegionHash(window: .whole, kind: .edged, hash: Hash256(1, 2, 3, 4), quality: .usualGate)
        let details = PictureDetails(hashes: [hash])
        var bytes = details.bytes
        bytes[0] = 2
        #expect(PictureDetails(bytes: bytes[...]) == details)
        bytes[0] = 1
        #expect(PictureDetails(bytes: bytes[...]) == nil)
    }
}
