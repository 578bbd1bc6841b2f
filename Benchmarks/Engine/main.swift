import Glibc
import MediaModel

// Measures what no whole command shows. Run with `swift run -c release ansim-benchmark`.

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "ledger": try benchmarkLedger(items: arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000)
case "kernels":
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    benchmarkKernels(side: numbers.first ?? 512, rounds: numbers.count > 1 ? numbers[1] : 201)
case "pictures":
    let words = Array(arguments.dropFirst())
    guard words.count > 1, let rounds = Int(words[0]), rounds > 0 else { exit(64) }
    benchmarkPictures(Array(words[1...]), rounds: rounds)
case "serve": try serveHashes()
case "looks": try printLooks(Array(arguments.dropFirst()))
case "video":
    guard arguments.count > 1 else { exit(64) }
    benchmarkVideos(Array(arguments.dropFirst()))
case "index":
    let words = Array(arguments.dropFirst())
    let numbers = words.compactMap { Int($0) }
    benchmarkIndex(
        count: numbers.first ?? 1_000_000, set: words.contains("clustered") ? .clustered : .uniform,
        queries: 9600, rounds: numbers.count > 1 ? numbers[1] : 5, file: words.first { $0.contains("/") })
case "index-kinds":
    benchmarkIndexKinds(rounds: arguments.dropFirst().compactMap { Int($0) }.first ?? 5)
case "index-file":
    benchmarkIndexFile(count: arguments.dropFirst().compactMap { Int($0) }.first ?? 1_000_000)
case "registry":
    try benchmarkRegistry(hashes: arguments.dropFirst().compactMap { Int($0) }.first ?? 1_000_000)
case "large-registry":
    let words = Array(arguments.dropFirst())
    guard words.count == 3, let count = Int(words[2]), count > 0 else { exit(64) }
    try makeLargeRegistry(from: words[0], to: words[1], count: count)
case "features":
    benchmarkFeatures(Array(arguments.dropFirst()), rounds: 3)
case "rematch":
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    try benchmarkRematch(
        features: numbers.first ?? 1_000_000, references: numbers.count > 1 ? numbers[1] : 1000,
        threads: numbers.count > 2 ? numbers[2] : 2)
case "report":
    try benchmarkReport(matches: arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000)
case "isolation":
    let words = Array(arguments.dropFirst())
    guard let folder = words.first else { exit(64) }
    let own = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
        separator: "/")
    try benchmarkIsolation(
        folder: folder, worker: own + "/ansim-worker",
        depth: words.contains("quick") ? .quick : words.contains("regions") ? .regions : .full,
        rounds: words.count > 1 ? Int(words[1]) ?? 5 : 5)
default:
    print(
        """
        usage: ansim-benchmark kernels [SIDE [ROUNDS]]
               ansim-benchmark pictures ROUNDS FILE...
               ansim-benchmark serve < REQUESTS
               ansim-benchmark looks FILE...
               ansim-benchmark video FILE...
               ansim-benchmark ledger [ITEMS]
               ansim-benchmark isolation FOLDER [ROUNDS [quick|regions|full]]
               ansim-benchmark report [MATCHES]
               ansim-benchmark index [HASHES [ROUNDS]] [clustered] [./FILE]
               ansim-benchmark index-kinds [ROUNDS]
               ansim-benchmark index-file [HASHES]
               ansim-benchmark registry [HASHES]
               ansim-benchmark large-registry REGISTRY NEW COUNT
               ansim-benchmark features FILE...
               ansim-benchmark rematch [FEATURES [REFERENCES [THREADS]]]
        """)
    exit(64)
}
