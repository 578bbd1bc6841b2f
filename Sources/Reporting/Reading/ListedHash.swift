package import MediaModel

/// A line of a list of hashes, as centres exchange them: `hash[,quality][,label]`, or a JSON object with these keys
/// (`pdq` for `hash` is understood, `sha256` names a file by its bytes).
package struct ListedHash: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case pdq(Hash256)
        case sha256(SHA256Digest)
    }

    package let value: Value
    /// 0...100; nil when the list doesn't say.
    package let quality: Quality?
    package let label: String?

    /// - Parameter isDigest: whether 64 digits in CSV are a SHA-256 and not a PDQ hash.
    package init(line: UnsafeBufferPointer<UInt8>, isDigest: Bool) throws(MalformedRecord) {
        guard let text = String(validating: line, as: UTF8.self) else { throw MalformedRecord() }
        if text.utf8.first == UInt8(ascii: "{") {
            try self.init(object: line, isDigest: isDigest)
        } else {
            try self.init(row: text, isDigest: isDigest)
        }
    }

    private init(object line: UnsafeBufferPointer<UInt8>, isDigest: Bool) throws(MalformedRecord) {
        var (value, quality, label) = (Value?.none, Quality?.none, String?.none)
        var reader = JSONReader(line)
        try reader.object { (key, reader) throws(MalformedRecord) in
            switch key {
            case "hash", "pdq", "sha256":
                guard value == nil else { throw MalformedRecord() }
                value = try Self.value(try reader.string(), isDigest: key == "sha256" || (key == "hash" && isDigest))
            case "quality": quality = try Self.quality(String(try reader.integer()))
            case "label": label = try reader.string()
            default: try reader.skip()
            }
        }
        try reader.end()
        guard let value else { throw MalformedRecord() }
        (self.value, self.quality, self.label) = (value, quality, label)
    }

    private init(row: String, isDigest: Bool) throws(MalformedRecord) {
        let line = row.utf8.last == UInt8(ascii: "\r") ? String(row.unicodeScalars.dropLast()) : row
        let cells = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        value = try Self.value(cells[0], isDigest: isDigest)
        // The second one is the label when there is no third and it is no number.
        let second = cells.count > 1 && !cells[1].isEmpty ? cells[1] : nil
        if let second, cells.count > 2 || Int(second) != nil {
            quality = try Self.quality(second)
            label = cells.count > 2 && !cells[2].isEmpty ? cells[2] : nil
        } else {
            (quality, label) = (nil, second ?? (cells.count > 2 && !cells[2].isEmpty ? cells[2] : nil))
        }
    }

    private static func value(_ text: String, isDigest: Bool) throws(MalformedRecord) -> Value {
        if isDigest {
            guard let digest = SHA256Digest(text) else { throw MalformedRecord() }
            return .sha256(digest)
        }
        guard let hash = Hash256(text) else { throw MalformedRecord() }
        return .pdq(hash)
    }

    private static func quality(_ text: String) throws(MalformedRecord) -> Quality {
        guard let value = Int(text), (0...100).contains(value) else { throw MalformedRecord() }
        return Quality(rawValue: value)
    }
}
