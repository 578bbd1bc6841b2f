import Foundation
import TestSupport
import Testing

@Suite struct Bench {
    private let ansim = Tool()

    @Test func saysHowFastThisMachineIs() throws {
        let result = try ansim("bench", "--rounds", "1", "--workers", "2", ansim.crawl)
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines[0].contains("64 files") && lines[0].contains("--depth full"))
        for row in [("fast", 1), ("fast", 2), ("exact", 1), ("exact", 2)] {
            let cells = try #require(
                lines.map { $0.split(separator: " ") }.first { $0.first == row.0[...] && $0[1] == "\(row.1)" })
            #expect(cells.count == 5 && cells[2...].allSatisfy { Double($0) ?? 0 > 0 }, "\(cells)")
        }
        #expect(lines.last!.contains("MiB"))
    }

    @Test func hasNothingToMeasureInAnEmptyFolder() throws {
        let empty = TemporaryFolder()
        let result = try ansim("bench", empty.path)
        #expect(result.status == 1 && result.errors.contains("There are no files"))
        #expect(try ansim("bench", "--rounds", "0", ansim.crawl).status == 64)
    }
}
