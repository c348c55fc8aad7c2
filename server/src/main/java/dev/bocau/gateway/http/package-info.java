/// The HTTP port: the management API under `/v1`, described in `openapi.yaml` beside the resources,
/// and the web client. Javalin on virtual threads; handlers wait for what they call.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.http;
