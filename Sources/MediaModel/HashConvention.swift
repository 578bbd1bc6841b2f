/// Which of the two rules in circulation made a PDQ hash (SPEC 1.1). Hashes of
/// pictures over 512 pixels a side differ by 2-18 bits between them.
public enum HashConvention: String, Sendable, Hashable, CaseIterable {
    /// Luma of the full-size picture: pdqhash, python-threatexchange, HMA, vPDQ. Ansim's own.
    case fullSize = "pdq-full"
    /// Nearest-neighbour to 512 x 512 first: Meta's `pdq-photo-hasher`.
    case cli512 = "pdq-cli"
    /// PDQ of the full-size picture with its samples moved, see `ReferenceLattice`: only in
    /// the registry, to be compared with `fullSize`.
    case aligned = "pdq-aligned-1"
    /// A turned form that was derived from the bits of a full-size hash, see `Hash256.turned`: only in the registry.
    case derived = "pdq-derived-1"
}
