public import Foundation

/// Where things lie.
public enum Paths {
    /// The checkout.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    public static let sampleMedia = root.appending(path: "SampleMedia")

    /// Test media that are too large or not free enough for the repository: `shared` beside the
    /// checkout, or $ANSIM_SHARED. Tests that need them are skipped without.
    public static let shared: URL? = {
        let named = ProcessInfo.processInfo.environment["ANSIM_SHARED"].map { URL(filePath: $0) }
        let folder = named ?? root.appending(path: "../shared").standardized
        return FileManager.default.fileExists(atPath: folder.appending(path: "golden").path) ? folder : nil
    }()

    /// A built executable of this package.
    public static func product(_ name: String) -> URL {
        Bundle.main.executableURL!.deletingLastPathComponent().appending(path: name)
    }
}

/// A folder that is gone after the test.
public final class TemporaryFolder {
    public let url: URL

    public init() {
        url = FileManager.default.temporaryDirectory.appending(path: "ansim-test-\(UUID().uuidString)")
        try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    public var path: String { url.path }

    public func appending(_ name: String) -> URL { url.appending(path: name) }

    /// Writes a file, and the folders above it.
    @discardableResult
    public func write(_ data: some DataProtocol, to name: String) throws -> URL {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(data).write(to: file)
        return file
    }
}
