internal import Bytes
internal import COpenAPI
internal import Engine
internal import MicroHTTP

/// Whether the server lives, and the contract.
enum ServerResources<E: CommandEngine> {
    @Sendable static func health(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("PING")
        try x.execute()
        x.json(&response)
        response.body.append("{\"status\":\"ok\"}")
    }

    @Sendable static func contract(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        response.addHeader("Content-Type", "application/yaml")
        response.setBody(immortal: OpenAPI.document)
    }

    static var routes: [Route<E>] {
        [
            // Probes carry no token.
            Route(.get, "/healthz", ["PING"], isPublic: true, run: health),
            Route(.get, "/openapi.yaml", [], run: contract),
        ]
    }
}

/// The contract, as it was when the program was built.
enum OpenAPI {
    static var document: ByteView { ByteView(copenapi_document(), count: copenapi_yaml_size) }
}
