import ArgumentParser

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Options of `serve` from the environment and the configuration file, turned into command-line arguments in
/// front of those given: each option is declared once, in `Serve`, and checked in one way.
enum OptionSources {
    /// The arguments to parse in place of `given`.
    ///
    /// - Parameter variable: the value of an environment variable.
    static func merge(
        _ given: [String], variable: (String) -> String? = environmentVariable
    ) throws -> [String] {
        // Help is given whatever the environment and the file say.
        guard given.first == "serve", !given.contains(where: helpOptions.contains) else { return given }
        let known = names()
        let typed = Set(given.compactMap(optionName))
        var environment = environment(known, variable)
        var values: [(name: String, value: String, source: String)] = []
        let file = value(of: "config", in: given) ?? environment.removeValue(forKey: "config")
        if let file {
            for (name, value, line) in try read(file) {
                guard known.keys.contains(name), name != "config" else {
                    throw Failure("\(file), line \(line): there is no option '\(name)'")
                }
                // The environment and the command line win over the file.
                if environment[name] == nil { values.append((name, value, "\(file), line \(line)")) }
            }
        }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            values.append((name, value, variableName(name)))
        }
        var merged = ["serve"]
        if let file, !typed.contains("config") { merged.append("--config=\(file)") }
        for (name, value, source) in values where !typed.contains(name) {
            let arguments = try arguments(name, value, isFlag: known[name] == true, source)
            // Told here where it came from; the parser would only know the option.
            do {
                _ = try Serve.parse(arguments)
            } catch {
                throw Failure("\(source): \(oneLine(Serve.message(for: error)))")
            }
            merged += arguments
        }
        return merged + given.dropFirst()
    }

    /// The options' names, and whether each is a flag: those of the properties of `Serve` and its
    /// group.
    private static func names() -> [String: Bool] {
        var names: [String: Bool] = [:]
        let groups: [any ParsableArguments] = [Serve(), PersistenceFlags(), ClusterFlags(), EventFlags()]
        for child in groups.flatMap({ Mirror(reflecting: $0).children }) {
            guard let label = child.label, !"\(type(of: child.value))".hasPrefix("OptionGroup") else {
                continue
            }
            var name = ""
            for character in label.drop(while: { $0 == "_" }) {
                name += character.isUppercase ? "-" + character.lowercased() : String(character)
            }
            names[name] = "\(type(of: child.value))".hasPrefix("Flag")
        }
        return names
    }

    private static let helpOptions: Set = ["--help", "-h", "--help-hidden", "--version"]

    /// The variable that stands for an option: `REDWING_MAX_BODY` for `max-body`.
    private static func variableName(_ name: String) -> String {
        "REDWING_" + name.uppercased().replacing("-", with: "_")
    }

    private static func environmentVariable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func environment(
        _ known: [String: Bool], _ variable: (String) -> String?
    ) -> [String: String] {
        var found: [String: String] = [:]
        for name in known.keys {
            if let value = variable(variableName(name)) { found[name] = value }
        }
        return found
    }

    /// `--port=80` or `--port`: `port`.
    private static func optionName(_ argument: String) -> String? {
        guard argument.hasPrefix("--") else { return nil }
        return String(argument.dropFirst(2).prefix { $0 != "=" })
    }

    private static func value(of name: String, in arguments: [String]) -> String? {
        for (index, argument) in arguments.enumerated() where optionName(argument) == name {
            if let equals = argument.firstIndex(of: "=") {
                return String(argument[argument.index(after: equals)...])
            }
            return index + 1 < arguments.count ? arguments[index + 1] : nil
        }
        return nil
    }

    private static func arguments(
        _ name: String, _ value: String, isFlag: Bool, _ source: String
    ) throws -> [String] {
        // To the parser `--token=` is an option without a value, not one whose value is empty.
        guard isFlag else { return value.isEmpty ? ["--\(name)", ""] : ["--\(name)=\(value)"] }
        switch value.lowercased() {
        case "yes", "true", "1", "": return ["--\(name)"]
        case "no", "false", "0": return []
        default: throw Failure("\(source): '\(name)' takes yes or no, not '\(value)'")
        }
    }

    /// The file's options with their line numbers.
    private static func read(_ path: String) throws -> [(String, String, Int)] {
        let bytes = try fileContents(path)
        var options: [(String, String, Int)] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = String(decoding: line, as: UTF8.self).split(
                maxSplits: 1, whereSeparator: \.isWhitespace)
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            let value = words.count > 1 ? words[1].trimmingBlanks() : ""
            options.append((String(name), value, index + 1))
        }
        return options
    }
}

/// A message of the parser, which lists what an option takes on lines of their own, as one line.
func oneLine(_ message: String) -> String {
    message.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }.joined(separator: " ")
}

extension Substring {
    /// Without white space at its ends.
    func trimmingBlanks() -> String {
        var text = drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
