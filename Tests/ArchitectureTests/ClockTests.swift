import Foundation
import TestSupport
import Testing

@Suite struct Clocks {
    /// The wall clock jumps, also backwards. What waits, measures or decides goes by one that does not; the wall
    /// clock only says when a case was registered.
    @Test func thatJumpDecideNothing() throws {
        let wallClocks = [
            "time(nil)", "gettimeofday(", "CLOCK_REALTIME", "Date(", "Date.now", "DispatchWallTime", "NSDate",
            "CFAbsoluteTime",
        ]
        let sources = Paths.root.appending(path: "Sources")
        var users: Set<String> = []
        for file in try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        where [".swift", ".c", ".h"].contains(where: file.hasSuffix) {
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            if wallClocks.contains(where: text.contains) { users.insert(file) }
        }
        #expect(users == ["Registry/Registry.swift"])
    }
}
