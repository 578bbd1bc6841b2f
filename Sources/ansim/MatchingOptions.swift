import ArgumentParser
import Matching
import MediaModel

/// When a hit counts as a match.
struct MatchingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Largest distance of a match in bits, 0...256.", valueName: "bits"))
    var threshold = MatchingPolicy().threshold

    @Option(help: ArgumentHelp("Least PDQ quality for matching by hash, 0...100.", valueName: "quality"))
    var minQuality = Quality.usualGate.rawValue

    @Option(
        help: ArgumentHelp(
            "A video's frame that registered videos of so many other cases have as well (an intro, a logo) is no evidence. 0: every frame is.",
            valueName: "count"))
    var commonCases = MatchingPolicy().commonCases

    func validate() throws {
        guard (0...256).contains(threshold) else { throw ValidationError("--threshold takes 0 to 256.") }
        guard (0...100).contains(minQuality) else { throw ValidationError("--min-quality takes 0 to 100.") }
        guard (0...1_000_000).contains(commonCases) else { throw ValidationError("--common-cases takes 0 or more.") }
    }

    var policy: MatchingPolicy {
        MatchingPolicy(
            threshold: threshold, qualityGate: Quality(rawValue: minQuality), commonCases: commonCases)
    }
}
