// swift-tools-version: 6.2
import PackageDescription

// libFuzzer targets, apart from the main package so that ordinary builds never link them.
// scripts/fuzz builds and runs them.

func fuzzer(_ name: String, _ products: String...) -> Target {
    .executableTarget(
        name: name,
        dependencies: products.map { .product(name: $0, package: "ansim") })
}

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "ansim", path: "../..")],
    targets: [
        fuzzer("FuzzProtocol", "AnsimWorkerProtocol"),
        fuzzer("FuzzSniffing", "AnsimDecoding"),
        fuzzer("FuzzDecoding", "AnsimDecoding"),
    ],
    swiftLanguageModes: [.v6]
)
