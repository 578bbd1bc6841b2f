import HashIndex
import MediaModel
import Registry

/// What changes cost in a large registry, and how soon a scan can begin.
func benchmarkRegistry(hashes count: Int) throws {
    let folder = temporaryFolder()
    defer { removeFolder(folder) }
    let registry = try Registry(path: folder + "/registry.sqlite", access: .makingIfMissing)
    var random = SeededGenerator(seed: 3)
    var made = 0
    func reference() -> NewReference {
        made += 1
        var digest = [UInt8](repeating: 0, count: 32)
        for byte in 0..<8 { digest[byte] = UInt8(truncatingIfNeeded: made >> (8 * byte)) }
        return NewReference(
            sha256: SHA256Digest(bytes: digest)!, byteCount: 1000, format: .jpeg, width: 640, height: 480,
            quality: Quality(rawValue: 90),
            hashes: HashSetKind.uniform.hashes(33, &random).map { OrientedHash(orientation: .orig, hash: $0) },
            bytesOnly: nil, fileName: nil)
    }
    let caseID = CaseID(rawValue: "many")!
    func timed(_ name: String, _ body: () throws -> Void) throws {
        let start = clockNow()
        try body()
        print("\(name): \((clockNow() - start) * 1e3) ms")
    }
    try timed("filling with \(count) hashes") {
        while made < count / 33 {
            _ = try registry.add((0..<min(2000, count / 33 - made)).map { _ in reference() }, to: caseID)
        }
    }
    try timed("index in memory, all hashes read") {
        let snapshot = try registry.snapshot(qualityGate: .usualGate)
        _ = ReferenceIndex(entries: snapshot.entries, radius: 34)
    }
    try timed("index file made") { _ = try registry.updateIndex(waits: true) }
    func open() throws -> Registry.Searchable {
        try Registry(path: registry.path, access: .reading).searchable(radius: 34, qualityGate: .usualGate) {
            print($0)
        }
    }
    try timed("ready to scan") { _ = try open() }
    let new = reference()
    try timed("adding a picture (and seeing whether the file will do)") {
        _ = try registry.add([new], to: caseID)
        _ = try registry.updateIndex(waits: false)
    }
    try timed("ready to scan, and the new picture found") {
        guard try open().index.search([new.hashes[5].hash], radius: 31).map(\.reference.rawValue) == [Int64(made)]
        else {
            return print("NOT FOUND")
        }
    }
    try timed("removing a picture") { try registry.remove(references: [ReferenceID(rawValue: Int64(made))]) }
    try timed("ready to scan, and the picture not found") {
        guard try open().index.search([new.hashes[5].hash], radius: 31).isEmpty else { return print("FOUND") }
    }
    try timed("compacting as after a removal") { _ = try registry.compact(shrinks: false) }
    try timed("compacting with VACUUM") { _ = try registry.compact(shrinks: true) }
}
