import Foundation
import TestSupport
import Testing

/// What the executables pull in: `ansim` holds the registry, so no codec may be in its process.
@Suite struct LinkedLibraries {
    private static let codecs = [
        "libjpeg", "libpng", "libwebp", "libheif", "libav", "libswscale", "libswresample", "libde265", "libdav1d",
    ]

    private static let workers = [
        ("ansim-worker", ["libjpeg", "libpng", "libwebp"]),
        ("ansim-worker-av", ["libjpeg", "libpng", "libwebp", "libheif", "libavcodec"]),
    ]

    @Test func ofAnsimHoldNoCodec() throws {
        let libraries = try allLibraries(of: Paths.product("ansim"))
        #expect(libraries.contains { $0.contains("libsqlite3") }, "ldd says nothing of use: \(libraries)")
        for library in libraries {
            #expect(!Self.codecs.contains { library.contains($0) }, "ansim links \(library)")
        }
    }

    @Test(arguments: workers) func ofTheWorkersHoldTheCodecsAndNoDatabase(worker: String, codecs: [String]) throws {
        let direct = try neededLibraries(of: Paths.product(worker))
        for codec in codecs {
            #expect(direct.contains { $0.hasPrefix(codec) }, "\(worker) lacks \(codec)")
        }
        #expect(!direct.contains { $0.contains("sqlite") })
    }

    /// Archives are taken apart in a process that has nothing else; and nobody else has what takes them apart.
    @Test func ofTheUnpackerHoldArchivesAndNoCodec() throws {
        let unpacker = Paths.product("ansim-unpacker")
        #expect(try neededLibraries(of: unpacker).contains { $0.hasPrefix("libarchive") })
        for library in try allLibraries(of: unpacker) {
            #expect(!Self.codecs.contains { library.contains($0) }, "ansim-unpacker links \(library)")
            #expect(!library.contains("sqlite") && !library.contains("Foundation"), "\(library)")
        }
        for other in ["ansim", "ansim-worker", "ansim-worker-av"] {
            let direct = try neededLibraries(of: Paths.product(other))
            #expect(!direct.contains { $0.hasPrefix("libarchive") || $0.hasPrefix("libbrotlidec") }, "\(other)")
        }
        #expect(try !allLibraries(of: Paths.product("ansim")).contains { $0.contains("libarchive") })
    }

    /// Every scan starts it: what it loads, each scan pays for.
    @Test func ofTheFirstWorkerAreFew() throws {
        let libraries = try allLibraries(of: Paths.product("ansim-worker"))
        for heavy in ["libav", "libheif", "libde265", "libdav1d", "libx265"] {
            #expect(!libraries.contains { $0.contains(heavy) }, "ansim-worker links \(heavy)")
        }
        #expect(libraries.count < 40, "\(libraries)")
    }

    /// The hot path does without Foundation, and starts faster.
    @Test(arguments: workers.map(\.0)) func ofTheWorkersHoldNoFoundation(worker: String) throws {
        #expect(try !neededLibraries(of: Paths.product(worker)).contains { $0.contains("Foundation") })
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
