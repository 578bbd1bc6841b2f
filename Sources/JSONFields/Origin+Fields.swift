public import MediaModel

extension Origin {
    /// What gallery-dl, yt-dlp, webdataset and img2dataset write of a file.
    ///
    /// - Parameter keepsUploader: a person's name is kept only where it was asked for.
    public mutating func take(_ fields: JSONFields, keepsUploader: Bool) {
        func address(_ keys: [String]) -> String? {
            keys.lazy.compactMap { fields.text($0) }.first { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
        }
        url = url ?? address(["file_url", "media_url", "image_url", "url"])
        page = page ?? address(["webpage_url", "post_url", "page_url", "original_url", "permalink", "source"])
        uploaded = uploaded ?? Self.date(fields)
        key = key ?? fields.text(firstOf: ["key", "__key__"])
        status = status ?? fields.text("status")
        guard keepsUploader else { return }
        for name in ["uploader_id", "uploader", "username", "user", "author", "account", "channel"]
        where uploader == nil {
            let person = fields.object(name)
            uploader = fields.text(name) ?? person?.text(firstOf: ["username", "nick", "name", "id"])
        }
    }

    /// `upload_date` is YYYYMMDD; `date` is UTC, `YYYY-MM-DD HH:MM:SS`. Anything else stays as it is.
    private static func date(_ fields: JSONFields) -> String? {
        if let day = fields.text("upload_date"), !day.isEmpty {
            guard day.utf8.count == 8, day.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return day }
            return "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))"
        }
        guard let time = fields.text("date"), !time.isEmpty else { return nil }
        let bytes = Array(time.utf8)
        guard bytes.count == 19, bytes[10] == 0x20, bytes[4] == 0x2D, bytes[13] == 0x3A else { return time }
        return time.prefix(10) + "T" + time.suffix(8) + "Z"
    }
}
