import Foundation
import TestSupport
import Testing

/// What the executables pull in: `ansim` holds the registry, so no codec may be in its process.
@Suite struct LinkedLibraries {
    private static let codecs = [
        "libjpeg", "libpng", "libwebp", "libheif", "libav", "libswscale", "libswresample", "libde265", "libdav1d",
    ]

    @Test func ofAnsimHoldNoCodec() throws {
        let libraries = try allLibraries(of: Paths.product("ansim"))
        #expect(libraries.contains { $0.contains("libsqlite3") }, "ldd says nothing of use: \(libraries)")
        for library in libraries {
            #expect(!Self.codecs.contains { library.contains($0) }, "ansim links \(library)")
        }
    }

    @Test func ofTheWorkerHoldTheCodecsAndNoDatabase() throws {
        let direct = try neededLibraries(of: Paths.product("ansim-worker"))
        for codec in ["libjpeg", "libpng", "libwebp", "libheif", "libavcodec"] {
            #expect(direct.contains { $0.hasPrefix(codec) }, "the worker lacks \(codec)")
        }
        #expect(!direct.contains { $0.contains("sqlite") })
    }

    /// The hot path does without Foundation, and starts faster.
    @Test func ofTheWorkerHoldNoFoundation() throws {
        #expect(try !neededLibraries(of: Paths.product("ansim-worker")).contains { $0.contains("Foundation") })
    }

    private func allLibraries(of file: URL) throws -> [String] {
        try run(URL(filePath: "/usr/bin/ldd"), [file.path]).lines
    }

    private func neededLibraries(of file: URL) throws -> [String] {
        try run(URL(filePath: "/usr/bin/readelf"), ["-d", file.path]).lines
            .filter { $0.contains("(NEEDED)") }
            .compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
    }
}
