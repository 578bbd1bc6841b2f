import ArgumentParser
import MediaModel
import Registry

struct CaseStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Print a centre's figures: in all, by month and by host.",
        discussion: """
            Each place counts once for every state that it was ever in, in the month in which it first was. `items` are \
            those of the summaries of the records that `case update` took in. The median is from the first find to the \
            first removal, in days.

            Example: ansim case stats
            """)

    @Option(
        name: .customLong("case"), help: ArgumentHelp("Of one case only.", valueName: "id"), transform: parseCase)
    var caseID: CaseID?
    @OptionGroup var options: RegistryOptions

    func run() throws {
        let statistics = try options.open(.reading).caseStatistics(of: caseID)
        var rows = [
            [
                "", "cases", "references", "items", "found", "confirmed", "not a match", "requested", "removed", "back",
                "days to removal",
            ]
        ]
        rows.append(Self.row("in all", statistics.total))
        rows += statistics.months.map { Self.row($0.name, $0.numbers) }
        rows += statistics.hosts.map { Self.row($0.name.isEmpty ? "(paths)" : printable($0.name), $0.numbers) }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            try say(cells.joined(separator: "  "))
        }
    }

    private static func row(_ name: String, _ numbers: Registry.CaseNumbers) -> [String] {
        let days = numbers.medianSecondsToRemoval.map { Progress.oneDecimal($0 / 86400) } ?? "-"
        return [name]
            + [
                numbers.cases, numbers.references, numbers.items, numbers.found, numbers.confirmed, numbers.notAMatch,
                numbers.requested, numbers.removed, numbers.back,
            ].map(String.init) + [days]
    }
}
