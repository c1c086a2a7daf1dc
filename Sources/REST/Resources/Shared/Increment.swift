internal import Bytes
internal import Engine
internal import MicroHTTP

/// What `by` adds to a number: a whole number keeps to 64-bit integers, a point or an exponent selects
/// floating-point arithmetic.
enum Increment {
    case integer(Int64)
    case float(ByteView)

    /// Reads the parameter's text.
    /// - Throws: 400 where it is no number, or none that fits.
    init(_ text: ByteView) throws(Problem) {
        let isFloat = text.buffer.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
        if !isFloat, let value = parseInt64(text) {
            self = .integer(value)
        } else if isFloat, text.buffer.allSatisfy(Increment.isDecimal), parseDouble(text) != nil {
            self = .float(text)
        } else {
            throw .badRequest(
                "The parameter 'by' takes a 64-bit integer, or a number with a point or an exponent, not '\(text.string)'."
            )
        }
    }

    /// Whether a decimal number may hold this byte; a hexadecimal one has others.
    private static func isDecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}

extension Exchange {
    /// The increment that `by` asks for; 1 where it is absent.
    func increment() throws(Problem) -> Increment {
        guard let text = try bytes("by") else { return .integer(1) }
        return try Increment(text)
    }

    /// Answers `{"value":number}` of the next reply: an integer, or a float as Redis prints it.
    mutating func answerNumber(_ response: inout HTTPResponse) {
        switch reader.next() {
        case .integer(let value): answer("value", value, &response)
        case .bytes(let text):
            beginJSON(&response)
            response.body.append("{\"value\":")
            response.body.append(text)
            response.body.append("}")
        default: preconditionFailure("not a number's reply")
        }
    }
}
