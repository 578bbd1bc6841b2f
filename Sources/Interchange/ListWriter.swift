import JSONFields
package import MediaModel

/// What is told of a reference to another tool.
package struct ExportedEntry: Sendable, Hashable {
    /// The reference's number.
    package var number: Int64
    /// Seconds since 1970.
    package var registered: Int64
    package var hash: Hash256?
    package var quality: Quality?
    package var digests: [ListedDigest] = []
    /// Of a video.
    package var frames: [FrameFeature] = []
    package var isVideo = false
    package var opinion: ListedOpinion
    package var tags: [String] = []

    package init(number: Int64, registered: Int64, opinion: ListedOpinion) {
        (self.number, self.registered, self.opinion) = (number, registered, opinion)
    }
}

/// Writes entries in the forms that `ListFile` reads, a line at a time.
package struct ListWriter {
    package enum Form: String, Sendable, CaseIterable {
        case csv, jsonl
        /// One video: Meta's text, and python-threatexchange's JSON.
        case vpdq
        case vpdqJSON = "vpdq-json"
        case threatexchange, ncmec, stopncii
    }

    private let form: Form
    private let wantsDigests: Bool
    private var count = 0

    /// - Parameter wantsDigests: in CSV and JSON Lines, digests instead of hashes.
    package init(_ form: Form, wantsDigests: Bool) { (self.form, self.wantsDigests) = (form, wantsDigests) }

    /// What comes first.
    package var head: String? {
        switch form {
        case .csv, .jsonl, .vpdq, .vpdqJSON: nil
        case .threatexchange: #"{"data":["#
        case .ncmec: "["
        case .stopncii: #"{"hashRecords":["#
        }
    }

    /// What comes last.
    package var tail: String? {
        switch form {
        case .csv, .jsonl, .vpdq, .vpdqJSON: nil
        case .threatexchange: "]}"
        case .ncmec: "]"
        case .stopncii: #"],"count":\#(count),"hasMoreRecords":false,"nextPageToken":"","nextSetTimestamp":0}"#
        }
    }

    /// Nothing of an entry that the form has no place for.
    package mutating func lines(_ entry: ExportedEntry) -> [String] {
        let lines: [String] =
            switch form {
            case .csv: csv(entry)
            case .jsonl: jsonLines(entry)
            case .vpdq: vpdqText(entry.frames)
            case .vpdqJSON: entry.frames.isEmpty ? [] : [Self.vpdqJSON(entry.frames)]
            case .threatexchange: Self.threatExchange(entry)
            case .ncmec: Self.ncmec(entry)
            case .stopncii: Self.stopNCII(entry)
            }
        guard head != nil else { return lines }
        defer { count += lines.count }
        return lines.enumerated().map { count + $0.offset > 0 ? "," + $0.element : $0.element }
    }

    private func csv(_ entry: ExportedEntry) -> [String] {
        if wantsDigests { return entry.digests.map { "\($0.digits),,\(entry.number)" } }
        return entry.hash.map { ["\($0),\(entry.quality?.rawValue.description ?? ""),\(entry.number)"] } ?? []
    }

    private func jsonLines(_ entry: ExportedEntry) -> [String] {
        var object = JSONObject()
        if wantsDigests {
            guard !entry.digests.isEmpty else { return [] }
            for digest in entry.digests { object.put(digest.kind.rawValue, digest.digits) }
        } else if let hash = entry.hash {
            object.put("pdq", hash.description)
            object.put("quality", entry.quality?.rawValue)
        } else {
            guard !entry.frames.isEmpty else { return [] }
            object.put("vpdq", json: Self.vpdqJSON(entry.frames))
        }
        object.put("label", "\(entry.number)")
        object.put("opinion", entry.opinion.rawValue)
        if !entry.tags.isEmpty { object.put("tags", json: Self.array(entry.tags)) }
        return [object.line]
    }

    // MARK: - vPDQ

    /// The numbers of the frames are not known any more, so they are counted.
    private func vpdqText(_ frames: [FrameFeature]) -> [String] {
        frames.enumerated().map {
            "\($0.offset),\($0.element.feature.quality.rawValue),\($0.element.feature.hash),\(Self.seconds($0.element))"
        }
    }

    private static func vpdqJSON(_ frames: [FrameFeature]) -> String {
        array(frames.map { "\($0.feature.hash),\($0.feature.quality.rawValue),\(seconds($0))" })
    }

    private static func seconds(_ frame: FrameFeature) -> String {
        let rest = "\(frame.milliseconds % 1000)"
        return "\(frame.milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    // MARK: - Exchanges

    /// Kinds and values by ThreatExchange's names.
    private static func threatExchange(_ entry: ExportedEntry) -> [String] {
        var indicators: [(String, String)] = []
        if let hash = entry.hash { indicators.append(("HASH_PDQ", hash.description)) }
        if !entry.frames.isEmpty { indicators.append(("HASH_VIDEO_VPDQ", vpdqJSON(entry.frames))) }
        indicators += entry.digests.map { ("HASH_\($0.kind.rawValue.uppercased())", $0.digits) }
        return indicators.map { kind, value in
            var (owner, tags, descriptor, descriptors, record) = (
                JSONObject(), JSONObject(), JSONObject(), JSONObject(), JSONObject()
            )
            // An application's number, which a centre has none of.
            owner.put("id", "0")
            tags.put(
                "data",
                json: "[" + entry.tags.map { #"{"text":\#(JSONObject.quoted($0))}"# }.joined(separator: ",") + "]")
            descriptor.put("id", "\(entry.number)")
            descriptor.put("owner", json: owner.line)
            descriptor.put("status", status(entry.opinion))
            descriptor.put("tags", json: tags.line)
            descriptors.put("data", json: "[\(descriptor.line)]")
            record.put("id", "\(entry.number)")
            record.put("indicator", value)
            record.put("type", kind)
            record.put("last_updated", entry.registered)
            record.put("should_delete", false)
            record.put("descriptors", json: descriptors.line)
            return record.line
        }
    }

    private static func status(_ opinion: ListedOpinion) -> String {
        switch opinion {
        case .positive: "MALICIOUS"
        case .unconfirmed, .disputed: "UNKNOWN"
        case .negative: "NON_MALICIOUS"
        }
    }

    private static func ncmec(_ entry: ExportedEntry) -> [String] {
        var (fingerprints, record) = (JSONObject(), JSONObject())
        if let hash = entry.hash { fingerprints.put("pdq", hash.description) }
        for digest in entry.digests where digest.kind != .sha256 {
            fingerprints.put(digest.kind.rawValue, digest.digits)
        }
        guard fingerprints.text != "{" else { return [] }
        record.put("id", "\(entry.number)")
        record.put("member_id", 0)
        record.put("entry_type", entry.isVideo ? "video" : "image")
        record.put("deleted", false)
        record.put("classification", entry.tags.first)
        record.put("fingerprints", json: fingerprints.line)
        return [record.line]
    }

    /// StopNCII has PDQ of pictures and MD5 of videos.
    private static func stopNCII(_ entry: ExportedEntry) -> [String] {
        let signals =
            (entry.hash.map { [("ImagePDQ", $0.description)] } ?? [])
            + entry.digests.filter { $0.kind == .md5 }.map { ("VideoMD5", $0.digits) }
        return signals.map { kind, value in
            var (feedback, record) = (JSONObject(), JSONObject())
            feedback.put("source", "")
            feedback.put("feedbackValue", entry.opinion == .positive ? "Blocked" : "None")
            feedback.put("tags", json: array(entry.tags))
            record.put("lastModtimestamp", entry.registered)
            record.put("signalType", kind)
            record.put("hashValue", value)
            record.put("hashStatus", "Active")
            // Names of cases stay here.
            record.put("caseNumbers", json: "{}")
            record.put("CSPFeedbacks", json: "[\(feedback.line)]")
            return record.line
        }
    }

    private static func array(_ texts: [String]) -> String {
        "[" + texts.map(JSONObject.quoted).joined(separator: ",") + "]"
    }
}
