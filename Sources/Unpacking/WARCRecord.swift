import MediaModel

/// A record's header.
struct WARCRecord {
    enum Kind {
        case response, resource, request, metadata, other
    }
    let fields: HeaderFields
    let offset: Int64
    /// Bytes of its block, as the header states them.
    let length: Int64

    var kind: Kind {
        switch fields["warc-type"]?.lowercased() {
        case "response": .response
        case "resource", "conversion": .resource
        case "request": .request
        case "metadata": .metadata
        default: .other
        }
    }

    var id: String? { fields.address("warc-record-id") }
    /// wget puts it in angle brackets.
    var uri: String? { fields.address("warc-target-uri") }
    var isHTTP: Bool {
        kind == .response && (fields["content-type"]?.lowercased().hasPrefix("application/http") ?? true)
    }
    var isFieldList: Bool { fields["content-type"]?.lowercased().hasPrefix("application/warc-fields") == true }

    /// What it says of what it holds.
    var origin: Origin {
        var origin = Origin()
        (origin.url, origin.recordID, origin.offset) = (uri, id, offset)
        (origin.captured, origin.address) = (fields["warc-date"], fields["warc-ip-address"])
        if let reason = fields["warc-truncated"] { origin.flaw = "the crawler cut it off: \(reason)" }
        return origin
    }
}
