/// Firebase Cloud Messaging by its HTTP v1 API, for Android, and for iOS where APNs is not
/// configured.
@org.jspecify.annotations.NullMarked
package dev.bocau.push.fcm;
