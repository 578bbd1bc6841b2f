import ArgumentParser
import Matching
import MediaModel

/// When a hit counts as a match.
struct MatchingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Largest distance of a match in bits, 0...256.", valueName: "bits"))
    var threshold = MatchingPolicy().threshold

    @Option(help: ArgumentHelp("Least PDQ quality for matching by hash, 0...100.", valueName: "quality"))
    var minQuality = Quality.usualGate.rawValue

    func validate() throws {
        guard (0...256).contains(threshold) else { throw ValidationError("--threshold takes 0 to 256.") }
        guard (0...100).contains(minQuality) else { throw ValidationError("--min-quality takes 0 to 100.") }
    }

    var policy: MatchingPolicy {
        MatchingPolicy(threshold: threshold, qualityGate: Quality(rawValue: minQuality))
    }
}
