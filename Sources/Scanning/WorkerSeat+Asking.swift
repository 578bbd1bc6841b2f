import ContentDigest
import Glibc
import MediaModel
import WorkerProtocol

extension WorkerSeat {
    /// Nil when the run was stopped.
    func work(_ request: WorkerRequest, on target: Target, _ stop: StopFlag) throws(WorkerStartError)
        -> Examination?
    {
        for kind in [WorkerPost.Kind.first, .further] {
            switch try work(request, on: [target], by: kind, stop, meanwhile: {}, decide: { $0.map { _ in .decode } })[
                0]
            {
            case .examined(let examination): return examination
            case .referred: continue
            case .skipped, .missing: return nil
            }
        }
        return nil
    }

    /// What came of each target.
    func work(
        _ request: WorkerRequest, on targets: [Target], by kind: WorkerPost.Kind, _ stop: StopFlag,
        meanwhile: () -> Void, decide: ([SHA256Digest?]) -> [WorkerDecision]
    ) throws(WorkerStartError) -> [Outcome] {
        guard targets.count > 1 else {
            return [try workAlone(request, on: targets[0], by: kind, stop, meanwhile: meanwhile, decide: decide)]
        }
        var outcomes = [Outcome?](repeating: nil, count: targets.count)
        let worker = try worker(kind, for: targets.count)
        do throws(WorkerProcess.Loss) {
            try ask(worker, kind, request, targets, stop, meanwhile, decide) { outcomes[$0] = $1 }
        } catch {
            vacate(kind)
            adaptBatches(to: targets.count, milliseconds: nil)
        }
        // Which of them the worker died on is not known: each that has no answer gets a worker's whole attention.
        for (place, target) in targets.enumerated() where outcomes[place] == nil {
            outcomes[place] =
                stop.isRequested
                ? .missing : try workAlone(request, on: target, by: kind, stop, meanwhile: {}, decide: decide)
        }
        return outcomes.map { $0! }
    }

    private func ask(
        _ worker: WorkerProcess, _ kind: WorkerPost.Kind, _ request: WorkerRequest, _ targets: [Target],
        _ stop: StopFlag,
        _ meanwhile: () -> Void, _ decide: ([SHA256Digest?]) -> [WorkerDecision], take: (Int, Outcome) -> Void
    ) throws(WorkerProcess.Loss) {
        let start = ContinuousClock.now
        var digests: [SHA256Digest?] = []
        try worker.examine(
            targets.map(\.file.descriptor), request: request, mayRefer: kind == .first, stop: stop,
            meanwhile: meanwhile,
            decide: {
                digests = $0
                return decide($0)
            },
            take: { place, answer in
                switch answer {
                case .reply(let reply, let frames):
                    take(
                        place, .examined(Examination(item: targets[place].item.source, reply: reply, frames: frames)))
                case .skipped: take(place, .skipped(digests[place]!))
                case .referred: take(place, .referred)
                }
            })
        adaptBatches(to: targets.count, milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
    }

    private func workAlone(
        _ request: WorkerRequest, on target: Target, by kind: WorkerPost.Kind, _ stop: StopFlag,
        meanwhile: () -> Void, decide: ([SHA256Digest?]) -> [WorkerDecision]
    ) throws(WorkerStartError) -> Outcome {
        let file = target.file
        // A worker that dies may have been spoiled by the item before: the second one's death counts.
        for attempt in 1...2 {
            let current = try worker(kind, for: 1)
            var outcome = Outcome.missing
            do throws(WorkerProcess.Loss) {
                try ask(current, kind, request, [target], stop, meanwhile, decide) { outcome = $1 }
                return outcome
            } catch {
                vacate(kind)
                let failure: ItemFailure
                var isProvisional = false
                switch error {
                case .stopped: return .missing
                case .died where attempt == 1, .malformed where attempt == 1, .killed where attempt == 1: continue
                case .killed:
                    failure = ItemFailure(
                        .undecodable, .decoderCrashed,
                        "set aside: the decoder was killed on it twice, by the system for want of memory or by somebody; the next scan tries again"
                    )
                    isProvisional = true
                case .noFile(let why): failure = ItemFailure(.undecodable, .unreadable, why)
                case .died(let ending):
                    failure = ItemFailure(
                        .undecodable, .decoderCrashed, "set aside: the decoder died on it twice (\(ending))")
                case .malformed:
                    failure = ItemFailure(
                        .undecodable, .decoderCrashed,
                        "set aside: the decoder answered nonsense twice; the next scan tries again")
                    // It may not have been the decoder of this version.
                    isProvisional = true
                case .timedOut:
                    failure = ItemFailure(
                        .overLimit, .tooSlow,
                        "gave no sign of life for \(settings.limits.wallSeconds) s, or takes more than "
                            + "\(settings.limits.videoWallSeconds) s; the next scan tries again")
                    // The machine may have been busy.
                    isProvisional = true
                case .outOfTime:
                    failure = ItemFailure(
                        .overLimit, .tooSlow,
                        "takes more than \(settings.limits.seconds) s of CPU time, or as a video more than "
                            + "\(settings.limits.videoSeconds) s")
                }
                var examination = Examination(
                    target.item.source, failure, byteCount: file.byteCount, sha256: digest(file, stop))
                examination.isProvisional = isProvisional
                return .examined(examination)
            }
        }
        return .missing
    }

    private func worker(_ kind: WorkerPost.Kind, for count: Int) throws(WorkerStartError) -> WorkerProcess {
        switch kind {
        case .first: try first.worker(for: count)
        case .further: try further.worker(for: count)
        }
    }

    private func vacate(_ kind: WorkerPost.Kind) {
        switch kind {
        case .first: first.vacate()
        case .further: further.vacate()
        }
    }

    /// Of a file that killed its worker: it can still match by its bytes. Nil when that takes too long.
    private func digest(_ file: OpenItem.OpenFile, _ stop: StopFlag) -> SHA256Digest? {
        guard file.byteCount <= settings.limits.bytes else { return nil }
        let end = ContinuousClock.now + .seconds(settings.limits.wallSeconds)
        let hasher = SHA256Hasher()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var offset = 0
        while !stop.isOverdue, ContinuousClock.now < end, offset <= settings.limits.bytes {
            let got = pread(file.descriptor, &chunk, chunk.count, off_t(offset))
            if got == 0 { return SHA256Digest(bytes: hasher.finish()) }
            if got > 0 {
                chunk.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
                offset += got
            } else if errno != EINTR {
                return nil
            }
        }
        return nil
    }
}
