// swift-tools-version: 6.2
import PackageDescription

// libFuzzer targets, apart from the main package so that ordinary builds never link them.
// scripts/fuzz builds and runs them.

let decoding: Target.Dependency = .product(name: "AnsimDecoding", package: "ansim")
let workerProtocol: Target.Dependency = .product(name: "AnsimWorkerProtocol", package: "ansim")
let unpacking: Target.Dependency = .product(name: "AnsimUnpacking", package: "ansim")
let lists: Target.Dependency = .product(name: "AnsimLists", package: "ansim")
let hashIndex: Target.Dependency = .product(name: "AnsimHashIndex", package: "ansim")

func fuzzer(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: dependencies)
}

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "ansim", path: "../..")],
    targets: [
        fuzzer("FuzzProtocol", workerProtocol),
        fuzzer("FuzzSniffing", decoding),
        .target(name: "FuzzIndexSupport"),
        fuzzer("FuzzIndexFile", "FuzzIndexSupport", hashIndex),
        fuzzer("FuzzDetailsFile", "FuzzIndexSupport", hashIndex),
        fuzzer("FuzzWebArchive", unpacking),
        fuzzer("FuzzLists", lists),
        // One for each way into a decoder.
        .target(
            name: "FuzzDecodingSupport", dependencies: [decoding],
            swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault")]),
        fuzzer("FuzzJPEG", "FuzzDecodingSupport", decoding),
        fuzzer("FuzzPNG", "FuzzDecodingSupport", decoding),
        fuzzer("FuzzWebP", "FuzzDecodingSupport", decoding),
        fuzzer("FuzzHEIF", "FuzzDecodingSupport", decoding),
        fuzzer("FuzzStills", "FuzzDecodingSupport", decoding),
        fuzzer("FuzzVideo", decoding),
    ],
    swiftLanguageModes: [.v6]
)
