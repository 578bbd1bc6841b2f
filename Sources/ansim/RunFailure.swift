import ArgumentParser

/// A run that can't go on. The text is a sentence, or several, for the user; exit status 1.
struct RunFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension ExitCode {
    /// Done, but some items could not be examined.
    static let incomplete = ExitCode(2)
    /// A match was found, and the user asked to be told so.
    static let matched = ExitCode(10)
}
