/// What a scan says of an item.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// It shows a registered reference.
    case match
    /// It may show one; a person has to look.
    case possible
    /// Examined in full; nothing registered was found.
    case clear
    /// Only a part could be examined (damaged or cut off); nothing was found in that part.
    case partial
    /// Broken, or not a picture.
    case undecodable
    /// A format or a variant of one that is not decoded.
    case unsupported
    /// Over a limit on pixels, bytes, memory or time.
    case overLimit
}
