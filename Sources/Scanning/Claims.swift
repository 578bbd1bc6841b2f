import MediaModel
import WorkerProtocol

/// What a ledger knows of a batch's bytes, and what this thread has undertaken to find out.
struct Claims {
    private let ledger: Ledger
    private var held: Set<SHA256Digest> = []
    private(set) var known: [SHA256Digest: StoredContent] = [:]
    private(set) var failure: LedgerError?

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// Decode what nobody knows; of the same bytes twice, the first. Waits while another thread is at some of them:
    /// never for each other, because all claim in the order of the digests.
    mutating func decide(_ digests: [SHA256Digest?]) -> [WorkerDecision] {
        var decisions = [WorkerDecision](repeating: .skip, count: digests.count)
        let order = digests.indices.filter { digests[$0] != nil }
            .sorted { digests[$0]!.bytes.lexicographicallyPrecedes(digests[$1]!.bytes) }
        // Claims out of this order (a worker died and a file changed meanwhile) could wait for each other.
        if !held.isEmpty, order.contains(where: { !held.contains(digests[$0]!) }) { giveUp() }
        var previous: SHA256Digest?
        for place in order {
            let digest = digests[place]!
            defer { previous = digest }
            if digest == previous || known[digest] != nil { continue }
            // Held already: a worker died meanwhile.
            if held.contains(digest) {
                decisions[place] = .decode
                continue
            }
            do throws(LedgerError) {
                if let content = try ledger.recallOrClaim(digest) {
                    known[digest] = content
                } else {
                    held.insert(digest)
                    decisions[place] = .decode
                }
            } catch {
                failure = failure ?? error
            }
        }
        return decisions
    }

    /// The ledger has it now.
    mutating func settled(_ digest: SHA256Digest) { held.remove(digest) }

    /// What is still held was not found out.
    mutating func giveUp() {
        for digest in held { ledger.giveUp(digest) }
        held = []
    }
}
