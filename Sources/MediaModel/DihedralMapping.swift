extension Dihedral {
    /// The turn that undoes this one.
    public var inverse: Dihedral {
        switch self {
        case .rot90: .rot270
        case .rot270: .rot90
        default: self
        }
    }

    /// Where in the original the point (x, y) of the turned picture lies; both in 0...1 of their sides.
    public func source(x: Double, y: Double) -> (x: Double, y: Double) {
        switch self {
        case .orig: (x, y)
        case .rot90: (1 - y, x)
        case .rot180: (1 - x, 1 - y)
        case .rot270: (y, 1 - x)
        case .flipx: (x, 1 - y)
        case .flipy: (1 - x, y)
        case .flipp: (y, x)
        case .flipm: (1 - y, 1 - x)
        }
    }
}
