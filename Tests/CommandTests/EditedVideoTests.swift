import Foundation
import TestSupport
import Testing

/// Videos that were edited as re-uploaders do; the clips are made by scripts/make-edited-clips.
@Suite struct EditedVideos {
    private let ansim = Tool()
    private let clips = Paths.root.appending(path: "Tests/CommandTests/Fixtures").path

    private func matches(_ arguments: [String]) throws -> [[String: Any]] {
        try ansim(arguments).records.filter { $0["kind"] as? String == "match" }
    }

    @Test func areFoundByPartsOfTheirFramesAndByLocalFeatures() throws {
        try ansim("register", "--case", "clip", clips + "/pan.mp4")
        for (name, found, depths) in [
            ("letterboxed", "video", ["regions", "full"]), ("upright", "video", ["regions", "full"]),
            ("cropped", "features", ["full"]),
        ] {
            let file = clips + "/\(name).mp4"
            for depth in ["quick", "regions", "full"] {
                let match = try matches(["scan", "--quiet", "--no-ledger", "--depth", depth, file]).first
                #expect((match != nil) == depths.contains(depth), "\(name) at \(depth)")
                guard let match else { continue }
                #expect(match["found"] as? String == found && match["case"] as? String == "clip")
                let segment = try #require((match["segments"] as? [[String: Any]])?.first)
                #expect(segment["from"] as? Int == 0 && segment["to"] as! Int > 3000)
                #expect(match["referenceRegion"] != nil && match["transform"] != nil)
            }
        }
    }

    @Test func sayWhichPartOfTheFramesIsMeant() throws {
        try ansim("register", "--case", "clip", clips + "/pan.mp4")
        let match = try #require(try matches(["scan", "--quiet", "--no-ledger", clips + "/letterboxed.mp4"]).first)
        let region = try #require(match["region"] as? [String: Int])
        #expect(region["x"] == 0 && region["width"] == 320)
        #expect(abs(region["y"]! - 80) <= 4 && abs(region["height"]! - 240) <= 6)
    }

    @Test func areRememberedAndMatchedAgain() throws {
        let ledger = ansim.folder.path + "/ledger"
        try ansim("register", "--case", "old", ansim.reference + "/stairs.jpg")
        let first = try ansim("scan", "--all", "--ledger", ledger, clips)
        #expect(try ansim("scan", "--all", "--ledger", ledger, clips).output == first.output)
        try ansim("register", "--case", "new", clips + "/pan.mp4")
        let again = try matches(["rematch", "--ledger", ledger, "--case", "new"])
        let names = again.map { ($0["path"] as! String).split(separator: "/").last! }
        #expect(names == ["cropped.mp4", "letterboxed.mp4", "pan.mp4", "upright.mp4"])
        try ansim("registry", "remove", "--case", "new")
        // The slide shows have the stairs.
        #expect(try matches(["scan", "--ledger", ledger, clips]).allSatisfy { $0["case"] as? String == "old" })
    }

    /// Ten pictures for 0.3 s each, or for 0.6 s in a film that has one key frame.
    @Test(arguments: [("gif", 10), ("webp", 10), ("png", 8), ("avif", 8), ("mp4", 10)])
    func thatAreSlideShowsShowEachPicture(_ format: String, _ least: Int) throws {
        try ansim("register", "--case", "stills", ansim.reference)
        let found = try matches(["scan", "--quiet", "--no-ledger", "--depth", "quick", clips + "/slides.\(format)"])
        #expect(Set(found.map { "\($0["reference"]!)" }).count >= least)
        #expect(found.allSatisfy { $0["found"] as? String == "frame" })
        #expect(found.allSatisfy { ($0["segments"] as? [Any])?.isEmpty == false })
    }

    /// What a ledger keeps of one way of looking is not taken for another's.
    @Test func areLookedAtAgainWhenTheGapIsStated() throws {
        let ledger = ansim.folder.path + "/ledger"
        try ansim("register", "--case", "still", ansim.reference + "/coffee.jpg")
        let scan = ["scan", "--all", "--ledger", ledger, clips + "/pan.mp4"]
        let usual = try #require(try ansim(scan).records.first?["settings"] as? String)
        let stated = try #require(try ansim(scan + ["--max-gap", "5.5"]).records.first?["settings"] as? String)
        #expect(stated != usual)
    }

    /// One look at two seconds is not enough: a scan looks closer, a rematch has no file and says so.
    @Test func areLookedAtCloserWhereFewFramesAreNear() throws {
        let (excerpt, ledger) = (clips + "/excerpt.mp4", ansim.folder.path + "/ledger")
        let scenes = Paths.root.appending(path: "Tests/VideoTests/Fixtures/h264-cuts.mp4").path
        try ansim("register", "--case", "other", ansim.reference + "/admiral.jpg")
        #expect(try ansim("scan", "--depth", "quick", "--ledger", ledger, excerpt).status == 0)
        try ansim("register", "--case", "clip", scenes)
        let rematch = try ansim("rematch", "--depth", "quick", "--ledger", ledger)
        #expect(rematch.status == 2 && rematch.errors.contains("scan them again"))
        let named = try #require(rematch.records.first { $0["reason"] as? String == "tooFewFrames" })
        #expect(named["path"] as? String == excerpt && named["verdict"] as? String == "partial")
        let match = try #require(try matches(["scan", "--quiet", "--no-ledger", "--depth", "quick", excerpt]).first)
        let segment = try #require((match["segments"] as? [[String: Any]])?.first)
        for (name, time) in [("from", 12_000), ("to", 14_000), ("referenceFrom", 6500), ("referenceTo", 8500)] {
            #expect(abs(segment[name] as! Int - time) <= 250, "\(name)")
        }
        #expect(
            try ansim("compare", "--depth", "quick", scenes, excerpt).output.contains(
                "0:11.9-0:13.9 shows 0:06.4-0:08.4"))
    }

    @Test func showRegisteredPicturesWithinThem() throws {
        try ansim("register", "--case", "still", ansim.reference + "/coffee.jpg")
        let found = try matches(["scan", "--quiet", "--no-ledger", clips + "/pan.mp4"])
        #expect(found.map { $0["case"] as! String } == ["still"])
        #expect(found.first?["found"] as? String == "features")
    }

    @Test func registeredPlainAreFoundAsAWholeOnly() throws {
        try ansim("register", "--case", "clip", "--keep", "plain", clips + "/pan.mp4")
        #expect(try ansim("registry", "show", "1").output.contains("kept        plain"))
        #expect(try matches(["scan", "--quiet", "--no-ledger", clips + "/cropped.mp4"]).isEmpty)
        // Regions of the item need nothing of the reference.
        #expect(try matches(["scan", "--quiet", "--no-ledger", clips + "/letterboxed.mp4"]).count == 1)
    }
}
