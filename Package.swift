// swift-tools-version: 6.2
import Foundation
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
let strictC: [CSetting] = [
    .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]

/// A system library: a module map and a header that includes what we use.
func system(_ name: String, _ pkgConfig: String, apt packages: [String]) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt(packages)])
}

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: dataFolders[name, default: []], swiftSettings: strict)
}

/// Files beside tests that are data: read from where they lie, not bundled.
let dataFolders = [
    "PerceptualHashTests": ["Golden"], "DecodingTests": ["Fixtures"], "VideoTests": ["Fixtures", "Containers"],
    "CommandTests": ["Fixtures"],
]

/// Without ISA-L, libpng decodes all PNG files.
let hasISAL = FileManager.default.fileExists(atPath: "/usr/include/isa-l/igzip_lib.h")

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "ansim",
    products: [
        .executable(name: "ansim", targets: ["ansim"]),
        .executable(name: "ansim-worker", targets: ["ansim-worker"]),
        .executable(name: "ansim-worker-av", targets: ["ansim-worker-av"]),
        .executable(name: "ansim-unpacker", targets: ["ansim-unpacker"]),
        // For Tests/Fuzz.
        .library(name: "AnsimDecoding", targets: ["Decoding", "CommonDecoding", "MediaModel", "CMediaShims"]),
        .library(name: "AnsimWorkerProtocol", targets: ["WorkerProtocol", "MediaModel"]),
        .library(name: "AnsimHashIndex", targets: ["HashIndex", "MediaModel"]),
        .library(name: "AnsimUnpacking", targets: ["Unpacking", "WorkerProtocol", "MediaModel"]),
        .library(name: "AnsimLists", targets: ["Interchange", "JSONFields", "MediaModel"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // The system's libraries.
        system("CJPEGTurbo", "libjpeg", apt: ["libjpeg62-turbo-dev"]),
        system("CPNG", "libpng", apt: ["libpng-dev"]),
        system("CWebP", "libwebpdemux", apt: ["libwebp-dev"]),
        system("CHEIF", "libheif", apt: ["libheif-dev"]),
        system(
            "CFFmpeg", "libavformat",
            apt: ["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"]),
        system("CCrypto", "libcrypto", apt: ["libssl-dev"]),
        system("CArchive", "libarchive", apt: ["libarchive-dev"]),
        system("CZlib", "zlib", apt: ["zlib1g-dev"]),
        system("CBrotli", "libbrotlidec", apt: ["libbrotli-dev"]),

        // Our C, where Swift can't go.
        .target(
            name: "CMediaShims", dependencies: ["CJPEGTurbo", "CPNG"], cSettings: strictC),
        .target(name: "CLibAVShims", dependencies: ["CFFmpeg"], cSettings: strictC),
        .target(
            name: "CInflate", cSettings: strictC + (hasISAL ? [.define("ANSIM_ISAL")] : []),
            linkerSettings: hasISAL ? [.linkedLibrary("isal")] : []),
        .target(name: "CKernels", cSettings: strictC),
        .target(name: "CSandbox", cSettings: strictC),

        // Swift, in the order in which the data flows.
        module("MediaModel"),
        module("ContentDigest", ["CCrypto"]),
        module("CommonDecoding", ["MediaModel", "CMediaShims", "CInflate", "CKernels", "CWebP"]),
        module(
            "Decoding",
            ["MediaModel", "CommonDecoding", "CMediaShims", "CLibAVShims", "CKernels", "CWebP", "CHEIF", "CFFmpeg"]),
        module("PerceptualHash", ["MediaModel", "CKernels"]),
        module("PictureRegions", ["MediaModel", "PerceptualHash"]),
        module("LocalFeatures", ["MediaModel", "CKernels"]),
        module("HashIndex", ["MediaModel", "CKernels"]),
        module("DatabaseFiles", [grdb]),
        module("Registry", ["MediaModel", "HashIndex", "DatabaseFiles", grdb]),
        module("Matching", ["MediaModel", "HashIndex"]),
        module("JSONFields", ["MediaModel"]),
        module("Interchange", ["MediaModel", "JSONFields"]),
        module("MediaSources", ["MediaModel", "JSONFields"]),
        module("WorkerProtocol", ["MediaModel"]),
        module("Reporting", ["MediaModel", "Matching", "JSONFields"]),
        module(
            "Scanning",
            [
                "MediaModel", "ContentDigest", "WorkerProtocol", "MediaSources", "HashIndex", "Matching",
                "DatabaseFiles", "CSandbox", grdb,
            ]),

        module("Lockdown", ["WorkerProtocol", "ContentDigest", "CSandbox"]),
        module(
            "Unpacking",
            [
                "MediaModel", "JSONFields", "ContentDigest", "WorkerProtocol", "Lockdown", "CSandbox", "CArchive",
                "CZlib", "CBrotli", "CInflate",
            ]),
        .executableTarget(
            name: "ansim-unpacker", dependencies: ["Unpacking"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        module(
            "WorkerService",
            [
                "Lockdown", "MediaModel", "ContentDigest", "CommonDecoding", "PerceptualHash", "PictureRegions",
                "LocalFeatures",
                "WorkerProtocol", "CSandbox",
            ]),
        .executableTarget(
            name: "ansim-worker", dependencies: ["MediaModel", "CommonDecoding", "WorkerService"],
            swiftSettings: strict, linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        .executableTarget(
            name: "ansim-worker-av",
            dependencies: ["MediaModel", "CommonDecoding", "Decoding", "WorkerService", "CSandbox"],
            swiftSettings: strict),
        .executableTarget(
            name: "ansim",
            dependencies: [
                "MediaModel", "ContentDigest", "HashIndex", "Registry", "Matching", "MediaSources", "Scanning",
                "Reporting", "Interchange", .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // What no whole command shows; it needs `package` access, so it can't be a package of its own.
        .executableTarget(
            name: "ansim-benchmark",
            dependencies: [
                "Scanning", "Matching", "HashIndex", "Registry", "MediaModel", "MediaSources", "ContentDigest",
                "Decoding", "CommonDecoding", "PerceptualHash", "LocalFeatures", "WorkerProtocol", "WorkerService",
                "CKernels", "CMediaShims", "CSandbox", "DecodingTestSupport", "Reporting",
            ],
            path: "Benchmarks/Engine", swiftSettings: strict),

        // Tests, beside them what they share.
        .target(
            name: "TestSupport", dependencies: ["MediaModel"], path: "Tests/TestSupport", swiftSettings: strict),
        .executableTarget(
            name: "misbehaving-worker", dependencies: ["WorkerProtocol", "MediaModel", "ContentDigest", "CSandbox"],
            path: "Tests/MisbehavingWorker", swiftSettings: strict),
        .executableTarget(
            name: "misbehaving-unpacker", dependencies: ["WorkerProtocol", "MediaModel", "CSandbox"],
            path: "Tests/MisbehavingUnpacker", swiftSettings: strict),
        tests("ArchitectureTests", ["TestSupport"]),
        tests("MediaModelTests", ["MediaModel", "TestSupport"]),
        tests("PerceptualHashTests", ["PerceptualHash", "MediaModel", "CKernels", "ContentDigest", "TestSupport"]),
        .target(
            name: "DecodingTestSupport", dependencies: ["Decoding", "CommonDecoding", "MediaModel", "CMediaShims"],
            path: "Tests/DecodingTestSupport",
            swiftSettings: strict),
        tests(
            "DecodingTests",
            [
                "Decoding", "CommonDecoding", "MediaModel", "ContentDigest", "CMediaShims", "TestSupport",
                "DecodingTestSupport",
            ]),
        tests(
            "GoldenImageTests",
            [
                "Decoding", "CommonDecoding", "PerceptualHash", "MediaModel", "ContentDigest", "TestSupport",
                "DecodingTestSupport",
            ]),
        tests("VideoTests", ["Decoding", "CommonDecoding", "PerceptualHash", "MediaModel", "TestSupport"]),
        tests("PictureRegionsTests", ["PictureRegions", "PerceptualHash", "MediaModel", "TestSupport"]),
        tests("LocalFeaturesTests", ["LocalFeatures", "MediaModel", "CKernels", "TestSupport"]),
        tests("HashIndexTests", ["HashIndex", "MediaModel", "CKernels", "ContentDigest", "TestSupport"]),
        tests("RegistryTests", ["Registry", "MediaModel", "HashIndex", "TestSupport", grdb]),
        tests("MatchingTests", ["Matching", "HashIndex", "MediaModel", "TestSupport"]),
        tests("JSONFieldsTests", ["JSONFields", "TestSupport"]),
        tests("InterchangeTests", ["Interchange", "MediaModel", "JSONFields"]),
        tests("MediaSourcesTests", ["MediaSources", "MediaModel", "TestSupport"]),
        tests("WorkerProtocolTests", ["WorkerProtocol", "MediaModel", "TestSupport"]),
        tests(
            "ScanningTests",
            [
                "Scanning", "MediaSources", "MediaModel", "TestSupport", "misbehaving-worker", "misbehaving-unpacker",
                grdb,
            ]),
        .target(name: "CSandboxProbes", path: "Tests/CSandboxProbes", cSettings: strictC),
        tests("SandboxTests", ["CSandbox", "CSandboxProbes"]),
        tests("ReportingTests", ["Reporting", "MediaModel"]),
        tests("CommandTests", ["MediaModel", "TestSupport", grdb]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
