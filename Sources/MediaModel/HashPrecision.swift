/// How closely a hash follows PDQ's own arithmetic.
public enum HashPrecision: String, Sendable, Hashable, CaseIterable {
    /// Every bit as the reference computes it.
    case exact
    /// A few bits beside it, for a fraction of the cost: what a decoder gives without work for colour or for the
    /// finest detail.
    case fast

    /// Bits that a fast hash may lie beside the exact one before a verdict that rests on it wants the exact one.
    public static let margin = 3
}
