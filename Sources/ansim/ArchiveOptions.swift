import ArgumentParser
import MediaModel

/// How archives are opened.
struct ArchiveOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Bytes of an archive's member, at most; it is held in memory.", valueName: "bytes"))
    var maxMemberBytes = ArchiveLimits().memberBytes

    @Option(
        help: ArgumentHelp(
            "Bytes that may come out of each byte of an archive, once they are more than 256 MiB.", valueName: "ratio"))
    var maxArchiveRatio = ArchiveLimits().ratio

    @Option(help: ArgumentHelp("Members of an archive, at most.", valueName: "count"))
    var maxArchiveMembers = ArchiveLimits().members

    @Option(help: ArgumentHelp("Archives within archives, at most; 0 opens none.", valueName: "levels"))
    var maxArchiveDepth = ArchiveLimits().depth

    @Option(
        help: ArgumentHelp(
            "CPU seconds for a member of an archive, with what is passed over before it, at most.", valueName: "seconds"
        ))
    var maxArchiveSeconds = ArchiveLimits().seconds

    func validate() throws {
        for (name, value) in [
            ("--max-member-bytes", maxMemberBytes), ("--max-archive-ratio", maxArchiveRatio),
            ("--max-archive-members", maxArchiveMembers),
        ] {
            guard (1...1 << 40).contains(value) else { throw ValidationError("\(name) takes 1 to \(1 << 40).") }
        }
        guard (1...86400).contains(maxArchiveSeconds) else {
            throw ValidationError("--max-archive-seconds takes 1 to 86400.")
        }
        guard (0...16).contains(maxArchiveDepth) else { throw ValidationError("--max-archive-depth takes 0 to 16.") }
    }

    var limits: ArchiveLimits {
        ArchiveLimits(
            memberBytes: maxMemberBytes, ratio: maxArchiveRatio, members: maxArchiveMembers, depth: maxArchiveDepth,
            seconds: maxArchiveSeconds)
    }
}
