import Glibc

/// Descriptors that whoever started us left open for us.
enum InheritedDescriptors {
    /// Those that are open now, but for the standard streams.
    static var all: Set<Int> {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var found: Set<Int> = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let number = Int(name), number > 2, number != dirfd(folder) { found.insert(number) }
        }
        return found
    }
}
