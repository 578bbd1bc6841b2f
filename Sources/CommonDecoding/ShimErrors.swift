import CMediaShims

extension cm_error {
    /// The message as text.
    var text: String {
        withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// A shim's failure as an error; only for what is not CM_OK.
func decodeError(_ status: cm_status, _ error: cm_error) -> DecodeError {
    switch status {
    case .CM_UNSUPPORTED: .unsupported(error.text)
    case .CM_NO_MEMORY: .tooMuchMemory
    case .CM_LIMIT: error.text.contains("time") ? .tooSlow : .tooComplex(error.text)
    case .CM_OK, .CM_CORRUPT, .CM_TRUNCATED: .corrupt(error.text)
    }
}
