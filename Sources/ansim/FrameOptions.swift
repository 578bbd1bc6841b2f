import ArgumentParser
import MediaModel

/// How closely videos are looked at.
struct FrameOptions: ParsableArguments {
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case keyframes, thorough, every
    }

    @Option(
        help: """
            Which frames of a video are looked at. keyframes: key frames, and some between where these are far apart. \
            thorough: one a second. every: all.
            """)
    var frames = Mode.keyframes

    @Option(
        help: ArgumentHelp(
            "With keyframes: no moment of a video is further from a frame that is looked at.", valueName: "seconds"))
    var maxGap = 2.0

    func validate() throws {
        guard (0.1...3600).contains(maxGap) else { throw ValidationError("--max-gap takes 0.1 to 3600.") }
    }

    var mode: FrameMode {
        switch frames {
        case .keyframes: .keyFrames(maximumGap: Int((maxGap * 1000).rounded()))
        case .thorough: .interval(1000)
        case .every: .every
        }
    }
}
