import CSandbox
import CommonDecoding
import Decoding
import Glibc
import MediaModel
import MediaSources
import Scanning
import WorkerProtocol
import WorkerService

/// What it costs to examine files in sandboxed processes instead of in one's own: the same work both ways, in turn, with
/// memory handled alike.
func benchmarkIsolation(folder: String, worker: String, depth: SearchDepth, rounds: Int) throws {
    let paths = FolderWalk([Array(folder.utf8)]).sequence.map(\.provenance.path)
    var settings = Examiner.Settings(workerExecutable: worker, workers: 1, precision: .fast)
    settings.depth = depth
    cs_keep_freed_memory()
    let request = settings.request(.fast, settings.frameMode, wantsDigestFirst: false)
    var ratios: [Double] = []
    for round in 0..<rounds {
        var inside = 0.0
        func examineInside() { inside = cpuTime { for path in paths { examine(path, request) } } }
        // The one that comes first finds colder caches.
        if round % 2 == 0 { examineInside() }
        var items = 0
        let isolated = try cpuTime {
            let sources = paths.map { SourceItem(provenance: Provenance(path: $0)) }
            _ = try Examiner(settings: settings).run(
                sources.makeIterator(), stop: StopFlag(), process: { examination, _ in examination },
                deliver: { _ in items += 1 })
        }
        if round % 2 == 1 { examineInside() }
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

private func examine(_ path: [UInt8], _ request: WorkerRequest) {
    let descriptor = (path + [0]).withUnsafeBytes {
        open($0.assumingMemoryBound(to: CChar.self).baseAddress!, O_RDONLY)
    }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = examineUnprotected(descriptor, request, by: UsualPictures())
}

private struct UsualPictures: MediaDecoder {
    func decodes(_ format: MediaFormat) -> Bool { true }

    func picture(
        _ bytes: UnsafeRawBufferPointer, limits: ItemLimits, precision: HashPrecision, into sink: inout some PixelSink
    ) throws(DecodeError) -> Picture? {
        try decodePicture(bytes, limits: limits, precision: precision, into: &sink)
    }

    func video(
        _ descriptor: Int32, limits: ItemLimits, selection: FrameSelection, precision: HashPrecision,
        into sink: inout some FrameSink
    ) throws(DecodeError) -> Video {
        try decodeVideo(
            descriptor: descriptor, limits: limits, selection: selection, precision: precision, into: &sink)
    }

    func prepare() {}
}

extension FolderWalk {
    var sequence: IteratorSequence<FolderWalk> { IteratorSequence(self) }
}
