import ArgumentParser
import MediaModel

/// How far a search goes.
struct DepthOptions: ParsableArguments {
    @Option(
        name: .customLong("depth"),
        help: """
            quick: whole pictures, in eight orientations. regions: also parts of pictures, and crops of the references. \
            full: also local features, for what is tilted, overlaid, or small in something else.
            """)
    private var argument = DepthArgument.full

    var depth: SearchDepth {
        switch argument {
        case .quick: .quick
        case .regions: .regions
        case .full: .full
        }
    }

    private enum DepthArgument: String, ExpressibleByArgument, CaseIterable { case quick, regions, full }
}

/// How much of a reference is kept, as an argument.
enum KeptArgument: String, ExpressibleByArgument, CaseIterable {
    case plain, crops, full

    var depth: SearchDepth {
        switch self {
        case .plain: .quick
        case .crops: .regions
        case .full: .full
        }
    }
}
