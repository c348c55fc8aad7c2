package dev.bocau.gateway.http;

import dev.bocau.model.Code;
import dev.bocau.model.Refused;
import io.javalin.http.Context;
import io.javalin.json.JsonMapper;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

/// JSON of requests and answers: records, absent where empty.
public final class Json implements JsonMapper {
    private static final ObjectMapper MAPPER =
            tools.jackson.databind.json.JsonMapper.builder()
                    .changeDefaultPropertyInclusion(inclusion ->
                            inclusion.withValueInclusion(
                                    com.fasterxml.jackson.annotation.JsonInclude.Include
                                            .NON_ABSENT))
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .withCoercionConfig(
                            LogicalType.Textual,
                            config ->
                                    config.setCoercion(
                                                    CoercionInputShape.Integer, CoercionAction.Fail)
                                            .setCoercion(
                                                    CoercionInputShape.Float, CoercionAction.Fail)
                                            .setCoercion(
                                                    CoercionInputShape.Boolean,
                                                    CoercionAction.Fail))
                    .build();

    /// The body of a request, which is a JSON object in UTF-8.
    public static <T> T body(Context request, Class<T> type) {
        try {
            String json =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(request.bodyAsBytes()))
                            .toString();
            @Nullable T body = MAPPER.readValue(json, type);
            if (body == null) {
                throw new Refused(Code.MALFORMED, "the body is to be a JSON object");
            }
            return body;
        } catch (CharacterCodingException e) {
            throw new Refused(Code.MALFORMED, "the body is not UTF-8");
        }
    }

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    @Override
    public String toJsonString(Object value, Type type) {
        return write(value);
    }
}
