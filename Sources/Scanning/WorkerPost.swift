/// A place for a worker process: the one that is there, and the next ones when it has to be replaced.
struct WorkerPost {
    enum Kind {
        /// `ansim-worker`, which is asked first.
        case first
        /// `ansim-worker-av`, which is asked about what the first one refers to it, and starts when that is needed.
        case further
    }

    let kind: Kind
    private let settings: Examiner.Settings
    private var worker: WorkerProcess?
    /// Items that the worker was given.
    private var served = 0

    init(_ kind: Kind, settings: Examiner.Settings, worker: WorkerProcess? = nil) {
        (self.kind, self.settings, self.worker) = (kind, settings, worker)
    }

    /// How many further items the worker may be given; when it has had all, as many as its replacement may.
    var itemsLeft: Int {
        let left = settings.itemsPerWorker - served
        return left > 0 ? left : settings.itemsPerWorker
    }

    /// The worker for the next `count` items.
    mutating func worker(for count: Int) throws(WorkerStartError) -> WorkerProcess {
        served += count
        if let worker, served <= settings.itemsPerWorker { return worker }
        worker = nil
        let started = try settings.startWorker(kind)
        (worker, served) = (started, count)
        return started
    }

    /// It is dead.
    mutating func vacate() { worker = nil }
}
