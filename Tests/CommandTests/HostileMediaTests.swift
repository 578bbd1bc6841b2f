import Foundation
import TestSupport
import Testing

/// Files made or found to break decoders; too many and not free enough for the repository.
@Suite(.enabled(if: Paths.shared != nil)) struct HostileMedia {
    private let ansim = Tool()
    private var folder: String { Paths.shared!.appending(path: "media/hostile").path }

    @Test(.timeLimit(.minutes(5))) func endInARecordEachAndTheSameEveryTime() throws {
        try ansim.registerSamples()
        let first = try ansim("scan", "--all", "--quiet", folder)
        #expect(first.status == 2)
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        let records = try first.records
        #expect(records.filter { $0["kind"] as? String == "item" }.count == files.count)
        #expect(!records.contains { $0["reason"] as? String == "decoderCrashed" })
        for record in records where (record["path"] as? String)?.contains("/bombs/bomb_") == true {
            // The video among them is not decoded at all.
            if record["kind"] as? String == "item", (record["path"] as? String)?.hasSuffix(".mp4") == false {
                #expect(record["verdict"] as? String == "overLimit", "\(record)")
            }
        }
        #expect(try ansim("scan", "--all", "--quiet", "--workers", "3", folder).output == first.output)
    }
}

@Suite(.enabled(if: Paths.shared != nil)) struct Strangers {
    private let ansim = Tool()

    @Test(.timeLimit(.minutes(5))) func areNotTakenForRegisteredPhotos() throws {
        #expect(
            try ansim("register", "--case", "photos", Paths.shared!.appending(path: "media/photos").path).status != 1)
        let strangers = try ansim("scan", "--quiet", Paths.shared!.appending(path: "media/distractors").path)
        #expect(try strangers.records.allSatisfy { $0["kind"] as? String != "match" })
    }
}
