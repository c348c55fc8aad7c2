/// Media in a bucket of S3, or of what speaks like it: through the AWS SDK.
@org.jspecify.annotations.NullMarked
package dev.bocau.media.s3;
