/// A worker could not be started; the text is a sentence for the user.
public struct WorkerStartError: Error, Hashable, CustomStringConvertible {
    public let description: String
    /// It died before it said a word, as when something killed it: another try may succeed.
    let mayPass: Bool

    init(_ description: String, mayPass: Bool = false) {
        (self.description, self.mayPass) = (description, mayPass)
    }
}
