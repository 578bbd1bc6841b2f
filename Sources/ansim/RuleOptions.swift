import ArgumentParser
import Matching

/// Which rule decides over videos in a scan.
struct RuleOptions: ParsableArguments {
    enum Rule: String, ExpressibleByArgument, CaseIterable {
        case ansim, vpdq
    }

    @Option(
        help: """
            When a video matches. ansim: when frames agree in time. vpdq: as Meta's vPDQ counts frames, whatever their \
            order, time and orientation; it needs every frame on both sides (--frames every).
            """)
    var rule = Rule.ansim

    @Option(
        help: ArgumentHelp(
            "With --rule vpdq: so much of the item's frames must lie near the reference's.", valueName: "percent"))
    var vpdqItem = VPDQPolicy().leastItemPercent

    @Option(
        help: ArgumentHelp(
            "With --rule vpdq: so much of the reference's frames must lie near the item's.", valueName: "percent"))
    var vpdqReference = VPDQPolicy().leastReferencePercent

    func validate() throws {
        guard (0...100).contains(vpdqItem) else { throw ValidationError("--vpdq-item takes 0 to 100.") }
        guard (0...100).contains(vpdqReference) else { throw ValidationError("--vpdq-reference takes 0 to 100.") }
    }

    /// Nil unless vPDQ's rule is asked for.
    var vpdq: VPDQPolicy? {
        rule == .vpdq ? VPDQPolicy(leastItemPercent: vpdqItem, leastReferencePercent: vpdqReference) : nil
    }
}
