import Foundation
import TestSupport
import Testing

/// The arrows of ARCHITECTURE.md. SwiftPM does not refuse transitive imports, so this test does.
private let allowed: [String: Set<String>] = [
    "MediaModel": [],
    "ContentDigest": ["CCrypto"],
    "CommonDecoding": ["MediaModel", "CMediaShims", "CInflate", "CKernels", "CWebP"],
    "Decoding": [
        "MediaModel", "CommonDecoding", "CMediaShims", "CLibAVShims", "CKernels", "CFFmpeg", "CWebP", "CHEIF",
    ],
    "PerceptualHash": ["MediaModel", "CKernels"],
    "PictureRegions": ["MediaModel", "PerceptualHash"],
    "LocalFeatures": ["MediaModel", "CKernels"],
    "HashIndex": ["MediaModel", "CKernels"],
    "DatabaseFiles": ["GRDB"],
    "Registry": ["MediaModel", "HashIndex", "DatabaseFiles", "GRDB", "Foundation"],
    "Matching": ["MediaModel", "HashIndex", "Synchronization"],
    "JSONFields": ["MediaModel"],
    "Interchange": ["MediaModel", "JSONFields"],
    "MediaSources": ["MediaModel", "JSONFields", "Synchronization"],
    "WorkerProtocol": ["MediaModel"],
    "Scanning": [
        "MediaModel", "ContentDigest", "WorkerProtocol", "MediaSources", "HashIndex", "Matching",
        "DatabaseFiles", "CSandbox", "Synchronization", "Foundation", "GRDB",
    ],
    "Reporting": ["MediaModel", "Matching", "JSONFields"],
    "Lockdown": ["WorkerProtocol", "ContentDigest", "CSandbox"],
    "Unpacking": [
        "MediaModel", "JSONFields", "ContentDigest", "WorkerProtocol", "Lockdown", "CSandbox", "CArchive", "CZlib",
        "CBrotli", "CInflate",
    ],
    "ansim-unpacker": ["Unpacking"],
    "WorkerService": [
        "Lockdown", "MediaModel", "ContentDigest", "CommonDecoding", "PerceptualHash", "PictureRegions",
        "LocalFeatures",
        "WorkerProtocol", "CSandbox",
    ],
    "ansim-worker": ["MediaModel", "CommonDecoding", "WorkerService"],
    "ansim-worker-av": ["MediaModel", "CommonDecoding", "Decoding", "WorkerService", "CSandbox"],
    "ansim": [
        "MediaModel", "ContentDigest", "HashIndex", "Registry", "Matching", "MediaSources", "Scanning", "Reporting",
        "Interchange", "ArgumentParser", "Mustache", "Synchronization", "Foundation",
    ],
]

@Suite struct Imports {
    @Test(arguments: allowed.keys.sorted())
    func followTheArrows(module: String) throws {
        let folder = Paths.root.appending(path: "Sources/\(module)")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for name in importedModules(text) where name != "Glibc" {
                #expect(allowed[module]!.contains(name), "\(module)/\(file) imports \(name)")
            }
        }
    }

    @Test func everyModuleIsListed() throws {
        let modules = try FileManager.default.contentsOfDirectory(atPath: Paths.root.appending(path: "Sources").path)
            .filter { !$0.hasPrefix("C") || $0 == "ContentDigest" || $0 == "CommonDecoding" }
        #expect(Set(modules) == Set(allowed.keys))
    }

    @Test func ofSwiftFilesAreRecognised() {
        #expect(
            importedModules("import A\npublic import B\n@testable import C\nimport struct D.E\n// import F") == [
                "A", "B", "C", "D",
            ])
    }

    private func importedModules(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            let modifiers: Set<Substring> = ["public", "internal", "package", "private", "fileprivate", "@testable"]
            guard let at = words.firstIndex(of: "import"), words[..<at].allSatisfy(modifiers.contains) else {
                return nil
            }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = words[(at + 1)...].first { !kinds.contains($0) }
            return name.map { String($0.split(separator: ".")[0]) }
        }
    }
}
