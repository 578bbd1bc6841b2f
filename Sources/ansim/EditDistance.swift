enum EditDistance {
    /// How many letters must be changed, added or dropped to make one word of another.
    static func between(_ a: String, _ b: String) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var (diagonal, next) = (row[0], [i + 1])
            for (j, y) in b.enumerated() {
                next.append(min(row[j + 1] + 1, next[j] + 1, diagonal + (x == y ? 0 : 1)))
                diagonal = row[j + 1]
            }
            row = next
        }
        return row[b.count]
    }
}
