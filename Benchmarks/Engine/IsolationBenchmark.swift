import CommonDecoding
import ContentDigest
import Decoding
import Glibc
import MediaModel
import MediaSources
import PerceptualHash
import Scanning

/// What it costs to hash in sandboxed processes instead of in one's own: the same files both ways, in turn.
func benchmarkIsolation(folder: String, worker: String, rounds: Int) throws {
    let paths = FolderWalk([Array(folder.utf8)]).sequence.map(\.provenance.path)
    var ratios: [Double] = []
    for round in 0..<rounds {
        let inside = cpuTime { for path in paths { hashInside(path) } }
        var items = 0
        let isolated = try cpuTime {
            let settings = Examiner.Settings(workerExecutable: worker, workers: 1)
            let sources = paths.map { SourceItem(provenance: Provenance(path: $0)) }
            _ = try Examiner(settings: settings).run(
                sources.makeIterator(), stop: StopFlag(), process: { $0 }, deliver: { _ in items += 1 })
        }
        ratios.append(isolated / inside)
        print(
            "round \(round + 1): \(items) files, in process \(inside) s CPU, isolated \(isolated) s, ratio \(isolated / inside)"
        )
    }
    print("median ratio \(ratios.sorted()[rounds / 2])")
}

/// CPU time of this process and of the children that ended meanwhile.
private func cpuTime(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
        [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, who in
            var usage = rusage()
            getrusage(__rusage_who_t(who.rawValue), &usage)
            let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            return sum + seconds + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        }
    }
    let before = now()
    try body()
    return now() - before
}

private struct HashingSink: PixelSink {
    var hasher: PDQHasher?

    mutating func begin(_ shape: PictureShape) {
        hasher = PDQHasher(width: shape.width, height: shape.height, layout: shape.channels == 1 ? .gray : .rgb)
    }

    mutating func add(rows: UnsafePointer<UInt8>, count: Int, stride: Int) {
        hasher!.add(rows: rows, count: count, stride: stride)
    }
}

private func hashInside(_ path: [UInt8]) {
    let descriptor = (path + [0]).withUnsafeBytes {
        open($0.assumingMemoryBound(to: CChar.self).baseAddress!, O_RDONLY)
    }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    let bytes = malloc(max(1, size))!
    defer { free(bytes) }
    let content = UnsafeRawBufferPointer(start: bytes, count: max(0, pread(descriptor, bytes, size, 0)))
    _ = sha256(content)
    var sink = HashingSink()
    guard (try? decodePicture(content, limits: ItemLimits(), into: &sink)) != nil else { return }
    _ = sink.hasher!.finish()
}

extension FolderWalk {
    var sequence: IteratorSequence<FolderWalk> { IteratorSequence(self) }
}
