import Foundation
import TestSupport

/// The built command with a registry of its own.
struct Tool {
    let folder = TemporaryFolder()
    var registry: String { folder.path + "/registry/registry.sqlite" }

    @discardableResult
    func callAsFunction(_ arguments: String..., environment: [String: String] = [:]) throws -> CommandResult {
        try self(arguments, environment: environment)
    }

    func callAsFunction(_ arguments: [String], environment: [String: String] = [:]) throws -> CommandResult {
        try run(
            Paths.product("ansim"), arguments,
            environment: ["ANSIM_REGISTRY": registry].merging(environment) { $1 })
    }

    /// Registers the sample references under the case "demo".
    func registerSamples() throws {
        let result = try self("register", "--case", "demo", Paths.sampleMedia.appending(path: "reference").path)
        guard result.status == 0 else { fatalError("no registration: \(result.output) \(result.errors)") }
    }

    var crawl: String { Paths.sampleMedia.appending(path: "crawl").path }
    var reference: String { Paths.sampleMedia.appending(path: "reference").path }
}

/// One line of SampleMedia/expected.json.
struct ExpectedFile: Decodable {
    let file: String
    let copyOf: String?
    let kind: String

    static let all: [ExpectedFile] = try! JSONDecoder().decode(
        [ExpectedFile].self, from: Data(contentsOf: Paths.sampleMedia.appending(path: "expected.json")))
}
