import JSONFields
import MediaModel

extension ListedEntry {
    /// A record in the shape of one of the exchanges, of python-threatexchange, or of our own.
    init(_ record: JSONValue) throws(MalformedRecord) {
        self.init()
        if record["hashValue"] != nil {
            try takeStopNCII(record)
        } else if record["fingerprints"] != nil || record["member_id"] != nil {
            try takeNCMEC(record)
        } else if record["indicator"] != nil || record["raw_indicator"] != nil {
            try takeThreatExchange(record)
        } else {
            try takePlain(record)
        }
    }

    /// `StopNCIIHashRecord`: the state is the hash's, or that of all its cases. Feedback is an opinion each; that somebody
    /// reported it is one more.
    private mutating func takeStopNCII(_ record: JSONValue) throws(MalformedRecord) {
        guard let kind = record["signalType"]?.text, let value = record["hashValue"]?.text,
            let signal = Signal(kind: kind, value)
        else { throw MalformedRecord() }
        signals = [signal]
        let isGone = { (state: String?) in ["withdrawn", "deleted"].contains(state?.lowercased()) }
        if let state = record["hashStatus"]?.text {
            isWithdrawn = isGone(state)
        } else if case .object(let cases)? = record["caseNumbers"], !cases.isEmpty {
            isWithdrawn = cases.values.allSatisfy { isGone($0.text) }
        }
        var opinions: [ListedOpinion] = [.unconfirmed]
        for feedback in record["CSPFeedbacks"]?.elements ?? [] {
            let value = feedback["feedbackValue"]?.text
            if isGone(value) { continue }
            opinions.append(value == "Blocked" ? .positive : value == "NotBlocked" ? .negative : .unconfirmed)
            tags += feedback["tags"]?.texts ?? []
        }
        opinion = ListedOpinion(together: opinions)
    }

    /// `NCMECEntryUpdate`: one entry of a member, by several fingerprints. NCMEC knows no false positives.
    private mutating func takeNCMEC(_ record: JSONValue) throws(MalformedRecord) {
        guard let id = record["id"]?.name, let member = record["member_id"]?.name else { throw MalformedRecord() }
        key = "\(member)-\(id)"
        isWithdrawn = record["deleted"]?.flag ?? false
        (opinion, tags) = (.positive, record["classification"]?.text.map { [$0] } ?? [])
        guard !isWithdrawn else { return }
        guard case .object(let fingerprints)? = record["fingerprints"] else { throw MalformedRecord() }
        for (kind, value) in fingerprints.sorted(by: { $0.key < $1.key }) {
            guard let text = value.text else { continue }
            guard let signal = Signal(kind: kind, text) else { throw MalformedRecord() }
            signals.append(signal)
        }
        if signals.isEmpty { signals = [.foreign] }
    }

    /// An indicator of `threat_updates` with its descriptors, or one of `threat_descriptors`.
    private mutating func takeThreatExchange(_ record: JSONValue) throws(MalformedRecord) {
        guard let kind = record["type"]?.text, let value = (record["indicator"] ?? record["raw_indicator"])?.text,
            let signal = Signal(kind: kind, value)
        else { throw MalformedRecord() }
        signals = [signal]
        let descriptors = record["descriptors"]?["data"]?.elements ?? (record["status"] == nil ? [] : [record])
        // A tombstone; one without descriptors is one, too, in their API.
        isWithdrawn = record["should_delete"]?.flag ?? false || descriptors.isEmpty
        var (explicit, implicit) = ([String: ListedOpinion](), [String: ListedOpinion]())
        for (number, descriptor) in descriptors.enumerated() {
            let owner = descriptor["owner"]?["id"]?.name ?? "\(number)"
            explicit[owner] =
                switch descriptor["status"]?.text {
                case "MALICIOUS": .positive
                case "NON_MALICIOUS": .negative
                default: .unconfirmed
                }
            tags +=
                descriptor["tags"]?.texts
                ?? (descriptor["tags"]?["data"]?.elements ?? []).compactMap { $0["text"]?.text }
            for reaction in descriptor["reactions"]?.elements ?? [] {
                for owner in (reaction["value"]?.text ?? "").split(separator: ",").map(String.init) {
                    switch reaction["key"]?.text {
                    case "HELPFUL": implicit[owner] = .positive
                    case "DISAGREE_WITH_TAGS" where implicit[owner] == nil: implicit[owner] = .negative
                    default: break
                    }
                }
            }
        }
        opinion = ListedOpinion(together: Array(explicit.merging(implicit) { own, _ in own }.values))
    }

    /// Our own JSON Lines, and what python-threatexchange keeps of a signal.
    private mutating func takePlain(_ record: JSONValue) throws(MalformedRecord) {
        let quality = try record["quality"].map { value throws(MalformedRecord) in
            guard let quality = value.integer, (0...100).contains(quality) else { throw MalformedRecord() }
            return Quality(rawValue: quality)
        }
        var found: [Signal?] = []
        if let hash = record["hash"]?.text { found.append(Signal(digits: hash, isDigest: false, quality: quality)) }
        for kind in ["pdq", "md5", "sha1", "sha256"] {
            if let value = record[kind] {
                found.append(value.text.flatMap { Signal(kind: kind, $0, quality: quality) })
            }
        }
        if let frames = record["vpdq"] { found.append(.video(try VPDQForms.frames(frames))) }
        if let kind = record["signal_type"]?.text {
            let value = record["signal_str"] ?? record["signal"] ?? record["signal_value"]
            found.append(value?.text.flatMap { Signal(kind: kind, $0, quality: quality) })
        }
        signals = found.compactMap { $0 }
        guard !signals.isEmpty, signals.count == found.count else { throw MalformedRecord() }
        label = record["label"]?.text
        tags = record["tags"]?.texts ?? []
        opinion = (record["opinion"] ?? record["category"])?.text.flatMap(ListedOpinion.init(named:))
        isWithdrawn = record["withdrawn"]?.flag ?? false
    }
}
