import ArgumentParser
import MediaModel

/// How closely videos are looked at.
struct FrameOptions: ParsableArguments {
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case keyframes, thorough, every
    }

    @Option(
        help: """
            Which frames of a video are looked at. keyframes: key frames, others where the picture changes, and some \
            where these are far apart; fewer where key frames come often and show no cut. thorough: one a second. \
            every: all. Default: keyframes.
            """)
    var frames: Mode?

    @Option(
        help: ArgumentHelp(
            """
            With keyframes: all key frames, and no moment of a video is further from a frame that is looked at. \
            (default: 5.5, and of regular key frames one each 5.5 seconds; 2 and all of them \
            where the sizes of packets don't tell that the picture changes, and of videos under 11 s)
            """, valueName: "seconds"))
    var maxGap: Double?

    func validate() throws {
        guard maxGap.map((0.1...3600).contains) ?? true else { throw ValidationError("--max-gap takes 0.1 to 3600.") }
        guard maxGap == nil || frames ?? .keyframes == .keyframes else {
            throw ValidationError("--max-gap goes with --frames keyframes.")
        }
    }

    /// Whether any of these options was given.
    var isGiven: Bool { frames != nil || maxGap != nil }

    var mode: FrameMode {
        switch frames ?? .keyframes {
        case .keyframes: .keyFrames(maximumGap: maxGap.map { Int(($0 * 1000).rounded()) })
        case .thorough: .interval(1000)
        case .every: .every
        }
    }
}
