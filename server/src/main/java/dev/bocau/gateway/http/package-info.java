/// The HTTP ports: the management API under `/v1`, described in `openapi.yaml` beside the
/// resources, and the web client on one; health and metrics, for operators, on the other. Javalin
/// on virtual threads; handlers wait for what they call.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.http;
