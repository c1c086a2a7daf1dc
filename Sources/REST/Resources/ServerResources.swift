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
        do throws(Problem) {
            try x.execute()
        } catch {
            // Who loads lives, and is not to be started again.
            if error.code != "LOADING" { throw error }
        }
        x.json(&response)
        response.body.append("{\"status\":\"ok\"}")
    }

    @Sendable static func readiness(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        if let status = x.engine.persistence, status.isLoading {
            response.status = 503
            response.addHeader("Retry-After", "1")
            response.addHeader("Content-Type", "application/problem+json")
            response.body.append("{\"title\":\"Service Unavailable\",\"status\":503,\"code\":\"LOADING\",")
            response.body.append("\"detail\":\"The data is being loaded.\",\"loaded_bytes\":")
            response.body.append(decimal: status.loaded)
            response.body.append(",\"total_bytes\":")
            response.body.append(decimal: status.loadingTotal)
            response.body.append(",\"percent\":")
            // Of nothing, nothing is left.
            let part = status.loadingTotal > 0 ? status.loaded * 100 / status.loadingTotal : 0
            response.body.append(decimal: min(part, 100))
            response.body.append("}")
            return
        }
        x.command("PING")
        try x.execute()
        x.json(&response)
        response.body.append("{\"status\":\"ready\"}")
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
            Route(.get, "/readyz", ["PING"], isPublic: true, run: readiness),
            Route(.get, "/openapi.yaml", [], run: contract),
        ]
    }
}

/// The contract, as it was when the program was built.
enum OpenAPI {
    static var document: ByteView { ByteView(copenapi_document(), count: copenapi_yaml_size) }
}
