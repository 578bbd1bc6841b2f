/// The eight rotations and flips of a picture, in the reference's order and names (SPEC 1.11).
///
/// In a match it says which turned form of the reference the item shows.
public enum Dihedral: UInt8, Sendable, Hashable, CaseIterable {
    /// As it is.
    case orig
    /// Turned 90 degrees counter-clockwise.
    case rot90
    /// Turned 180 degrees.
    case rot180
    /// Turned 270 degrees counter-clockwise.
    case rot270
    /// Top and bottom swapped.
    case flipx
    /// Left and right swapped.
    case flipy
    /// Mirrored at the main diagonal.
    case flipp
    /// Mirrored at the other diagonal.
    case flipm

    /// The reference's name: `orig`, `rot90`, ...
    public var name: String { "\(self)" }

    /// For people.
    public var explanation: String {
        switch self {
        case .orig: "upright"
        case .rot90: "rotated 90° counter-clockwise"
        case .rot180: "rotated 180°"
        case .rot270: "rotated 270° counter-clockwise"
        case .flipx: "flipped top to bottom"
        case .flipy: "mirrored left to right"
        case .flipp: "mirrored at the main diagonal"
        case .flipm: "mirrored at the other diagonal"
        }
    }
}
