import Foundation
import TestSupport
import Testing

/// What lies in a crawl and is no file, or can't be read: a record each, and the rest is scanned.
@Suite struct OddFiles {
    private let ansim = Tool()
    private var odd: String { ansim.folder.path + "/odd" }

    /// The folder with two copies, first and last by name.
    private func prepare() throws {
        try ansim.registerSamples()
        let copy = try Data(contentsOf: URL(filePath: ansim.reference + "/coffee.jpg"))
        for name in ["a.jpg", "z.jpg"] { try ansim.folder.write(copy, to: "odd/" + name) }
    }

    /// Reasons by path below the folder; a path outside of it is whole.
    private func reasons(_ result: CommandResult) throws -> [String: String] {
        var reasons: [String: String] = [:]
        for record in try result.records where record["kind"] as? String == "unexamined" {
            let path = try #require(record["path"] as? String)
            let name = path.hasPrefix(odd + "/") ? String(path.dropFirst(odd.count + 1)) : path
            #expect(reasons.updateValue(try #require(record["reason"] as? String), forKey: name) == nil)
        }
        return reasons
    }

    private func expectBothCopies(_ result: CommandResult) throws {
        #expect(result.status == 2, "\(result.errors)")
        let matches = try result.records.filter { $0["kind"] as? String == "match" }
        #expect(matches.compactMap { $0["path"] as? String } == [odd + "/a.jpg", odd + "/z.jpg"])
        #expect(try result.records.last?["complete"] as? Bool == true)
    }

    @Test(.timeLimit(.minutes(20))) func thatArePipesSocketsAndDevicesEndInARecordEachAndHoldNothingUp() throws {
        try prepare()
        var expected = ["pipe.jpg": "notAFile", "socket.jpg": "notAFile", "zero.jpg": "notAFile"]
        try #require(mkfifo(odd + "/pipe.jpg", 0o600) == 0)
        // A socket's path is limited to 107 bytes, so it is bound from within.
        let bound = try run(
            URL(filePath: "/usr/bin/python3"),
            ["-c", "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).bind('socket.jpg')"],
            in: URL(filePath: odd))
        try #require(bound.status == 0, "\(bound.errors)")
        try FileManager.default.createSymbolicLink(atPath: odd + "/zero.jpg", withDestinationPath: "/dev/zero")
        // Only root makes devices, and not in every container.
        if mknod(odd + "/terminal.jpg", S_IFCHR | 0o600, 5 << 8) == 0 { expected["terminal.jpg"] = "notAFile" }
        if mknod(odd + "/disk.jpg", S_IFBLK | 0o600, 7 << 8) == 0 { expected["disk.jpg"] = "notAFile" }
        for path in ["/dev/zero", "/dev/tty", odd + "/pipe.jpg"] {
            let result = try ansim("scan", path)
            #expect(result.status == 2)
            #expect(try result.records.first?["reason"] as? String == "notAFile")
        }
        let result = try ansim("scan", odd)
        try expectBothCopies(result)
        #expect(try reasons(result) == expected)
    }

    @Test(.timeLimit(.minutes(20))) func thatAreLinksIntoCirclesOrNowhereEndInARecordEach() throws {
        try prepare()
        func link(_ name: String, _ target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: odd + "/" + name, withDestinationPath: target)
        }
        // A circle of links, and a chain of more than the kernel follows, each longer than the one before.
        for number in 0..<50 { try link("circle-\(number).jpg", "circle-\((number + 1) % 50).jpg") }
        try link("chain-00.jpg", "a.jpg")
        for number in 1..<60 {
            try link(String(format: "chain-%02d.jpg", number), String(format: "chain-%02d.jpg", number - 1))
        }
        // Folders that contain each other and themselves.
        for (inside, target) in [("one", "../two"), ("two", "../one"), ("one", "."), ("two", "..")] {
            try FileManager.default.createDirectory(atPath: odd + "/" + inside, withIntermediateDirectories: true)
            try link(inside + "/" + target.filter { $0 != "/" && $0 != "." } + "-", target)
        }
        let result = try ansim("scan", odd)
        #expect(result.status == 2)
        let reasons = try reasons(result)
        #expect(reasons.filter { $0.key.hasPrefix("circle") }.count == 50)
        #expect(Set(reasons.values) == ["brokenLink"])
        // The kernel follows 40.
        let chain = reasons.keys.filter { $0.hasPrefix("chain") }.sorted()
        #expect(chain == (40..<60).map { "chain-\($0).jpg" })
        let summary = try #require(result.records.last)
        #expect(summary["items"] as? Int == 2 + 50 + 60)
        #expect(summary["complete"] as? Bool == true)
    }

    @Test func thatMayNotBeReadEndInARecordEach() throws {
        try prepare()
        let copy = try Data(contentsOf: URL(filePath: ansim.reference + "/coffee.jpg"))
        for name in ["locked/1.jpg", "listed/1.jpg", "entered/1.jpg", "locked.jpg"] {
            try ansim.folder.write(copy, to: "odd/" + name)
        }
        let modes: [(String, mode_t)] = [("locked", 0), ("listed", 0o444), ("entered", 0o111), ("locked.jpg", 0)]
        for (name, mode) in modes { try #require(chmod(odd + "/" + name, mode) == 0) }
        defer { for (name, _) in modes { chmod(odd + "/" + name, 0o755) } }

        let result = try runWithoutPrivileges("scan", odd)
        try expectBothCopies(result)
        #expect(
            try reasons(result) == [
                "locked": "unreadable", "listed/1.jpg": "unreadable", "entered": "unreadable",
                "locked.jpg": "unreadable",
            ])
        for record in try result.records where record["kind"] as? String == "unexamined" {
            #expect((record["detail"] as? String)?.contains("Permission denied") == true)
        }
    }

    /// Modes hold nobody back who is root, so then the command is run as nobody, with executables and a registry
    /// that nobody can reach.
    private func runWithoutPrivileges(_ arguments: String...) throws -> CommandResult {
        guard geteuid() == 0 else {
            return try run(Paths.product("ansim"), arguments, environment: ["ANSIM_REGISTRY": ansim.registry])
        }
        let (programs, registry) = (ansim.folder.path + "/programs", ansim.folder.path + "/registry")
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: false)
        for name in ["ansim", "ansim-worker", "ansim-worker-av", "ansim-unpacker"] {
            try FileManager.default.copyItem(atPath: Paths.product(name).path, toPath: programs + "/" + name)
        }
        let given = try run(URL(filePath: "/bin/chown"), ["-R", "65534:65534", registry])
        try #require(given.status == 0, "\(given.errors)")
        return try run(
            URL(filePath: "/usr/bin/setpriv"),
            ["--reuid=65534", "--regid=65534", "--clear-groups", programs + "/ansim"] + arguments,
            environment: ["ANSIM_REGISTRY": ansim.registry])
    }
}
