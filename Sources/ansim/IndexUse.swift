import HashIndex

extension ReferenceIndex {
    /// - Throws: when the index can't be relied on any more: what comes after it must not be reported.
    func checkThatItHolds() throws {
        guard let failure else { return }
        throw RunFailure(
            "The index file is damaged and the hashes can't be read from the registry: \(failure) The records so far stand."
        )
    }
}

extension IndexFileError {
    /// Why the index file at `path` could not be written, and what follows.
    func sentence(_ path: String) -> String {
        "The index file \(path) can't be written: \(self). Every scan then reads all hashes, which takes longer."
    }
}
