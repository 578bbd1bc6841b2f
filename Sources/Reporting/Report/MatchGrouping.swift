import MediaModel

/// Groups matches by place and reference, and folds them into findings.
struct MatchGrouping {
    private struct Entry {
        let place: RecordFile.Place
        let group: UInt32
        let distance: UInt16
    }

    private struct GroupKey: Hashable {
        let place: Int
        let reference: Int
    }

    private var entries: [Entry] = []
    private var fold = FindingFold()
    private var places: [ItemPlace: Int] = [:]
    private var references: [ReportContents.ReferenceName: Int] = [:]
    private var groups: [GroupKey: UInt32] = [:]

    mutating func add(_ record: ReadRecord, at place: RecordFile.Place) {
        guard let caseID = record.caseID, let number = record.reference, let distance = record.distance else { return }
        func numbered<Key: Hashable>(_ key: Key, in table: inout [Key: Int]) -> Int {
            if let known = table[key] { return known }
            table[key] = table.count
            return table.count - 1
        }
        let key = GroupKey(
            place: numbered(ItemPlace(record), in: &places),
            reference: numbered(.init(caseID: caseID, number: number), in: &references))
        let group = groups[key] ?? UInt32(groups.count)
        groups[key] = group
        entries.append(Entry(place: place, group: group, distance: UInt16(clamping: distance)))
        fold.add(record, group: group)
    }

    /// Places with the most matches first, references by case and number.
    consuming func grouped() -> ([ReportContents.Place], [ReportContents.ReferenceName]) {
        let names = references.keys.sorted { ($0.caseID, $0.number) < ($1.caseID, $1.number) }
        let rank = Dictionary(uniqueKeysWithValues: names.enumerated().map { (references[$1]!, $0) })
        var findings = findingsByGroup()
        var byPlace: [Int: [ReportContents.Group]] = [:]
        for (key, group) in groups {
            let taken = findings.removeValue(forKey: group) ?? []
            byPlace[key.place, default: []].append(.init(reference: rank[key.reference]!, findings: taken))
        }
        let found = places.map { place, number in
            ReportContents.Place(
                place: place, groups: byPlace[number, default: []].sorted { $0.reference < $1.reference })
        }
        return (found.sorted(by: Self.precedes), names)
    }

    private static func precedes(_ a: ReportContents.Place, _ b: ReportContents.Place) -> Bool {
        let (x, y) = (a.matchCount, b.matchCount)
        if x != y { return x > y }
        if a.place.name != b.place.name { return a.place.name < b.place.name }
        if case .host = a.place, case .folder = b.place { return true }
        return false
    }

    private mutating func findingsByGroup() -> [UInt32: [ReportContents.Finding]] {
        let roots = (0..<UInt32(entries.count)).map { fold.root($0) }
        // By finding, the nearest match first.
        let order = (0..<entries.count).sorted {
            (roots[$0], entries[$0].distance, $0) < (roots[$1], entries[$1].distance, $1)
        }
        let places = order.map { entries[$0].place }
        var findings: [UInt32: [ReportContents.Finding]] = [:]
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, roots[order[end]] == roots[order[start]] { end += 1 }
            findings[entries[order[start]].group, default: []].append(.init(matches: places[start..<end]))
            start = end
        }
        return findings
    }
}
