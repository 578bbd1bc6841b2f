import HashIndex
import Matching
import MediaModel
import Registry

extension Matcher {
    /// - Throws: when the index can't be relied on any more: what comes after it must not be reported.
    func checkThatItHolds() throws {
        guard let failure else { return }
        throw RunFailure(
            "An index file is damaged and what it held can't be read from the registry: \(failure) The records so far stand."
        )
    }
}

extension IndexFileError {
    /// Why the index file at `path` could not be written, and what follows.
    func sentence(_ path: String) -> String {
        "The index file \(path) can't be written: \(self). Every scan then reads all that it would hold, which takes longer."
    }
}

extension DetailIndex {
    init(_ details: Registry.SearchableDetails, depth: SearchDepth) {
        self.init(details.pictures, stored: details.stored, depth: depth)
    }
}

extension Registry {
    /// Brings the index files up to date; what could not be written is said in a sentence, because all is found without.
    func updateIndexFiles() throws(RegistryError) {
        noteFailure(try updateIndex(waits: false), indexPath)
        noteFailure(try updateDetails(waits: false, notice: note), detailsPath)
    }

    /// After a removal.
    func compactNotingFailures() throws(RegistryError) {
        let compacted = try compact(shrinks: false)
        noteFailure(compacted.index, indexPath)
        noteFailure(compacted.details, detailsPath)
    }

    private func noteFailure(_ update: IndexFileUpdate, _ path: String) {
        if case .failed(let failure) = update { note(failure.sentence(path)) }
    }
}
