/// Why a body holds no commands.
struct CommandSyntaxError: Error {
    /// A sentence that says what is wrong and where.
    let message: String
}
