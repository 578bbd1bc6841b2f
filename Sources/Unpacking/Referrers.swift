/// The pages from which requests came, of the last requests.
struct Referrers {
    private var pages: [String: String] = [:]
    private var order: [String] = []
    private var oldest = 0

    private static let capacity = 4096

    /// - Parameter keys: a request's record and its address.
    mutating func add(_ page: String, for keys: [String?]) {
        for key in keys.compactMap({ $0 }) where pages.updateValue(page, forKey: key) == nil {
            if order.count < Self.capacity {
                order.append(key)
            } else {
                pages[order[oldest]] = nil
                order[oldest] = key
                oldest = (oldest + 1) % Self.capacity
            }
        }
    }

    func page(_ keys: [String?]) -> String? { keys.lazy.compactMap { $0 }.compactMap { pages[$0] }.first }
}
