public import Foundation

/// A finished process.
public struct CommandResult: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String
    public var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The output's lines as JSON objects.
    public var records: [[String: Any]] {
        get throws {
            try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as! [String: Any] }
        }
    }
}

/// Runs an executable to its end.
///
/// - Parameter environment: added to this process's.
public func run(
    _ executable: URL, _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil
) throws -> CommandResult {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Both at once: a full pipe would stop the process.
    let collected = Collected()
    let thread = Thread { collected.set((try? errors.fileHandleForReading.readToEnd()) ?? Data()) }
    thread.start()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return CommandResult(
        status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
        output: String(decoding: data, as: UTF8.self), errors: String(decoding: collected.get(), as: UTF8.self))
}

private final class Collected: @unchecked Sendable {
    private let condition = NSCondition()
    private var data: Data?

    func set(_ value: Data) {
        condition.withLock {
            data = value
            condition.broadcast()
        }
    }

    func get() -> Data {
        condition.lock()
        defer { condition.unlock() }
        while data == nil { condition.wait() }
        return data!
    }
}
