import Foundation
import HashIndex
import Matching
import MediaModel
import TestSupport
import Testing

@Suite struct VPDQRule {
    private func feature(_ word: UInt64, quality: Int = 100) -> Feature {
        Feature(hash: Hash256(word, 0, 0, 0), quality: Quality(rawValue: quality), isDegenerate: false)
    }

    @Test func variantsDifferInToleranceAndRepetitions() {
        let query = [feature(0), feature(0), feature(.max)]
        let compared = [feature((1 << 31) - 1), feature(.max, quality: 49)]
        let cpp = vpdqOverlap(query: query, compared: compared, variant: .cpp)
        #expect(cpp == VPDQOverlap(queryMatched: 0, queryKept: 3, comparedMatched: 0, comparedKept: 1))
        let python = vpdqOverlap(query: query, compared: compared, variant: .pythonBrute)
        #expect(python == VPDQOverlap(queryMatched: 1, queryKept: 2, comparedMatched: 1, comparedKept: 1))
        #expect(python.queryPercent == 50 && python.comparedPercent == 100)
    }

    @Test func firstOfEqualHashesCountsBeforeQualityDoesInPythonsBruteMatcher() {
        let query = [feature(0, quality: 0), feature(0)]
        #expect(vpdqOverlap(query: query, compared: [feature(0)], variant: .pythonBrute).queryKept == 0)
        #expect(vpdqOverlap(query: query, compared: [feature(0)], variant: .pythonIndex).queryKept == 1)
    }

    @Test func isZeroWithoutFrames() {
        let overlap = vpdqOverlap(query: [feature(0)], compared: [])
        #expect(overlap.queryPercent == 0 && overlap.comparedPercent == 0)
    }

    /// A registry of all of these, looked up as a scan does.
    @Test(.enabled(if: Paths.shared != nil)) func countsTheSameInAScan() throws {
        let data = try Data(contentsOf: Paths.shared!.appending(path: "golden/vpdq_match.json"))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var compared = 0
        for config in try #require(file["configs"] as? [[String: Any]]) {
            let step = config["config"] as? String == "every_frame" ? 1 : 30
            func frames(_ name: String) throws -> [Feature] {
                let all = try #require(GoldenClips.features[name])
                return stride(from: 0, to: all.count, by: step).map { all[$0] }.filter { $0.quality.rawValue >= 50 }
            }
            let rows = try #require(config["rows"] as? [[Any]])
            let names = Set(rows.map { $0[1] as! String }).sorted()
            var (entries, references): ([IndexEntry], [RegisteredReference]) = ([], [])
            for (number, name) in names.enumerated() {
                let (id, frames) = (ReferenceID(rawValue: Int64(number)), try frames(name))
                entries += frames.enumerated().map {
                    IndexEntry(hash: $1.hash, reference: id, orientation: .orig, milliseconds: Int32(40 * $0))
                }
                references.append(
                    RegisteredReference(
                        id: id, caseID: CaseID(rawValue: name)!,
                        sha256: SHA256Digest(bytes: [UInt8](repeating: UInt8(number), count: 32))!,
                        video: RegisteredVideo(frameTimes: frames.indices.map { Int32(40 * $0) }, duration: 0)))
            }
            var policy = MatchingPolicy()
            policy.vpdq = VPDQPolicy(leastItemPercent: 0, leastReferencePercent: 0)
            let matcher = Matcher(
                index: ReferenceIndex(entries: entries, radius: 31), references: references, policy: policy)
            for (query, rows) in Dictionary(grouping: rows, by: { $0[0] as! String }) {
                let hashed = try frames(query).enumerated().map { number, feature in
                    HashedFrame(time: FrameFeature(milliseconds: Int32(40 * number), feature: feature), hashes: [])
                }
                let video = SearchedVideo(frames: HashedFrames(hashed), width: 1, height: 1, duration: 0)
                let found = matcher.findings(video, sha256: nil).matches
                for row in rows {
                    func number(_ column: Int) -> Int { (row[column] as! NSNumber).intValue }
                    let match = found.first { $0.caseID.rawValue == row[1] as! String }
                    guard number(2) > 0 else {
                        #expect(match == nil && number(5) == 0)
                        continue
                    }
                    #expect(
                        match?.vpdq
                            == VPDQOverlap(
                                queryMatched: number(2), queryKept: number(3), comparedMatched: number(5),
                                comparedKept: number(6)))
                    compared += 1
                }
            }
        }
        #expect(compared > 100)
    }

    @Test(.enabled(if: Paths.shared != nil)) func equalsTheReference() throws {
        let data = try Data(contentsOf: Paths.shared!.appending(path: "golden/vpdq_match.json"))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var compared = 0
        for config in try #require(file["configs"] as? [[String: Any]]) {
            let step = config["config"] as? String == "every_frame" ? 1 : 30
            for row in try #require(config["rows"] as? [[Any]]) {
                func frames(_ column: Int) throws -> [Feature] {
                    let all = try #require(GoldenClips.features[row[column] as! String])
                    return stride(from: 0, to: all.count, by: step).map { all[$0] }
                }
                func number(_ column: Int) -> Double { (row[column] as! NSNumber).doubleValue }
                let (query, target) = (try frames(0), try frames(1))
                let cpp = vpdqOverlap(query: query, compared: target)
                #expect([cpp.queryMatched, cpp.queryKept].map(Double.init) == [number(2), number(3)])
                #expect([cpp.comparedMatched, cpp.comparedKept].map(Double.init) == [number(5), number(6)])
                #expect(abs(cpp.queryPercent - number(4)) < 0.006 && abs(cpp.comparedPercent - number(7)) < 0.006)
                for (variant, column) in [(VPDQVariant.pythonBrute, 8), (.pythonIndex, 12)] {
                    let found = vpdqOverlap(query: query, compared: target, variant: variant)
                    #expect(
                        [found.queryMatched, found.queryKept, found.comparedMatched, found.comparedKept]
                            .map(Double.init) == (column..<column + 4).map(number))
                }
                compared += 1
            }
        }
        #expect(compared > 100)
    }
}
